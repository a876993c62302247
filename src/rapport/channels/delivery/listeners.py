"""What this room reads in the log."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from rapport.channels.delivery import service
from rapport.channels.delivery.ports import sender_of
from rapport.channels.delivery.repository import DeliveryRepository
from rapport.channels.delivery.schemas import Author
from rapport.conversations import service as conversations
from rapport.conversations.events import MessageAdded
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded, reader

TOO_OLD: Final = timedelta(days=3)
"""What was written before is not sent any more, should the log be read anew."""
_OURS: Final = frozenset({"agent", "assistant"})


async def _that_leave(ctx: Ctx, records: Sequence[Recorded]) -> Sequence[Recorded]:
    """Those of our messages whose inbox sends, and that nobody has decided about yet."""
    said = [(record, record.event) for record in records]
    ours = [(record, it) for record, it in said if isinstance(it, MessageAdded) and _is_ours(it)]
    if not ours:
        return ()
    sending = {it.id for it in await conversations.inboxes(ctx) if sender_of(it.channel)}
    rows = await conversations.states(ctx, list({it.conversation_id for _, it in ours}))
    leaving = [
        (record, it)
        for record, it in ours
        if it.conversation_id in rows and rows[it.conversation_id].inbox_id in sending
    ]
    places = {(it.conversation_id, it.seq) for _, it in leaving}
    known = await DeliveryRepository(ctx).places(places)
    return [record for record, it in leaving if (it.conversation_id, it.seq) not in known]


def _is_ours(event: MessageAdded) -> bool:
    return event.kind == "message" and event.author_kind in _OURS


@reader("delivery.queue", MessageAdded, sift=_that_leave)
async def queue_messages(ctx: Ctx, event: MessageAdded, record: Recorded) -> None:
    """Decide to send what was written in a conversation by any other door."""
    if record.created_at < ctx.now() - TOO_OLD:
        return
    conversation = await conversations.get(ctx, event.conversation_id)
    inbox = await conversations.get_inbox(ctx, conversation.inbox_id)
    sender = sender_of(inbox.channel)
    if sender is None or await service.of_message(ctx, conversation.id, event.seq) is not None:
        return
    message = await conversations.message_at(ctx, conversation.id, event.seq)
    addressed = await sender.address(ctx, message, by=record.actor)
    if addressed is not None:
        author = Author.model_validate(message.author)
        await service.queue(
            ctx, sender.channel, conversation.id, addressed, seq=event.seq, author=author
        )
