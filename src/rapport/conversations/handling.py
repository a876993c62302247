"""What becomes of a conversation: who holds it, how it stands, what it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from rapport.conversations.errors import NotAMember, SnoozeInThePast, TagNotFound
from rapport.conversations.events import (
    ConversationAssigned,
    ConversationHandlerChanged,
    ConversationStatusChanged,
    ConversationTagged,
)
from rapport.conversations.models import Conversation
from rapport.conversations.ranking import Ranking, classified, rank
from rapport.conversations.repository import ConversationRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

MAX_NUMBER: Final = 2**31 - 1


async def get(ctx: Ctx, conversation_id: UUID, *, lock: bool = False) -> Conversation:
    """The conversation, locked until the unit of work ends when `lock` is set.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    return await ConversationRepository(ctx).get(conversation_id, lock=lock)


async def by_number(ctx: Ctx, number: int) -> UUID | None:
    """The id of the conversation with this number; None when there is none."""
    return await ConversationRepository(ctx).by_number(number) if number <= MAX_NUMBER else None


async def assign(ctx: Ctx, conversation_id: UUID, *, to: UUID | None) -> Conversation:
    """Hand a conversation to an agent, or back to the queue when `to` is None.

    The assistant falls silent when it is given to a person. Handing it to whoever already holds it
    changes nothing and announces nothing.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
        NotAMember: `to` is no active member of this workspace.
    """
    conversations = ConversationRepository(ctx)
    conversation = await conversations.get(conversation_id, lock=True)
    previous = conversation.assignee_id
    if previous == to:
        return conversation
    if to is not None and not await conversations.is_member(to):
        raise NotAMember
    conversation.assignee_id = to
    await _changed(ctx, conversation)
    await emit(
        ctx,
        ConversationAssigned(
            conversation_id=conversation.id,
            previous_id=previous,
            assignee_id=to,
            team_id=conversation.team_id,
        ),
        subject=conversation.id,
    )
    if to is not None and conversation.handler == "assistant":
        await _set_handler(ctx, conversation, "agent")
    return conversation


async def assign_team(ctx: Ctx, conversation_id: UUID, *, to: UUID | None) -> Conversation:
    """Hand a conversation to a team, or to none; the team it has already changes nothing.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
        NotAMember: no such team in this workspace.
    """
    conversations = ConversationRepository(ctx)
    conversation = await conversations.get(conversation_id, lock=True)
    if conversation.team_id == to:
        return conversation
    if to is not None and not await conversations.is_team(to):
        raise NotAMember
    conversation.team_id = to
    await _changed(ctx, conversation)
    await emit(
        ctx,
        ConversationAssigned(
            conversation_id=conversation.id,
            previous_id=conversation.assignee_id,
            assignee_id=conversation.assignee_id,
            team_id=to,
        ),
        subject=conversation.id,
    )
    return conversation


async def set_status(
    ctx: Ctx, conversation_id: UUID, status: str, *, snoozed_until: datetime | None = None
) -> Conversation:
    """Open, set to pending, snooze or resolve a conversation; the status it has changes nothing.

    A snoozed one opens by itself at `snoozed_until`, and any but an open one when its customer
    writes. Resolving ends the customer's wait.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
        SnoozeInThePast: snoozed without a moment in the future.
    """
    conversation = await get(ctx, conversation_id, lock=True)
    until = snoozed_until if status == "snoozed" else None
    if status == "snoozed" and (until is None or until <= ctx.now()):
        raise SnoozeInThePast
    if conversation.status == status and conversation.snoozed_until == until:
        return conversation
    previous, conversation.status = conversation.status, status
    conversation.snoozed_until = until
    resolved_at = max(ctx.now(), conversation.created_at)  # a clock may have been set back
    conversation.resolved_at = resolved_at if status == "resolved" else None
    if status == "resolved":
        conversation.waiting_since = None
    await _changed(ctx, conversation)
    await emit(
        ctx,
        ConversationStatusChanged(
            conversation_id=conversation.id,
            previous=previous,
            status=status,
            snoozed_until=until,
        ),
        subject=conversation.id,
    )
    return conversation


async def set_handler(ctx: Ctx, conversation_id: UUID, handler: str) -> Conversation:
    """Say who answers: `assistant` hands the conversation back to the machine, `agent` silences it.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    conversation = await get(ctx, conversation_id, lock=True)
    await _set_handler(ctx, conversation, handler)
    return conversation


async def _set_handler(ctx: Ctx, conversation: Conversation, handler: str) -> None:
    if conversation.handler == handler:
        return
    previous, conversation.handler = conversation.handler, handler
    await _changed(ctx, conversation)
    await emit(
        ctx,
        ConversationHandlerChanged(
            conversation_id=conversation.id, previous=previous, handler=handler
        ),
        subject=conversation.id,
    )


async def prioritise(ctx: Ctx, conversation_id: UUID, priority: str) -> Conversation:
    """Say how urgent a conversation is; the priority it has changes nothing.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    conversation = await get(ctx, conversation_id, lock=True)
    await rank(ctx, [Ranking(conversation, priority=priority)])
    return conversation


async def classify(
    ctx: Ctx, conversation_id: UUID, *, topic: str | None = None, subject: str | None = None
) -> Conversation:
    """Set the topic, the subject, or both; what is left out stays.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
    """
    conversation = await get(ctx, conversation_id, lock=True)
    before = (conversation.topic, conversation.subject)
    conversation.topic = conversation.topic if topic is None else topic
    conversation.subject = conversation.subject if subject is None else subject
    if before == (conversation.topic, conversation.subject):
        return conversation
    await _changed(ctx, conversation)
    await emit(ctx, await classified(ctx, conversation), subject=conversation.id)
    return conversation


async def set_tags(ctx: Ctx, conversation_id: UUID, tag_ids: Sequence[UUID]) -> Conversation:
    """Make these the tags of a conversation; the tags it has change nothing.

    Raises:
        ConversationNotFound: no such conversation in this workspace.
        TagNotFound: one of the tags is not in this workspace.
    """
    conversations = ConversationRepository(ctx)
    conversation = await conversations.get(conversation_id, lock=True)
    wanted = list(dict.fromkeys(tag_ids))
    added = [id_ for id_ in wanted if id_ not in conversation.tag_ids]
    removed = [id_ for id_ in conversation.tag_ids if id_ not in wanted]
    if not added and not removed:
        return conversation
    if added and await conversations.known_tags(added) != set(added):
        raise TagNotFound
    await conversations.set_tags(conversation, wanted)
    await _changed(ctx, conversation)
    await emit(
        ctx,
        ConversationTagged(conversation_id=conversation.id, added=added, removed=removed),
        subject=conversation.id,
    )
    return conversation


async def add_tags(ctx: Ctx, conversation_id: UUID, tag_ids: Sequence[UUID]) -> Conversation:
    """Add tags to a conversation. See `set_tags`."""
    conversation = await get(ctx, conversation_id, lock=True)
    return await set_tags(ctx, conversation_id, [*conversation.tag_ids, *tag_ids])


async def remove_tags(ctx: Ctx, conversation_id: UUID, tag_ids: Sequence[UUID]) -> Conversation:
    """Take tags off a conversation. See `set_tags`."""
    conversation = await get(ctx, conversation_id, lock=True)
    return await set_tags(
        ctx, conversation_id, [id_ for id_ in conversation.tag_ids if id_ not in tag_ids]
    )


async def _changed(ctx: Ctx, conversation: Conversation) -> None:
    """Write the change, so that whoever reads next in this unit of work sees it."""
    conversation.version += 1
    await ctx.session.flush()
