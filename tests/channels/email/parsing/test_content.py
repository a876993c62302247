"""What comes with a mail: wrapped texts, files inside files, invitations, seals."""

import base64
import struct

import pytest

from rapport.channels.email.parsing import Attachment, Invite, Mail, flowed, parse, rtf
from tests.channels.email.parsing.mails import SENDER, message, mixed, part, with_body


def names(mail: Mail) -> list[str]:
    return [attached.name for attached in mail.attachments]


@pytest.mark.parametrize(
    ("wrapped", "text"),
    [
        ("one \ntwo \nthree\nfour", "one two three\nfour"),
        ("> one \n> two\nthree", "> one two\nthree"),
        ("> one \nanswer", "> one \nanswer"),
        (" From here\n >not a quote", "From here\n>not a quote"),
        ("bye \n-- \nAda", "bye \n-- \nAda"),
        (">> a \n>> b\n> c", ">> a b\n> c"),
        ("", ""),
    ],
)
def test_soft_line_breaks_are_undone_within_a_quote(wrapped: str, text: str) -> None:
    assert flowed.unwrapped(wrapped) == text


def test_languages_without_spaces_flow_without_them() -> None:
    mail = with_body("你 ", "好", content='text/plain; charset=utf-8; format="flowed"; delsp=Yes')

    assert mail.text == "你好"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (("Content-Disposition: attachment; filename=plan.pdf",), "plan.pdf"),
        (('Content-Disposition: attachment; filename="our plan.PDF"',), "our plan.PDF"),
        (("Content-Disposition: attachment; filename=our plan.pdf; size=3",), "our plan.pdf"),
        (("Content-Disposition: attachment; filename=*plan.pdf",), "_plan.pdf"),
        (("Content-Disposition: attachment; filename*=utf-8''f%C3%BCr%20Ada.pdf",), "für Ada.pdf"),
        (("Content-Disposition: attachment; filename*=iso-8859-1'de'f%FCr.pdf",), "für.pdf"),
        (
            (
                "Content-Disposition: attachment; filename*1*=r%20A;",
                " filename*0*=utf-8''f%C3%BC; filename*2=da.pdf",
            ),
            "für Ada.pdf",
        ),
        (('Content-Disposition: attachment; filename="=?utf-8?Q?f=C3=BCr.pdf?="',), "für.pdf"),
        (("Content-Disposition: attachment; filename=für.pdf",), "für.pdf"),
        (('Content-Disposition: attachment; filename="C:\\secret\\plan.pdf"',), "plan.pdf"),
        (("Content-Disposition: attachment; filename=../../etc/passwd",), "passwd"),
        (('Content-Disposition: attachment; filename="a\u202efdp.exe"',), "afdp.exe"),
        (("Content-Disposition: attachment; filename=README",), "README"),
        (("Content-Disposition: attachment",), "file.pdf"),
        (("Content-Location: http://x.example/docs/plan.pdf?v=1",), "plan.pdf"),
    ],
)
def test_files_keep_their_names_as_far_as_they_are_safe(fields: tuple[str, ...], name: str) -> None:
    assert names(mixed(part("text/plain", "x"), part("application/pdf", "x", fields=fields))) == [
        name
    ]


def test_a_content_type_may_name_the_file_too() -> None:
    assert names(mixed(part("text/plain", "x"), part('text/csv; name="a b.csv"', "1,2"))) == [
        "a b.csv"
    ]


def test_a_mail_that_is_one_file_has_no_text() -> None:
    mail = with_body("AAEC", content="application/pdf; name=plan.pdf", encoding="base64")

    assert mail.text == ""
    assert mail.attachments == (
        Attachment("plan.pdf", "application/pdf", False, None, b"\x00\x01\x02"),
    )


def test_uuencoded_files_in_a_text_become_attachments() -> None:
    mail = with_body("See:", "", "begin 644 a.txt", "%0V%FPZD ", "`", "end", "", "Bye")

    assert mail.text.split() == ["See:", "Bye"]
    assert [(a.name, a.content) for a in mail.attachments] == [("a.txt", "Café".encode())]


