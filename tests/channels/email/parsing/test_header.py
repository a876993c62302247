"""Who wrote to whom, when, about what."""

from datetime import UTC, datetime

import pytest

from rapport.channels.email.parsing import Address, parse
from tests.channels.email.parsing.mails import read, with_header

ADA = Address("Ada Lovelace", "ada@engines.example")


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("Where is my order?", "Where is my order?"),
        ("=?utf-8?Q?Wo_ist_meine_T=C3=BCr=3F?=", "Wo ist meine Tür?"),
        ("=?utf-8?Q?Wo_ist?= =?utf-8?Q?_sie=3F?=", "Wo ist sie?"),
        ("=?utf-8?B?R3LDvMOfZQ==?=\n =?utf-8?B?IGF1cyBCZXJuCg==?=", "Grüße aus Bern"),
        ("=?utf-8?Q?half_of_=C3?=\n =?utf-8?Q?=A9?=", "half of é"),
        ("=?utf-8?Q?spaces in the word?=", "spaces in the word"),
        ("=?utf-8?Q?really?=20now?=", "really? now"),
        ("a=?utf-8?Q?_word_?=inside", "a word inside"),
        ("=?iso-2022-jp?B?GyRCJCIbKEI=?=", "あ"),
        ("=?gb2312?B?xOO6ww==?= =?gb2312?B?oaM=?=", "你好。"),
        ("=?ks_c_5601-1987?B?vsiz5w==?=", "안녕"),
        ("=?x-unknown?Q?caf=E9?=", "café"),
        ("=?utf-8*de?Q?T=C3=BCr?=", "Tür"),
        ("=?utf-8?B?QWRh?", "=?utf-8?B?QWRh?"),
        ("=?utf-8?B?QWRh=?=", "Ada"),
        ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
        ("folded\n \n over lines", "folded over lines"),
        ("=?utf-8?Q?a=0D=0ABcc:=07_b?=", "a Bcc: b"),
    ],
)
def test_subjects_are_read_as_they_were_meant(written: str, subject: str) -> None:
    assert with_header(f"Subject: {written}").subject == subject


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_a_header_may_be_in_eight_bits(charset: str) -> None:
    assert read("Subject: Wo ist die Tür?\n\nHallo", charset=charset).subject == "Wo ist die Tür?"


def test_eight_bits_in_a_header_are_read_in_the_charset_of_the_text() -> None:
    raw = "Subject: Вот мой заказ\nContent-Type: text/plain; charset=koi8-r\n\nЖив!"

    assert read(raw, charset="koi8-r").subject == "Вот мой заказ"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ada@engines.example", [("", "ada@engines.example")]),
        ("<ada@ENGINES.example>", [("", "ada@engines.example")]),
        ("Ada Lovelace <ada@engines.example>", [("Ada Lovelace", "ada@engines.example")]),
        ('"Lovelace, Ada" <ada@engines.example>', [("Lovelace, Ada", "ada@engines.example")]),
        ("Lovelace, Ada <ada@engines.example>", [("Lovelace, Ada", "ada@engines.example")]),
        ('"Ada \\"A\\" L" <a@b.example>', [('Ada "A" L', "a@b.example")]),
        ("ada@engines.example (Ada Lovelace)", [("Ada Lovelace", "ada@engines.example")]),
        ("Ada (at (home)) <a@b.example>", [("Ada (at (home))", "a@b.example")]),
        ("Ada Lovelace ada@engines.example", [("Ada Lovelace", "ada@engines.example")]),
        ("Ada Lovelace <ada@engines.example", [("Ada Lovelace", "ada@engines.example")]),
        ('Ada "Lovelace <ada@engines.example>', [("Ada Lovelace", "ada@engines.example")]),
        ("=?utf-8?Q?Zo=C3=AB=2C_A=2E?= <z@b.example>", [("Zoë, A.", "z@b.example")]),
        ('"=?utf-8?Q?Zo=C3=AB?=" <z@b.example>', [("Zoë", "z@b.example")]),
        ("=?utf-8?Q?Zoe_<z=40b.example>?=", [("Zoe", "z@b.example")]),
        ("a@b.example, c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("a@b.example c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("A <a@b.example> C <c@d.example>", [("A", "a@b.example"), ("C", "c@d.example")]),
        (", a@b.example,,", [("", "a@b.example")]),
        ("All of us: a@b.example, C <c@d.example>;", [("", "a@b.example"), ("C", "c@d.example")]),
        ("undisclosed-recipients:;", []),
        ("<Undisclosed-Recipient:;>", []),
        ("(nobody)", []),
        ("<@relay.example:a@b.example>", [("", "a@b.example")]),
        ("a @ b.example", [("", "a@b.example")]),
        ("mailto:a@b.example", [("", "a@b.example")]),
        ('"two words"@b.example', [("", '"two words"@b.example')]),
        ("zoë@bücher.example", [("", "zoë@bücher.example")]),
        ("a@xn--bcher-kva.example", [("", "a@xn--bcher-kva.example")]),
        ("'a@b.example' <a@b.example>", [("'a@b.example'", "a@b.example")]),
        ("Nobody At All", [("Nobody At All", "")]),
        ("support+c.12@b.example", [("", "support+c.12@b.example")]),
    ],
)
def test_address_lists_are_read_as_they_were_meant(
    written: str, expected: list[tuple[str, str]]
) -> None:
    read_ = with_header(f"To: {written}").to

    assert [(one.name, one.address) for one in read_] == expected


