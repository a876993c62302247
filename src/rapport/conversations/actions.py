"""What may be done in a conversation on somebody's behalf."""

from datetime import datetime
from uuid import UUID

from rapport.conversations import service as conversations
from rapport.conversations.schemas import ConversationState, MessageOut, Priority
from rapport.kernel.actions import Risk, action
from rapport.kernel.context import Ctx


@action("conversations.reply", permission="conversations.reply", risk=Risk.IRREVERSIBLE)
async def reply(ctx: Ctx, conversation_id: UUID, body: str) -> MessageOut:
    """Write to the customer, on the channel they used last. It cannot be taken back.

    `body` is Markdown. Use a note instead when only the team should read it.
    """
    stored = await conversations.reply(ctx, conversation_id, body)
    return await conversations.message_at(ctx, conversation_id, stored.seq)


@action("conversations.add_note", permission="conversations.note", risk=Risk.REVERSIBLE)
async def add_note(ctx: Ctx, conversation_id: UUID, body: str) -> MessageOut:
    """Leave a note in a conversation that the team reads and the customer never sees."""
    stored = await conversations.reply(ctx, conversation_id, body, kind="note")
    return await conversations.message_at(ctx, conversation_id, stored.seq)


@action("conversations.assign", permission="conversations.assign", risk=Risk.REVERSIBLE)
async def assign(ctx: Ctx, conversation_id: UUID, assignee_id: UUID | None) -> ConversationState:
    """Hand a conversation to an agent, or back to the queue with null."""
    await conversations.assign(ctx, conversation_id, to=assignee_id)
    return await conversations.state(ctx, conversation_id)


@action("conversations.resolve", permission="conversations.resolve", risk=Risk.REVERSIBLE)
async def resolve(ctx: Ctx, conversation_id: UUID) -> ConversationState:
    """Close a conversation whose question is answered. It reopens when the customer writes."""
    await conversations.set_status(ctx, conversation_id, "resolved")
    return await conversations.state(ctx, conversation_id)


@action("conversations.snooze", permission="conversations.resolve", risk=Risk.REVERSIBLE)
async def snooze(ctx: Ctx, conversation_id: UUID, until: datetime) -> ConversationState:
    """Put a conversation away until a moment in the future, or until the customer writes."""
    await conversations.set_status(ctx, conversation_id, "snoozed", snoozed_until=until)
    return await conversations.state(ctx, conversation_id)


@action("conversations.tag", permission="conversations.tag", risk=Risk.REVERSIBLE)
async def tag(ctx: Ctx, conversation_id: UUID, tag_ids: list[UUID]) -> ConversationState:
    """Add tags to a conversation; those it has already change nothing."""
    await conversations.add_tags(ctx, conversation_id, tag_ids)
    return await conversations.state(ctx, conversation_id)


@action("conversations.prioritise", permission="conversations.assign", risk=Risk.REVERSIBLE)
async def prioritise(ctx: Ctx, conversation_id: UUID, priority: Priority) -> ConversationState:
    """Say how urgent a conversation is."""
    await conversations.prioritise(ctx, conversation_id, priority)
    return await conversations.state(ctx, conversation_id)
