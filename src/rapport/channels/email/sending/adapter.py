"""E-mail as a channel that the outbox sends by."""

from typing import Any, Final
from uuid import UUID

from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Addressed, Line, register
from rapport.channels.email import threading
from rapport.channels.email.envelope import folded
from rapport.channels.email.events import MailDetailed
from rapport.channels.email.models import Mailbox
from rapport.channels.email.sending import addressing, composing
from rapport.channels.email.sending.acknowledgement import NO_PERSON
from rapport.channels.email.sending.addressing import Reach, Thread
from rapport.channels.email.sending.replying import new_reference
from rapport.channels.email.sending.repository import CorrespondentRepository, ThreadRepository
from rapport.channels.email.settings import service as settings
from rapport.conversations import service as conversations
from rapport.conversations.schemas import MessageOut
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import emit

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
        options: dict[str, Any] = {
            "kind": "answer",
            "subject": addressing.answer_subject(mailbox, conversation, found),
            "quote": mailbox.quoting and found.is_authenticated,
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
            withheld=await _withheld(ctx, found, reach, is_automatic=is_automatic),
        )

    async def queued(self, ctx: Ctx, delivery: Delivery) -> str:
        """See `Sender.queued`: answers to the new id will find their conversation."""
        mailbox = await settings.mailbox(ctx, delivery.inbox_id)
        conversation = await conversations.get(ctx, delivery.conversation_id)
        reference = await new_reference(ctx, delivery, mailbox, conversation.number)
        thread = ThreadRepository(ctx)
        people = [one for group in delivery.recipients.values() for one in group]
        await thread.know(
            threading.message_hash(reference),
            mailbox.id,
            conversation_id=conversation.id,
            seq=delivery.seq,
            participants=sorted(
                {threading.address_hash(ctx.workspace_id, one["address"]) for one in people}
            ),
        )
        if delivery.seq is not None:
            await thread.put(
                conversation.id, delivery.seq, **_details(delivery, mailbox, reference)
            )
            told = MailDetailed(conversation_id=conversation.id, seq=delivery.seq)
            await emit(ctx, told, subject=conversation.id)
        return reference

    async def compose(self, ctx: Ctx, delivery: Delivery) -> bytes:
        """See `Sender.compose`."""
        return await composing.compose(ctx, delivery)

    def line(self, database: Database, workspace_id: UUID, inbox_id: UUID) -> Line:
        """See `Sender.line`."""
        # Imported only here: the protocol takes 15 MB, and only the worker speaks it.
        from rapport.channels.email.sending.smtp import SmtpLine  # noqa: PLC0415

        return SmtpLine(database, workspace_id, inbox_id)


async def _withheld(ctx: Ctx, found: Thread, reach: Reach, *, is_automatic: bool) -> str | None:
    """Why a mail is not sent before a person says so."""
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
    for known in await CorrespondentRepository(ctx).many({folded(reach.to[0].address)}):
        if known.bounced_at or known.complained_at:
            return "bounced" if known.bounced_at else "complained"
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