def test_addresses_are_collected_from_every_field_of_a_name_and_once() -> None:
    read_ = with_header("Cc: a@b.example", "Cc: a@b.example, c@d.example", "Bcc: e@f.example")

    assert [one.address for one in read_.cc] == ["a@b.example", "c@d.example"]
    assert [one.address for one in read_.bcc] == ["e@f.example"]


@pytest.mark.parametrize("other", ["Reply-To", "Sender", "Return-Path"])
@pytest.mark.parametrize("written", ["From:", "From: <>", "X-Nothing: here"])
def test_without_an_author_the_next_best_field_names_one(other: str, written: str) -> None:
    read_ = with_header(written, f"{other}: <ada@engines.example>")

    assert read_.from_ == Address("", "ada@engines.example")
    assert "From names no address." in read_.problems


def test_the_author_is_never_the_reply_to_when_there_is_one() -> None:
    read_ = with_header(
        "From: Ada Lovelace <ada@engines.example>",
        "Sender: desk@engines.example",
        "Reply-To: Babbage <charles@engines.example>",
    )

    assert read_.from_ == ADA
    assert read_.sender == Address("", "desk@engines.example")
    assert read_.reply_to == (Address("Babbage", "charles@engines.example"),)


def test_a_name_without_an_address_is_kept() -> None:
    assert with_header("From: Ada Lovelace").from_ == Address("Ada Lovelace", "")


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 05 Jan 2026 10:30:00 +0100",
        "5 Jan 2026 09:30 GMT",
        "Mon, 05 Jan 26 09:30:00 +0000 (UTC)",
        "Tue, 05 Jan 2026 09:30:00",
        "05 Jan 2026 04:30:00 EST",
        "2026-01-05 10:30:00 +01:00",
        "2026-01-05T09:30:00Z",
        "2026-01-05T09:30:00.123Z",
        "Mo, 05 Jan 2026 10 : 30 (half past) : 00 +0100",
        "Mon, 05 Jan 2026 (the (first) Monday) 10:30:00 +0100 (never closed",
        "Mon, 05 Jan 2026 10:30:00 GMT+0100",
        "Mon, 05 Jan 2026 10:30:00+0100",
        "Mon, 05 Jan 2026 09:30:00 +9999",
    ],
)
def test_dates_are_read_in_the_forms_that_are_sent(written: str) -> None:
    assert with_header(f"Date: {written}").date == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "month", "day"),
    [("Do, 31 Dez 2025", 12, 31), ("lun., 5 août 2025", 8, 5), ("30 Feb 2025", 2, 28)],
)
def test_dates_in_other_languages_and_beyond_the_month_are_read(
    written: str, month: int, day: int
) -> None:
    assert with_header(f"Date: {written} 12:00:00 +0000").date == datetime(
        2025, month, day, 12, tzinfo=UTC
    )


