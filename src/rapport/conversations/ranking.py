"""Priorities and topics, of one conversation or of many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from rapport.conversations.events import ConversationClassified, ConversationPrioritised
from rapport.conversations.models import Conversation
from rapport.conversations.repository import ConversationRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events import Event
from rapport.kernel.events.log import emit_each
from rapport.kernel.secrets import vault


@dataclass(frozen=True, slots=True)
class Ranking:
    """How a conversation, locked, is to stand from now on; what is None stays."""

    conversation: Conversation
    priority: str | None = None
    topic: str | None = None


async def locked(ctx: Ctx, ids: Collection[UUID]) -> dict[UUID, Conversation]:
    """Conversations by id, locked until the unit of work ends; unknown ones are left out."""
    found = await ConversationRepository(ctx).many(list(ids), lock=True)
    return {conversation.id: conversation for conversation in found}


async def rank(ctx: Ctx, rankings: Sequence[Ranking]) -> None:
    """Set priorities and topics; what a conversation has already changes nothing."""
    events: list[tuple[Event, UUID]] = []
    for one in rankings:
        conversation = one.conversation
        if one.priority not in {None, conversation.priority}:
            previous, conversation.priority = conversation.priority, one.priority or ""
            conversation.version += 1
            events.append((_prioritised(conversation, previous), conversation.id))
        if one.topic not in {None, conversation.topic}:
            conversation.topic = one.topic
            conversation.version += 1
            events.append((await classified(ctx, conversation), conversation.id))
    await ctx.session.flush()
    await emit_each(ctx, events)


def _prioritised(conversation: Conversation, previous: str) -> ConversationPrioritised:
    return ConversationPrioritised(
        conversation_id=conversation.id, previous=previous, priority=conversation.priority
    )


async def classified(ctx: Ctx, conversation: Conversation) -> ConversationClassified:
    """The event that tells the topic and the subject which a conversation has now."""
    subject = conversation.subject
    if subject is not None:
        subject = await vault.seal(ctx, conversation.id, "conversations.subject", subject)
    return ConversationClassified(
        conversation_id=conversation.id, topic=conversation.topic, subject=subject
    )