def test_a_sentence_that_looks_like_uuencoding_stays() -> None:
    assert with_body("We", "begin 644 things", "and end them.").text == (
        "We\nbegin 644 things\nand end them."
    )


def test_a_text_that_is_too_long_is_cut_and_attached_whole() -> None:
    raw = message(f"{SENDER}\n\n") + b"\r\n\r\n" + b"0123456789\n" * 150_000

    mail = parse(raw)

    assert len(mail.text) <= 1_000_000
    assert mail.text.endswith("0123456789")
    assert [(a.name, a.size >= 1_650_000) for a in mail.attachments] == [("text.txt", True)]
    assert "A text was too long; the whole of it is attached." in mail.problems


def test_many_texts_are_together_no_longer_than_one_may_be() -> None:
    mail = mixed(*(part("text/plain", "0123456789" * 4_000) for _ in range(60)))

    assert len(mail.text) <= 1_000_100
    assert {a.size for a in mail.attachments} == {40_000}
    assert len(mail.attachments) == 35


CALENDAR = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:42@engines.example
SUMMARY:Tea\\, at
  four
DTSTART;TZID=Europe/Berlin:20260105T160000
DTEND;TZID="Unknown; Zone":20260105T170000
LOCATION:Room 1\\nUpstairs
ORGANIZER;CN="Ada: L":mailto:ada@engines.example
BEGIN:VALARM
SUMMARY:not this
END:VALARM
END:VEVENT
END:VCALENDAR"""


def test_an_invitation_is_told_in_short() -> None:
    mail = mixed(
        part("text/plain", "Tea?"),
        part("text/calendar; method=REQUEST; charset=utf-8", CALENDAR),
        kind="alternative",
    )

    assert names(mail) == ["invite.ics"]
    assert mail.invite == Invite(
        method="REQUEST",
        summary="Tea, at four",
        starts="2026-01-05T16:00:00+01:00",
        ends="2026-01-05T17:00:00",
        location="Room 1 Upstairs",
        organizer="ada@engines.example",
        uid="42@engines.example",
    )


@pytest.mark.parametrize(
    ("written", "starts"),
    [
        ("DTSTART;VALUE=DATE:20260105", "2026-01-05"),
        ("DTSTART:20260105T160000Z", "2026-01-05T16:00:00+00:00"),
        ("DTSTART:20260105T1600", "2026-01-05T16:00:00"),
        ("DTSTART;TZID=Europe/Berlin:20269905T160000", "2026-99-05T16:00:00"),
        ("DTSTART:soon", ""),
    ],
)
def test_an_attached_calendar_is_an_invitation_too(written: str, starts: str) -> None:
    calendar = f"BEGIN:VEVENT\nSUMMARY:Tea\n{written}\nEND:VEVENT"

    mail = mixed(part("text/plain", "x"), part("application/octet-stream; name=a.ics", calendar))

    assert mail.invite is not None
    assert mail.invite.starts == starts


def test_other_calendars_are_no_invitations() -> None:
    assert mixed(part("text/calendar", "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO")).invite is None


@pytest.mark.parametrize(
    ("content", "encrypted", "signed"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", True, False),
        ("application/x-pkcs7-mime; name=smime.p7m", True, False),
        ("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", False, True),
        ("text/plain", False, False),
    ],
)
def test_smime_is_kept_and_labelled(content: str, encrypted: bool, signed: bool) -> None:
    mail = with_body("MIIB", content=content, encoding="base64")

    assert (mail.is_encrypted, mail.is_signed) == (encrypted, signed)
    assert names(mail) == (["smime.p7m"] if "pkcs7" in content else [])


def test_pgp_is_kept_and_labelled() -> None:
    sealed = mixed(
        part("application/pgp-encrypted", "Version: 1"),
        part("application/octet-stream; name=encrypted.asc", "-----BEGIN PGP MESSAGE-----"),
        kind="encrypted",
    )
    signed = mixed(
        part("text/plain", "Hello"),
        part("application/pgp-signature; name=signature.asc", "-----BEGIN PGP SIGNATURE-----"),
        kind="signed",
    )

    assert (sealed.is_encrypted, sealed.is_signed) == (True, False)
    assert (signed.is_encrypted, signed.is_signed, signed.text) == (False, True, "Hello")
    assert names(signed) == ["signature.asc"]
    assert with_body("-----BEGIN PGP MESSAGE-----").is_encrypted
    assert with_body("-----BEGIN PGP SIGNED MESSAGE-----").is_signed


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", 1, kind, 6, len(value)) + value + b"\x00\x00"


def properties(*pairs: tuple[int, int, bytes]) -> bytes:
    said = struct.pack("<I", len(pairs))
    for kind, tag, value in pairs:
        said += struct.pack("<HH", kind, tag)
        if tag >= 0x8000:
            said += b"\x00" * 16 + struct.pack("<II", 1, 4) + b"n\x00\x00\x00"
        said += struct.pack("<II", 1, len(value)) + value + b"\x00" * (-len(value) % 4)
    return said


def winmail(*attributes: bytes) -> Mail:
    data = b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)
    content = "application/ms-tnef; name=winmail.dat"
    return with_body(base64.b64encode(data).decode(), content=content, encoding="base64")


def test_winmail_is_opened() -> None:
    mail = winmail(
        attribute(0x9007, struct.pack("<II", 1251, 0)),
        attribute(0x9003, properties((0x102, 0x1013, b"<p>Hello</p>"))),
        attribute(0x9002, b"\x01\x00"),
        attribute(0x8010, "план.txt".encode("cp1251") + b"\x00"),
        attribute(0x800F, b"first"),
        attribute(0x9002, b"\x01\x00"),
        attribute(0x8010, b"LONGNA~1.PNG\x00"),
        attribute(
            0x9005,
            properties(
                (0x1F, 0x8001, b"n\x00"),
                (0x1F, 0x3707, "a long name.png".encode("utf-16-le")),
                (0x1E, 0x370E, b"image/png\x00"),
                (0x1E, 0x3712, b"logo@x\x00"),
                (0x102, 0x3701, b"second"),
            ),
        ),
    )

    assert mail.text == "Hello"
    assert [(a.name, a.content_type, a.inline, a.content) for a in mail.attachments] == [
        ("план.txt", "application/octet-stream", False, b"first"),
        ("a long name.png", "image/png", True, b"second"),
    ]


def test_winmail_with_plain_text_gives_it() -> None:
    assert winmail(attribute(0x800C, b"Hello\r\nthere\x00")).text == "Hello\nthere"


def test_winmail_with_only_rich_text_attaches_it() -> None:
    rich = struct.pack("<III", 0, 0, int.from_bytes(b"MELA", "little")) + b"\0\0\0\0{\\rtf1 Hello}"

    mail = winmail(attribute(0x9003, properties((0x102, 0x1009, rich))))

    assert [(a.name, a.content) for a in mail.attachments] == [("message.rtf", b"{\\rtf1 Hello}")]


def test_a_winmail_that_is_none_stays_a_file() -> None:
    mail = with_body("nothing", content="application/ms-tnef; name=winmail.dat")

    assert names(mail) == ["winmail.dat"]
    assert "A winmail.dat could not be opened; it is attached as it is." in mail.problems


def test_a_winmail_that_is_cut_off_gives_what_is_whole() -> None:
    whole = attribute(0x9002, b"") + attribute(0x8010, b"a.txt\0") + attribute(0x800F, b"first")

    mail = winmail(whole, attribute(0x9002, b"") + attribute(0x800F, b"second")[:-4])

    assert (mail.attachments[0].name, mail.attachments[0].content) == ("a.txt", b"first")


def test_rich_text_is_expanded_as_its_standard_says() -> None:
    """Both are the examples of MS-OXRTFCP, section 4."""
    hello = (
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c0900206277"
        "05b06c647d0a800fa0"
    )
    crossing = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"

    assert rtf.expanded(bytes.fromhex(hello)) == (
        b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    )
    assert rtf.expanded(bytes.fromhex(crossing)) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert rtf.expanded(b"something else") is None


def test_a_head_that_is_never_closed_hides_nothing() -> None:
    mail = with_body("<html><head><meta name=x><body>Hello<p>you", content="text/html")

    assert mail.text == "Hello\n\nyou"
