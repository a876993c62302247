"""Bounces and receipts of what we sent."""

from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.channels.delivery.models import Delivery
from rapport.channels.email import threading
from rapport.channels.email.models import Correspondent, Known, MailDetail, RawMail
from rapport.kernel.context import SYSTEM
from rapport.kernel.ids import new_id
from tests.channels.email.receiving.conftest import Desk

OUR_ID = "r.token.random@shop.example"


def bounce(desk: Desk, original_id: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    return (
        "From: MAILER-DAEMON@home.example\r\n"
        "To: support@shop.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Date: {desk.clock():%a, %d %b %Y %H:%M:%S +0000}\r\n"
        f"Message-ID: <{new_id()}@home.example>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.home.example\r\n\r\n"
        "Final-Recipient: rfc822; ada@home.example\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{original_id}>\r\nSubject: Re: My parcel\r\n\r\n--b--\r\n"
    ).encode()


@pytest.fixture
async def sent(desk: Desk) -> RawMail:
    """A mail of Ada's, and our answer to it, which went out."""
    first = await desk.get()
    assert first.conversation_id is not None
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        delivery_id = new_id()
        place = {"workspace_id": desk.workspace, "conversation_id": first.conversation_id}
        ctx.session.add(
            Delivery(
                **place,
                id=delivery_id,
                created_at=ctx.now(),
                channel="email",
                inbox_id=desk.mailbox.id,
                seq=2,
                peer="ada@home.example",
                recipients={
                    "to": [{"name": "Ada", "address": "ada@home.example"}],
                    "cc": [],
                    "bcc": [],
                },
                state="sent",
                due_at=ctx.now(),
                reference=OUR_ID,
                sent_at=ctx.now(),
            )
        )
        ctx.session.add(
            Known(
                **place,
                message_hash=threading.message_hash(OUR_ID),
                inbox_id=desk.mailbox.id,
                seq=2,
                direction="out",
                participants=[threading.address_hash(desk.workspace, "ada@home.example")],
                created_at=ctx.now(),
            )
        )
        ctx.session.add(
            MailDetail(
                **place,
                seq=2,
                delivery_id=delivery_id,
                to=[],
                cc=[],
                subject="Re: My parcel",
                quoted_html="",
                created_at=ctx.now(),
            )
        )
    return first


async def found(desk: Desk) -> tuple[Delivery, list[Correspondent]]:
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        delivery = (await ctx.session.scalars(select(Delivery))).one()
        return delivery, list(await ctx.session.scalars(select(Correspondent)))


async def last_said(desk: Desk, conversation_id: UUID | None) -> tuple[str, str]:
    message = (await desk.messages(conversation_id))[-1]
    return message.kind, message.body


async def test_a_bounce_fails_the_mail_it_is_about_and_marks_the_address(
    desk: Desk, sent: RawMail
) -> None:
    raw = await desk.get(raw=bounce(desk, OUR_ID))

    assert (raw.state, raw.conversation_id) == ("stored", sent.conversation_id)
    delivery, (noted,) = await found(desk)
    assert (delivery.state, delivery.reason) == ("failed", "bounced")
    assert (noted.address, noted.bounce_status) == ("ada@home.example", "5.1.1")
    kind, said = await last_said(desk, sent.conversation_id)
    assert kind == "system"
    assert "ada@home.example could not be delivered" in said
    assert "no such user" in said


async def test_a_full_mailbox_says_nothing_against_the_address(desk: Desk, sent: RawMail) -> None:
    await desk.get(raw=bounce(desk, OUR_ID, status="5.2.2"))

    delivery, noted = await found(desk)
    assert (delivery.state, noted) == ("failed", [])


async def test_a_delay_fails_nothing(desk: Desk, sent: RawMail) -> None:
    await desk.get(raw=bounce(desk, OUR_ID, status="4.4.1", action="delayed"))

    delivery, noted = await found(desk)
    assert (delivery.state, noted) == ("sent", [])
    assert "not delivered yet" in (await last_said(desk, sent.conversation_id))[1]


async def test_a_bounce_of_what_we_did_not_send_is_ignored(desk: Desk, sent: RawMail) -> None:
    raw = await desk.get(raw=bounce(desk, "r.guess.guess@shop.example"))

    assert (raw.state, raw.reason) == ("ignored", "bounce_unmatched")
    delivery, noted = await found(desk)
    assert (delivery.state, noted) == ("sent", [])


async def test_the_same_bounce_twice_is_told_once(desk: Desk, sent: RawMail) -> None:
    raw = bounce(desk, OUR_ID)
    await desk.get(raw=raw)
    before = len(await desk.messages(sent.conversation_id))

    again = await desk.get(raw=raw)

    assert again.state == "duplicate"
    assert len(await desk.messages(sent.conversation_id)) == before


async def test_a_receipt_is_told_in_the_conversation(desk: Desk, sent: RawMail) -> None:
    raw = (
        "From: Ada <ada@home.example>\r\nTo: support@shop.example\r\nSubject: Read: Re: My parcel"
        f"\r\nMessage-ID: <{new_id()}@home.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=disposition-notification;"
        ' boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nRead.\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        "Final-Recipient: rfc822; ada@home.example\r\n"
        f"Original-Message-ID: <{OUR_ID}>\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    ).encode()

    found_ = await desk.get(raw=raw)

    assert found_.conversation_id == sent.conversation_id
    assert await last_said(desk, sent.conversation_id) == (
        "system",
        "ada@home.example: the mail was displayed.",
    )