@pytest.mark.parametrize("written", ["yesterday", "", "99 Foo 2026 77:88:99", "9" * 300])
def test_without_a_readable_date_the_last_server_says_when(written: str) -> None:
    received = "Received: from a by b with SMTP id 1;\n Mon, 05 Jan 2026 10:30:00 +0100"

    read_ = with_header(received, f"Date: {written}")

    assert read_.date == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    assert "The date is missing or cannot be read." in read_.problems
    assert with_header(f"Date: {written}").date is None


def test_message_ids_have_no_brackets_and_no_spaces() -> None:
    read_ = with_header(
        "Message-ID: < one@x.example >",
        "In-Reply-To: Your message of Monday <two@x.example>",
        "References: <three@x.example>,<two@x.\n example>\n <three@x.example>",
    )

    assert read_.message_id == "one@x.example"
    assert read_.in_reply_to == "two@x.example"
    assert read_.references == ("three@x.example", "two@x.example")


def test_ids_without_brackets_are_ids() -> None:
    read_ = with_header("Message-ID: 4711", "References: a@x.example b@x.example")

    assert read_.message_id == "4711"
    assert read_.references == ("a@x.example", "b@x.example")


def test_of_too_many_references_the_first_and_the_last_stay() -> None:
    read_ = with_header("References: " + " ".join(f"<{n}@x.example>" for n in range(500)))

    assert len(read_.references) == 200
    assert (read_.references[0], read_.references[-1]) == ("0@x.example", "499@x.example")


@pytest.mark.parametrize(
    "raw",
    [
        b"From x@y.example Mon Jan 5 09:30:00 2026\nSubject: kept\n\nHello",
        b"\n\nSubject: kept\n\nHello",
        b"\xef\xbb\xbfSubject: kept\n\nHello",
        b"Subject: kept\r\rHello",
        b"Subject: kept\r\r\nTo: a@b.example\r\r\n\r\r\nHello",
        b"To: a@b.example\nthis is no field\nSubject: kept\n\nHello",
        b"SUBJECT : kept\n\nHello",
        b"  Subject: kept\nTo: a@b.example\n\nHello",
        b"Subject: kept\n \nHello",
        b"Subject:\nSubject: kept\n\nHello",
        b"Subject: kept\nHello",
    ],
)
def test_headers_are_found_in_messages_that_are_badly_written(raw: bytes) -> None:
    read_ = parse(raw)

    assert read_.subject == "kept"
    assert read_.text.strip() == "Hello"


def test_a_message_without_a_header_is_a_text() -> None:
    read_ = parse(b"Hello there,\nwhere is my order?\n")

    assert read_.text == "Hello there,\nwhere is my order?"
    assert read_.from_ is None
    assert "No empty line ends the header." in read_.problems


def test_what_others_judge_by_is_kept_as_it_was_sent() -> None:
    trace = with_header(
        "Return-Path: <bounce@x.example>",
        "Delivered-To: support@desk.example",
        "Received: from b by c",
        "Received: from a by b",
        "Authentication-Results: mx.desk.example;\n dkim=pass header.d=x.example",
        "List-Unsubscribe: <https://x.example/u>",
        "Precedence: bulk",
    ).trace

    assert trace.return_path == "<bounce@x.example>"
    assert trace.delivered_to == ("support@desk.example",)
    assert trace.received == ("from b by c", "from a by b")
    assert trace.authentication_results == ("mx.desk.example; dkim=pass header.d=x.example",)
    assert trace.list_unsubscribe == "<https://x.example/u>"
    assert ("precedence", "bulk") in trace.auto
