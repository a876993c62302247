"""E-mail as a channel that the outbox sends by."""

from typing import Any, Final
from uuid import UUID

from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Addressed, Line, register
from rapport.channels.email import threading
from rapport.channels.email.envelope import folded
from rapport.channels.email.events import MailDetailed
from rapport.channels.email.models import Mailbox
from rapport.channels.email.parsing import Address
from rapport.channels.email.sending import addressing, composing
from rapport.channels.email.sending.acknowledgement import NO_PERSON, ONCE_IN, RECEIVED
from rapport.channels.email.sending.addressing import Reach, Thread
from rapport.channels.email.sending.replying import new_reference
from rapport.channels.email.sending.repository import CorrespondentRepository, ThreadRepository
from rapport.channels.email.settings import service as settings
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.conversations.schemas import MessageOut
from rapport.customers import service as customers
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import emit
from rapport.kernel.i18n.texts import nearest, t

_BY_MAIL: Final = "mail:"
"""With which the `client_id` of what came by mail begins."""


class EmailSender:
    """Sends by SMTP. A mail sent twice has the same id and bytes, so that receivers see one."""

    channel = settings.CHANNEL
    can_repeat = True

    async def address(self, ctx: Ctx, message: MessageOut, *, by: str) -> Addressed | None:
        """See `Sender.address`: what no composer addressed goes where an answer goes by itself."""
        if (message.client_id or "").startswith(_BY_MAIL):
            return None
        conversation = await conversations.get(ctx, message.conversation_id)
        mailbox = await addressing.sending_mailbox(ctx, conversation)
        if mailbox is None or settings.outgoing_of(mailbox).kind == "none":
            return None
        found = await addressing.thread(ctx, conversation.id, before=message.seq)
        reach = await addressing.reach(ctx, conversation, found)
        is_machine = message.author.kind == "assistant"
        is_unasked = is_machine and not found.is_heard
        if is_unasked:
            reach = Reach(tuple(Address("", one.address) for one in reach.to))
        subject = addressing.answer_subject(mailbox, conversation, found)
        options: dict[str, Any] = {
            "kind": "answer",
            "subject": await _own_subject(ctx, conversation) if is_unasked else subject,
            "quote": mailbox.quoting and found.is_authenticated and not is_unasked,
            "answers": found.answered.seq if found.answered else None,
        }
        is_automatic = is_machine or by.startswith("api_key:")
        return Addressed(
            inbox_id=mailbox.id,
            peer=folded(reach.to[0].address) if reach.to else "",
            recipients={
                "to": addressing.as_json(reach.to),
                "cc": addressing.as_json(reach.cc),
                "bcc": [],
            },
            options={**options, **({"auto": "replied"} if is_machine else {})},
            is_automatic=is_automatic,
            withheld=await _withheld(
                ctx, found, reach, is_automatic=is_automatic, is_unasked=is_unasked
            ),
        )

    async def queued(self, ctx: Ctx, delivery: Delivery) -> str:
        """See `Sender.queued`: answers to the new id will find their conversation."""
        mailbox = await settings.mailbox(ctx, delivery.inbox_id)
        conversation = await conversations.get(ctx, delivery.conversation_id)
        reference = await new_reference(ctx, delivery, mailbox, conversation.number)
        await _know(ctx, delivery, reference)
        if delivery.seq is not None:
            await ThreadRepository(ctx).put(
                conversation.id, delivery.seq, **_details(delivery, mailbox, reference)
            )
            told = MailDetailed(conversation_id=conversation.id, seq=delivery.seq)
            await emit(ctx, told, subject=conversation.id)
        return reference

    async def renamed(self, ctx: Ctx, delivery: Delivery, reference: str) -> None:
        """See `Sender.renamed`: answers to either id find their conversation.

        What we write next refers to the id that its readers know.
        """
        await _know(ctx, delivery, reference)
        if delivery.seq is not None:
            await ThreadRepository(ctx).rename(delivery.conversation_id, delivery.seq, reference)

    async def compose(self, ctx: Ctx, delivery: Delivery) -> bytes:
        """See `Sender.compose`."""
        return await composing.compose(ctx, delivery)

    def line(self, database: Database, workspace_id: UUID, inbox_id: UUID) -> Line:
        """See `Sender.line`."""
        # Imported only here: the protocol takes 15 MB, and only the worker speaks it.
        from rapport.channels.email.sending.smtp import SmtpLine  # noqa: PLC0415

        return SmtpLine(database, workspace_id, inbox_id)


async def _know(ctx: Ctx, delivery: Delivery, message_id: str) -> None:
    """Note an id under which a mail goes out, and to whom."""
    people = [one for group in delivery.recipients.values() for one in group]
    await ThreadRepository(ctx).know(
        threading.message_hash(message_id),
        delivery.inbox_id,
        conversation_id=delivery.conversation_id,
        seq=delivery.seq,
        participants=sorted(
            {threading.address_hash(ctx.workspace_id, one["address"]) for one in people}
        ),
    )


async def _own_subject(ctx: Ctx, conversation: Conversation) -> str:
    """A subject that nobody else has chosen."""
    locale = nearest((await customers.get(ctx, conversation.customer_id)).locale)
    return t(locale, RECEIVED, number=conversation.number)


async def _withheld(
    ctx: Ctx, found: Thread, reach: Reach, *, is_automatic: bool, is_unasked: bool
) -> str | None:
    """Why a mail is not sent before a person says so.

    Anybody can have a machine write to an address, by a mail or a form in its name: one that may
    not have asked gets one in 24 hours.
    """
    if not reach.to:
        return "no_address"
    if not is_automatic:
        return None
    if found.latest is not None and found.latest.auto is not None:
        return "auto_reply"
    if found.latest is not None and found.latest.is_stranger:
        return "stranger"
    if NO_PERSON.match(reach.to[0].address):
        return "no_person"
    correspondents, address = CorrespondentRepository(ctx), folded(reach.to[0].address)
    for known in await correspondents.many({address}):
        if known.bounced_at or known.complained_at:
            return "bounced" if known.bounced_at else "complained"
    if is_unasked:
        lately = ctx.now() - ONCE_IN
        if not await correspondents.claim_acknowledgement(address, not_since=lately):
            return "not_proved"
    return None


def _details(delivery: Delivery, mailbox: Mailbox, reference: str) -> dict[str, Any]:
    return {
        "raw_id": None,
        "delivery_id": delivery.id,
        "sender": {"name": mailbox.from_name, "address": mailbox.address},
        "reply_to": None,
        "to": delivery.recipients["to"],
        "cc": delivery.recipients["cc"],
        "subject": str(delivery.options.get("subject") or ""),
        "quoted_html": "",
        "verdict": None,
        "auto": None,
        "message_id": reference,
        "references": [],
        "is_stranger": False,
        "notices": [],
    }


register(EmailSender())
