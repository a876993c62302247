"""Mail that machines send: bounces, receipts, answers of absent people, lists."""

import pytest

from rapport.channels.email.parsing import Bounce, Mail, Receipt
from tests.channels.email.parsing.mails import mixed, part, read, with_header

STATUS = """Reporting-MTA: dns; mx.post.example
Arrival-Date: Mon, 5 Jan 2026 10:30:00 +0100

Original-Recipient: rfc822; charles@engines.example
Final-Recipient: rfc822; <cbabbage@post.example>
Action: failed
Status: 5.1.1 (no such user)
Diagnostic-Code: smtp; 550 5.1.1 <cbabbage@post.example>: unknown"""
ORIGINAL = "From: support@desk.example\nMessage-ID: <our.1@desk.example>\nSubject: Hi\n\nHello"


def report(status: str, original: str = ORIGINAL, kind: str = "message/rfc822") -> Mail:
    return mixed(
        part("text/plain", "I am sorry to say that nobody wanted it."),
        part("message/delivery-status", status),
        part(kind, original),
        kind="report; report-type=delivery-status",
    )


def test_a_bounce_names_the_recipient_the_reason_and_the_mail() -> None:
    mail = report(STATUS)

    assert mail.bounce == Bounce(
        recipient="cbabbage@post.example",
        recipients=("cbabbage@post.example", "charles@engines.example"),
        status="5.1.1",
        diagnostic="550 5.1.1 <cbabbage@post.example>: unknown",
        is_permanent=True,
        original_message_id="our.1@desk.example",
    )
    assert mail.auto.kind == "bounce"
    assert [a.name for a in mail.attachments] == ["delivery-status.txt", "Hi.eml"]


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822-headers"])
def test_a_bounce_may_return_only_the_header(kind: str) -> None:
    bounce = report(STATUS, kind=kind).bounce

    assert bounce is not None
    assert bounce.original_message_id == "our.1@desk.example"


@pytest.mark.parametrize(
    ("action", "status", "is_permanent"),
    [("delayed", "4.4.1", False), ("failed", "4.7.1", False), ("failed", "5.0.0", True)],
)
def test_what_may_still_arrive_is_not_permanent(
    action: str, status: str, is_permanent: bool
) -> None:
    said = STATUS.replace("failed", action).replace("Status: 5.1.1", f"Status: {status}")

    bounce = report(said).bounce

    assert bounce is not None
    assert (bounce.status, bounce.is_permanent) == (status, is_permanent)


def test_what_was_delivered_did_not_bounce() -> None:
    assert report(STATUS.replace("failed", "delivered")).bounce is None


def test_of_several_recipients_the_first_that_failed_is_the_one() -> None:
    delivered = "Final-Recipient: rfc822; ada@engines.example\nAction: relayed\nStatus: 2.0.0"

    bounce = report(
        f"Reporting-MTA: dns; x\n\n{delivered}\n\n{STATUS.split(chr(10) * 2)[1]}"
    ).bounce

    assert bounce is not None
    assert bounce.recipient == "cbabbage@post.example"


def test_the_status_may_stand_only_in_the_diagnostic() -> None:
    bounce = report(STATUS.replace("Status: 5.1.1 (no such user)", "Status: failed")).bounce

    assert bounce is not None
    assert bounce.status == "5.1.1"


POSTFIX = """I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<charles@engines.example>: host mx.engines.example said: 550 5.2.2
    mailbox full

------ This is a copy of the message, including all the headers. ------

Message-ID: <our.1@desk.example>
To: someone.else@engines.example
"""


@pytest.mark.parametrize(
    ("sender", "subject", "body", "status"),
    [
        ("MAILER-DAEMON@post.example", "Undelivered Mail Returned to Sender", POSTFIX, "5.2.2"),
        (
            "postmaster@post.example",
            "failure notice",
            "<charles@engines.example>:\nSorry, no mailbox here by that name. 553 refused\n\n"
            "--- Below this line is a copy of the message.\n\nMessage-ID: <our.1@desk.example>",
            "5.0.0",
        ),
        (
            "Mail Delivery System <Mailer-Daemon@post.example>",
            "Unzustellbar: Hallo",
            "An charles@engines.example wurde nicht zugestellt.\nMessage-Id: <our.1@desk.example>",
            "",
        ),
    ],
)
def test_bounces_in_plain_words_are_understood(
    sender: str, subject: str, body: str, status: str
) -> None:
    mail = read(f"From: {sender}\nTo: support@desk.example\nSubject: {subject}\n\n{body}")

    assert mail.bounce is not None
    assert mail.bounce.recipient == "charles@engines.example"
    assert mail.bounce.status == status
    assert mail.bounce.original_message_id == "our.1@desk.example"


