"""What a mail of ours looks like to whoever reads it, man or machine."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels.email.parsing import Address, parse
from rapport.channels.email.sending import headers
from rapport.channels.email.sending.cards import html_of
from rapport.channels.email.sending.message import Enclosed, Letter, written
from rapport.channels.email.sending.plain import plain_of
from rapport.kernel import richtext
from rapport.kernel.cards import (
    Card,
    CarouselCard,
    ChartCard,
    Fact,
    FactsCard,
    FileCard,
    FormCard,
    FormField,
    Item,
    Step,
    StepsCard,
    TableCard,
)

LETTER = Letter(
    sender=Address("The Shop", "support@shop.example"),
    to=[Address("Ada Lovelace", "ada@home.example")],
    subject="Re: My parcel",
    date=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    message_id="r.token.random@shop.example",
    html="<p>It is on its way.</p>\n",
)


def read(letter: Letter) -> EmailMessage:
    mail = message_from_bytes(written(letter), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail.defects == []
    return mail


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_it_says_the_same_as_text_and_as_html() -> None:
    mail = read(LETTER)

    assert mail.get_content_type() == "multipart/alternative"
    assert body(mail, "plain") == "It is on its way.\n"
    assert "<p>It is on its way.</p>" in body(mail, "html")
    assert mail["From"] == "The Shop <support@shop.example>"
    assert mail["To"] == "Ada Lovelace <ada@home.example>"
    assert mail["Message-ID"] == "<r.token.random@shop.example>"
    assert mail["Date"] == "Mon, 05 Jan 2026 09:00:00 +0000"
    assert mail["MIME-Version"] == "1.0"


def test_every_line_is_short_and_in_seven_bits() -> None:
    long = replace(
        LETTER,
        html="<p>" + "Größe " * 2_000 + "</p>",
        subject="Füße " * 60,
        to=[Address(f"Jürgen {n}", f"j{n}@home.example") for n in range(40)],
        references=[f"{n:060}@{'x' * 60}.example" for n in range(30)],
    )

    lines = written(long).split(b"\r\n")

    assert max(len(line) for line in lines) <= 200
    assert max(len(line) for line in lines if b"@" not in line) <= 78
    assert all(byte < 128 for line in lines for byte in line)
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Lovelace, Ada",
        'Ada "the Countess"',
        "Ada \\ Co",
        "Jürgen Groß",
        "山田 太郎",
        "=?x?=",
    ],
)
def test_a_name_arrives_as_it_is(name: str) -> None:
    mail = parse(written(replace(LETTER, to=[Address(name, "ada@home.example")])))

    assert [(it.name, it.address) for it in mail.to] == [(name, "ada@home.example")]


@pytest.mark.parametrize(
    "subject", ["Hello", "Grüße aus Köln", "日本語の件名", "x" * 300, "=?utf-8?q?a?="]
)
def test_a_subject_arrives_as_it_is(subject: str) -> None:
    assert parse(written(replace(LETTER, subject=subject))).subject == subject


@given(
    name=st.text(max_size=80),
    subject=st.text(max_size=200),
    reference=st.text(max_size=60),
)
def test_no_text_becomes_a_field_of_its_own(name: str, subject: str, reference: str) -> None:
    attack = "\r\nBcc: victim@example.com\r\n\r\nbody"
    letter = replace(
        LETTER,
        sender=Address(name + attack, "support@shop.example"),
        to=[Address(attack + name, "ada@home.example")],
        subject=subject + attack + subject,
        in_reply_to=reference + attack,
        references=[attack, reference],
    )

    raw = written(letter)
    mail = message_from_bytes(raw, policy=policy.compat32)

    assert set(mail.keys()) <= {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
    }
    assert mail["Bcc"] is None
    assert parse(raw).text == "It is on its way."


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a b@x.example",
        "a@b@c",
        "a@x\r\nBcc: b@y.example",
        "<a@x.example>",
        "a@-x.example",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(headers.AddressUnusable):
        written(replace(LETTER, to=[Address("", address)]))


def test_a_domain_is_written_as_dns_has_it() -> None:
    mail = read(replace(LETTER, to=[Address("", "info@müller.example")]))

    assert mail["To"] == "info@xn--mller-kva.example"


def test_references_are_complete_and_bounded() -> None:
    many = [f"{n}@home.example" for n in range(200)]

    mail = read(replace(LETTER, references=many, in_reply_to=many[-1]))

    listed = str(mail["References"]).split()
    assert len(listed) == headers.MAX_REFERENCES
    assert (listed[0], listed[-1]) == ("<0@home.example>", "<199@home.example>")
    assert mail["In-Reply-To"] == "<199@home.example>"


def test_what_is_answered_is_quoted_in_both_forms() -> None:
    quoted = replace(
        LETTER, quote="<p>Where is it?</p><p>Ada</p>", quote_intro="On Monday, Ada wrote:"
    )

    mail = read(quoted)

    assert body(mail, "plain") == (
        "It is on its way.\n\nOn Monday, Ada wrote:\n> Where is it?\n>\n> Ada\n"
    )
    assert '<blockquote type="cite"' in body(mail, "html")
    assert parse(written(quoted)).text.startswith("It is on its way.")


def test_pictures_are_shown_and_files_are_attached() -> None:
    files = [
        Enclosed("plan.png", "image/png", b"\x89PNG", "abc@shop.example"),
        Enclosed("Übersicht 2026.pdf", "application/pdf", b"%PDF"),
    ]
    letter = replace(
        LETTER, html='<p><img src="cid:abc@shop.example" alt="A plan"></p>', files=files
    )

    mail = read(letter)
    said = parse(written(letter))

    assert mail.get_content_type() == "multipart/mixed"
    assert [(it.name, it.inline, it.content) for it in said.attachments] == [
        ("plan.png", True, b"\x89PNG"),
        ("Übersicht 2026.pdf", False, b"%PDF"),
    ]
    assert body(mail, "plain") == "A plan\n"


def test_machines_are_told_that_a_machine_wrote() -> None:
    mail = read(replace(LETTER, auto="replied", loop="support@shop.example"))

    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Loop"] == "support@shop.example"
    assert parse(mail.as_bytes()).auto.kind == "reply"
    assert parse(written(LETTER)).auto.kind is None


def test_mail_nobody_asked_for_says_how_to_get_no_more() -> None:
    mail = read(
        replace(LETTER, unsubscribe=["https://help.example/u/x", "mailto:support@shop.example"])
    )

    assert mail["List-Unsubscribe"] == "<https://help.example/u/x>, <mailto:support@shop.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_links_to_this_server_work_elsewhere() -> None:
    html = richtext.render("[Returns](/help/returns) and [Shop](https://shop.example/)")

    mail = read(replace(LETTER, html=html, origin="https://help.example"))

    assert 'href="https://help.example/help/returns"' in body(mail, "html")
    assert body(mail, "plain") == (
        "Returns <https://help.example/help/returns> and Shop <https://shop.example/>\n"
    )


def test_markdown_is_readable_as_plain_text() -> None:
    source = (
        "# Steps\n\n1. Open\n2. **Close**\n\n- a\n- b\n\n> said\n\n| x | y |\n|--|--|\n| 1 | 2 |\n"
    )

    assert plain_of(richtext.render(source)) == (
        "Steps\n\n1. Open\n2. Close\n- a\n- b\n\n> said\n\nx | y\n1 | 2"
    )


def test_cards_are_said_in_words_and_tables() -> None:
    cards: list[Card] = [
        FactsCard(
            title="Order", facts=[Fact(label="Total", value=12.5), Fact(label="Paid", value=None)]
        ),
        TableCard(columns=["Item", "Pieces"], rows=[["Tea", 2]]),
        CarouselCard(items=[Item(title="Pot", text="Holds 1 l", url="https://shop.example/pot")]),
        FormCard(fields=[FormField(key="size", label="Size")]),
        ChartCard(alt="Sales rise.", spec={}),
        FileCard(name="Guide", url="/files/abc"),
        StepsCard(steps=[Step(title="Unplug", done=True), Step(text="Wait")]),
    ]

    html = html_of(cards)

    assert "<script" not in html
    assert plain_of(html) == (
        "Order\n\nTotal | 12.5\nPaid | \u2013\nItem | Pieces\nTea | 2\n"
        "- Pot <https://shop.example/pot>\nHolds 1 l\nSize | \u2013\n\nSales rise.\n\n"
        "Guide </files/abc>\n\n1. \u2713 Unplug\n2. Wait"
    )


def test_cards_run_nothing() -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    cards = [FactsCard(title=evil, facts=[Fact(label=evil, value=evil)])]

    html = html_of(cards)

    assert "<script" not in html
    assert "<img" not in html
    assert "alert(1)" in plain_of(html)
