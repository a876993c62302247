"""All the SQL of gathering."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from rapport.ai.gathering.models import Gathering, IntentFacts
from rapport.kernel.context import Ctx


class FactsRepository:
    """What the intents of one workspace need."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def of(self, intent_id: UUID) -> Sequence[dict[str, Any]]:
        """The facts of an intent as they are kept; none where nobody named any."""
        found: list[dict[str, Any]] | None = await self.ctx.session.scalar(
            select(IntentFacts.facts).where(
                IntentFacts.workspace_id == self.ctx.workspace_id,
                IntentFacts.intent_id == intent_id,
            )
        )
        return found or []

    async def are_there(self) -> bool:
        """Whether any intent of the workspace needs anything."""
        found = await self.ctx.session.scalar(
            select(IntentFacts.intent_id)
            .where(IntentFacts.workspace_id == self.ctx.workspace_id)
            .limit(1)
        )
        return found is not None

    async def keep(self, intent_id: UUID, facts: Sequence[dict[str, Any]]) -> None:
        """Let an intent need these facts and no others."""
        given = {"workspace_id": self.ctx.workspace_id, "intent_id": intent_id, "facts": facts}
        statement = insert(IntentFacts).values(given)
        await self.ctx.session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "intent_id"],
                set_={"facts": statement.excluded.facts},
            )
        )


class GatheringRepository:
    """What the customers of one workspace were asked for."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def of(self, conversation_id: UUID) -> Gathering | None:
        """What was asked for in a conversation, and told."""
        return await self.ctx.session.get(Gathering, (self.ctx.workspace_id, conversation_id))

    async def add(self, conversation_id: UUID, **values: Any) -> Gathering:
        """Begin to ask in a conversation where nobody did so before."""
        mine = {"workspace_id": self.ctx.workspace_id, "conversation_id": conversation_id}
        row = Gathering(**mine, **values)
        self.ctx.session.add(row)
        await self.ctx.session.flush()
        return row
