"""Who may hear what: decided by the rooms that own the topics."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from rapport.kernel.context import Actor, Ctx

SHARED_TOPICS = frozenset({"inbox", "workspace"})
"""Topics that every agent of a workspace may hear."""


class Audience(Protocol):
    """Decides over subscriptions; `ctx` is a unit of work of whoever asks."""

    async def may_hear(self, ctx: Ctx, topic: str) -> bool:
        """Whether `ctx.actor` may subscribe to a topic, e.g. `conversation:<id>`."""

    async def typing_topics(self, ctx: Ctx, conversation_id: UUID, *, note: bool) -> Sequence[str]:
        """The topics on which it shows that `ctx.actor` types in a conversation.

        Empty when the actor may not write there. A note shows to agents only.
        """


class AgentsOnly:
    """The audience of a process without rooms: agents hear the shared topics, nobody types."""

    async def may_hear(self, ctx: Ctx, topic: str) -> bool:
        """See `Audience.may_hear`."""
        return is_agent(ctx.actor) and topic in SHARED_TOPICS

    async def typing_topics(self, ctx: Ctx, conversation_id: UUID, *, note: bool) -> Sequence[str]:
        """See `Audience.typing_topics`."""
        return ()


def is_agent(actor: Actor) -> bool:
    """Whether the actor works here, as opposed to a visitor."""
    return actor.kind in {"agent", "api_key"}


def own_topics(actor: Actor) -> frozenset[str]:
    """The topics an actor hears without asking."""
    if is_agent(actor):
        return frozenset({f"me:{actor.id}"})
    return frozenset({f"visitor:{actor.id}"}) if actor.kind == "customer" else frozenset()
