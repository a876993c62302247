"""When the assistant takes up a conversation."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from rapport.ai.autopilot import service
from rapport.conversations import service as conversations
from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.events import ConversationHandlerChanged, MessageAdded
from rapport.kernel.context import Ctx
from rapport.kernel.events import Event, Recorded, reader

STALE: Final = timedelta(hours=1)
"""Whoever has waited longer than this, because nothing ran, is better answered by a person."""


async def waiting_for_it(ctx: Ctx, records: Sequence[Recorded]) -> Sequence[Recorded]:
    """Those in conversations that the assistant has.

    One that it is given later has an event of its own for that.
    """
    asked = {record.id: _conversation_of(ctx, record) for record in records}
    ids = {id_ for id_ in asked.values() if id_ is not None}
    held = {
        id_
        for id_, state in (await conversations.states(ctx, list(ids))).items()
        if state.handler == "assistant"
    }
    return [record for record in records if asked[record.id] in held]


@reader("ai.autopilot", MessageAdded, ConversationHandlerChanged, sift=waiting_for_it)
async def answer(ctx: Ctx, event: Event, record: Recorded) -> None:
    """Answer what a customer wrote, and what was left open when a conversation is handed back."""
    conversation_id = _conversation_of(ctx, record)
    if conversation_id is None:
        return
    try:
        await service.respond(ctx, conversation_id)
    except ConversationNotFound:
        return  # erased in the meantime


def _conversation_of(ctx: Ctx, record: Recorded) -> UUID | None:
    """Where the assistant may have to speak; None where it need not look."""
    if ctx.now() - record.created_at > STALE:
        return None
    match record.event:
        case MessageAdded(author_kind="customer", kind="message") as added:
            return added.conversation_id
        case ConversationHandlerChanged(handler="assistant") as changed:
            return changed.conversation_id
        case _:
            return None
