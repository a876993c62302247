"""Security row 27: no message stops the reading, none takes more time than its length allows."""

import random
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.email.parsing import Mail, parse

PIECES = [
    b"\n", b"\r\n", b"\r", b"\n\n", b" ", b"\t", b";", b":", b",", b"<", b">", b"(", b")", b'"',
    b"\\", b"=", b"?", b"=?", b"?=", b"=?utf-8?Q?", b"=?utf-16?B?/v8?=", b"--", b"--b", b"--b--",
    b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Mon, 31 Feb 99999 99:99 +9999", b"References: ",
    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: text/html\n",
    b"Content-Type: text/plain; charset=", b"utf-7", b"utf-16", b"idna", b"punycode", b"zlib",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: x-uuencode\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%", b"format=flowed; delsp=yes",
    b"begin 644 a\n", b"end\n", b"M", b"\x78\x9f\x3e\x22", b"Content-Type: application/ms-tnef\n",
    b"Content-Type: message/delivery-status\n", b"Final-Recipient: ", b"Status: 5.1.1\n",
    b"Content-Type: text/calendar\n", b"BEGIN:VEVENT\n", b"DTSTART;TZID=../x:20260105T160000\n",
    b"\x00", b"\x1b$B", b"\x85", b"\xed\xa0\x80", b"\xff", b"\xe2\x80\xae", b"+2AA-", b"<pre>",
    b"&#0;",
]  # fmt: skip

anything = st.one_of(
    st.binary(max_size=400),
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=60).map(b"".join),
)


def texts(mail: Mail) -> list[str]:
    people = [*mail.to, *mail.cc, *mail.reply_to, *([mail.from_] if mail.from_ else [])]
    return [
        mail.text,
        mail.html or "",
        mail.subject,
        *mail.references,
        *(part for one in people for part in (one.name, one.address)),
        *(attached.name for attached in mail.attachments),
        *(mail.trace.received),
    ]


@settings(max_examples=300, deadline=None)
@given(anything)
def test_any_bytes_are_a_mail_that_can_be_stored(raw: bytes) -> None:
    mail = parse(raw)

    for text in texts(mail):
        assert "\x00" not in text
        text.encode()  # no lone surrogates
    assert mail.date is None or mail.date.utcoffset() is not None
    assert all("/" not in a.name and "\\" not in a.name for a in mail.attachments)


@settings(max_examples=100, deadline=None)
@given(anything)
def test_reading_twice_says_the_same(raw: bytes) -> None:
    assert parse(raw) == parse(raw)


def test_a_message_cut_off_anywhere_is_a_mail() -> None:
    whole = b"".join(random.Random(4).choices(PIECES, k=400))

    for end in range(0, len(whole), 7):
        parse(whole[:end])


def repeated(before: bytes, unit: bytes, after: bytes = b"\n\nHello") -> Callable[[int], bytes]:
    """A message with so many bytes of one thing in it."""
    return lambda size: before + unit * (size // len(unit)) + after


MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"
SHAPES = {
    "parts": repeated(MIXED, b"--b\n\nx\n"),
    "parts without a header": repeated(MIXED, b"--b\n"),
    "lines of dashes": repeated(MIXED, b"--\n"),
    "nested parts": lambda size: b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(size // 50)
    ),
    "header fields": repeated(b"", b"Received: from a by b; Mon, 5 Jan 2026 10:30:00 +0100\n"),
    "no fields": repeated(b"A: b\n", b"nothing\nTo: x\n"),
    "long subject": repeated(b"Subject: ", b"x "),
    "spaces in a field": repeated(b"Content-Type: text/plain;", b" ", b"charset=x\n\nHello"),
    "encoded words": repeated(b"Subject: ", b"=?utf-8?Q?a?= "),
    "words that never end": repeated(b"Subject: ", b"=?utf-8?Q?a"),
    "words within words": repeated(b"Subject: ", b"=?utf-8?B?a", b"?=\n\nHello"),
    "question marks": repeated(b"Subject: =?a?Q?", b"?=AA"),
    "addresses": repeated(b"To: ", b"a@b.example, "),
    "names": repeated(b"To: ", b"a "),
    "at signs": repeated(b"To: ", b"@ "),
    "quotes": repeated(b'To: "', b'\\"'),
    "parentheses": repeated(b"To: ", b"("),
    "brackets": repeated(b"To: ", b"<"),
    "references": repeated(b"References: ", b"<a@b>"),
    "one reference": repeated(b"References: ", b"a"),
    "parameters": repeated(b"Content-Type: text/plain", b";a=b"),
    "semicolons": repeated(b"Content-Type: text/plain", b";"),
    "escapes": repeated(b'Content-Type: text/plain; a="', b'\\"'),
    "spaces": repeated(b"\n", b" "),
    "empty lines": repeated(b"\n", b"\n"),
    "eight bits": repeated(b"\n", b"\xe9\xe8 "),
    "flowing quotes": repeated(b"Content-Type: text/plain; format=flowed\n\n", b"> a \n"),
    "uuencoded beginnings": repeated(b"\n", b"begin 644 a\n"),
    "padded base64": repeated(
        b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n", b"YQ==\n"
    ),
    "open tags": repeated(b"Content-Type: text/html\n\n", b"<div "),
    "nested quotes": repeated(b"Content-Type: text/html\n\n", b"<blockquote>a"),
    "pre": repeated(b"Content-Type: text/html\n\n", b"<pre>\n\n"),
    "calendar": repeated(b"Content-Type: text/calendar\n\nBEGIN:VEVENT\n", b'A;"'),
    "delivery status": repeated(b"Content-Type: message/delivery-status\n\n", b"Status: 5\n\n"),
    "words of a bounce": repeated(b"From: mailer-daemon@a.b\nSubject: failure notice\n\n", b"a@"),
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_time_grows_with_the_length_and_not_faster(shape: str) -> None:
    def cost(size: int) -> float:
        raw = SHAPES[shape](size)

        def once() -> float:
            began = time.process_time()
            parse(raw)
            return time.process_time() - began

        return min(once() for _ in range(3))

    small = cost(20_000)

    assert cost(80_000) < 4 * 2.5 * max(small, 0.004)


def test_a_huge_attachment_is_held_once() -> None:
    encoded = b"QUJD" * 18 + b"\r\n"
    head = (
        b'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    raw = head + encoded * 100_000

    tracemalloc.start()
    mail = parse(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert mail.attachments[0].size == 54 * 100_000
    assert peak < 1.5 * len(raw)