def test_the_recipients_that_a_server_names_in_its_header_are_believed() -> None:
    mail = with_header("From: x@y.example", "X-Failed-Recipients: charles@engines.example")

    assert mail.bounce is not None
    assert mail.bounce.recipient == "charles@engines.example"


def test_a_person_who_writes_about_a_bounce_is_a_person() -> None:
    mail = read(f"From: ada@engines.example\nSubject: Undelivered mail\n\n{POSTFIX}")

    assert (mail.bounce, mail.auto.kind) == (None, None)


def test_an_absent_person_whose_answer_is_delayed_is_no_bounce() -> None:
    mail = read(
        "From: ada@engines.example\nReturn-Path: <>\nSubject: Re: Hi\n\n"
        "My answer will be delayed. Ask charles@engines.example."
    )

    assert (mail.bounce, mail.auto.kind) == (None, "reply")


def test_a_server_may_name_several_that_failed() -> None:
    mail = with_header("From: x@y.example", "X-Failed-Recipients: a@b.example, c@d.example")

    assert mail.bounce is not None
    assert mail.bounce.recipients == ("a@b.example", "c@d.example")


def test_a_receipt_names_the_mail_that_was_read() -> None:
    mail = mixed(
        part("text/plain", "Your message was displayed."),
        part(
            "message/disposition-notification",
            "Reporting-UA: mail.example; 1.0",
            "Final-Recipient: rfc822; ada@engines.example",
            "Original-Message-ID: <our.1@desk.example>",
            "Disposition: manual-action/MDN-sent-manually; displayed",
        ),
        kind="report; report-type=disposition-notification",
    )

    assert mail.receipt == Receipt("ada@engines.example", "displayed", "our.1@desk.example")
    assert mail.auto.kind == "receipt"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (["Auto-Submitted: auto-replied"], "reply"),
        (["Auto-Submitted: auto-replied (vacation); owner=ada"], "reply"),
        (["Auto-Submitted: auto-generated", "Subject: Automatic reply: Hi"], "reply"),
        (["Auto-Submitted: auto-generated", "In-Reply-To: <our.1@desk.example>"], "reply"),
        (["Auto-Submitted: auto-generated"], "bulk"),
        (["Auto-Submitted: no"], None),
        (["X-Autoreply: yes"], "reply"),
        (["X-Autoreply: no"], None),
        (["X-Autorespond: Away"], "reply"),
        (["Precedence: auto_reply"], "reply"),
        (["X-POST-MessageClass: 9; Autoresponder"], "reply"),
        (["Delivered-To: Autoresponder"], "reply"),
        (["Subject: Out of Office: Hi"], "reply"),
        (["Subject: Abwesenheitsnotiz"], "reply"),
        (["Subject: Réponse automatique : Bonjour"], "reply"),
        (["Subject: 自动答复: 你好"], "reply"),
        (["Subject: I got an automatic reply: why?"], None),
        (["Return-Path: <>"], "reply"),
        (["Return-Path: < >"], "reply"),
        (["Return-Path: <ada@engines.example>"], None),
        (["List-Id: Engines <engines.lists.example>"], "list"),
        (["Mailing-List: contact engines@lists.example"], "list"),
        (["Precedence: list"], "list"),
        (["Precedence: bulk"], "bulk"),
        (["Precedence: junk", "List-Unsubscribe: <https://x.example>"], "bulk"),
        (["List-Unsubscribe: <https://x.example>"], "bulk"),
        (["X-Auto-Response-Suppress: DR, OOF, AutoReply"], "bulk"),
        (["X-Auto-Response-Suppress: DR"], None),
        (["Precedence: normal", "Subject: Hello"], None),
    ],
)
def test_what_no_person_wrote_is_told_by_its_header(fields: list[str], kind: str | None) -> None:
    auto = with_header("From: ada@engines.example", *fields).auto

    assert auto.kind == kind
    assert bool(auto.reason) == (kind is not None)
