"""When the assistant takes up a conversation."""

from datetime import timedelta
from typing import Final

from rapport.ai.autopilot import service
from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.events import ConversationHandlerChanged, MessageAdded
from rapport.kernel.context import Ctx
from rapport.kernel.events import Event, Recorded, reader

STALE: Final = timedelta(hours=1)
"""Whoever has waited longer than this, because nothing ran, is better answered by a person."""


@reader("ai.autopilot", MessageAdded, ConversationHandlerChanged)
async def answer(ctx: Ctx, event: Event, record: Recorded) -> None:
    """Answer what a customer wrote, and what was left open when a conversation is handed back."""
    if ctx.now() - record.created_at > STALE:
        return
    match event:
        case MessageAdded(author_kind="customer", kind="message"):
            conversation_id = event.conversation_id
        case ConversationHandlerChanged(handler="assistant"):
            conversation_id = event.conversation_id
        case _:
            return
    try:
        await service.respond(ctx, conversation_id)
    except ConversationNotFound:
        return  # erased in the meantime
