"""Who may hear of conversations, and where it shows that somebody types."""

from collections.abc import Sequence
from uuid import UUID

from rapport.conversations.live.repository import LiveRepository
from rapport.customers import adapter as people
from rapport.kernel.context import Ctx
from rapport.kernel.realtime.audience import SHARED_TOPICS, is_agent

_CONVERSATION = "conversation:"


class ConversationAudience:
    """Agents who may read hear shared topics, conversations and customers; visitors themselves.

    See `kernel.realtime.audience.Audience`.
    """

    async def may_hear(self, ctx: Ctx, topic: str) -> bool:
        """See `Audience.may_hear`."""
        if not is_agent(ctx.actor) or "conversations.read" not in ctx.actor.permissions:
            return False
        if topic in SHARED_TOPICS:
            return True
        is_customer = await people.is_here(ctx, topic)
        if is_customer is not None:
            return is_customer and "customers.read" in ctx.actor.permissions
        conversation_id = conversation_of(topic)
        if conversation_id is None:
            return False
        return await LiveRepository(ctx).reader_of(conversation_id) is not None

    async def typing_topics(self, ctx: Ctx, conversation_id: UUID, *, note: bool) -> Sequence[str]:
        """See `Audience.typing_topics`."""
        reader = await LiveRepository(ctx).reader_of(conversation_id)
        agents = f"{_CONVERSATION}{conversation_id}"
        if reader is None:
            return ()
        if ctx.actor.kind == "customer":
            return (agents,) if ctx.actor.id == reader and not note else ()
        needed = "conversations.note" if note else "conversations.reply"
        if needed not in ctx.actor.permissions:
            return ()
        return (agents,) if note else (agents, f"visitor:{reader}")


def conversation_of(topic: str) -> UUID | None:
    """The conversation a topic is about; None for any other topic."""
    if not topic.startswith(_CONVERSATION):
        return None
    try:
        return UUID(topic.removeprefix(_CONVERSATION))
    except ValueError:
        return None
