from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text
from sqlalchemy.dialects.postgresql import insert

from rapport.ai.triage.errors import ExampleNotFound, IntentNotFound
from rapport.ai.triage.models import Example, Intent
from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository

COUNTED_UP_TO: Final = 500
_COUNTS: Final = text(
    """
    SELECT i.id, (
        SELECT count(*) FROM (
            SELECT FROM triage_examples e WHERE e.workspace_id = i.workspace_id
              AND e.intent_id = i.id AND e.text IS NOT NULL LIMIT :up_to
        ) x
    ) AS typed, (
        SELECT count(*) FROM (
            SELECT FROM triage_examples e WHERE e.workspace_id = i.workspace_id
              AND e.intent_id = i.id AND e.message_id IS NOT NULL LIMIT :up_to
        ) x
    ) AS labelled
    FROM triage_intents i WHERE i.workspace_id = :workspace_id
    """
)
_PAGE: Final = text(
    """
    SELECT e.id, e.created_at, coalesce(e.text, m.body) AS text, e.source, e.message_id,
        e.conversation_id, e.seq
    FROM triage_examples e
    LEFT JOIN messages m ON m.workspace_id = e.workspace_id
        AND m.conversation_id = e.conversation_id AND m.seq = e.seq
    WHERE e.workspace_id = :workspace_id AND e.intent_id = :intent_id AND e.id < :before
    ORDER BY e.id DESC LIMIT :up_to
    """
)
_LAST_ID: Final = UUID(int=2**128 - 1)


class IntentRepository(Repository[Intent]):
    """What messages of one workspace may be about."""

    model = Intent
    missing = IntentNotFound

    async def all(self, *, limit: int) -> Sequence[Intent]:
        """All of them by name, archived ones last."""
        statement = self.select().order_by(
            Intent.archived_at.isnot(None), func.lower(Intent.name), Intent.id
        )
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def offered(self) -> dict[UUID, Intent]:
        """Those that are not archived, by id."""
        found = await self.ctx.session.scalars(self.select().where(Intent.archived_at.is_(None)))
        return {row.id: row for row in found}

    async def many(self, ids: Collection[UUID]) -> dict[UUID, Intent]:
        """Intents by id."""
        found = await self.ctx.session.scalars(self.select().where(Intent.id.in_(list(ids))))
        return {row.id: row for row in found}

    async def named(self, name: str) -> Intent | None:
        """The intent of this name, in whatever case."""
        statement = self.select().where(func.lower(Intent.name) == func.lower(name))
        found: Intent | None = await self.ctx.session.scalar(statement)
        return found

    async def counts(self) -> dict[UUID, tuple[int, int]]:
        """How many typed and labelled examples each intent has, counted up to 500."""
        values = {"workspace_id": self.ctx.workspace_id, "up_to": COUNTED_UP_TO}
        found = await self.ctx.session.execute(_COUNTS, values)
        return {row.id: (row.typed, row.labelled) for row in found}


class ExampleRepository(Repository[Example]):
    """What teaches a workspace's models."""

    model = Example
    missing = ExampleNotFound

    async def typed(self, intent_id: UUID) -> int:
        """How many examples of an intent were typed, counted up to 500."""
        some = (
            select(Example.id)
            .where(
                Example.workspace_id == self.ctx.workspace_id,
                Example.intent_id == intent_id,
                Example.text.isnot(None),
            )
            .limit(COUNTED_UP_TO)
        )
        return await self.ctx.session.scalar(select(func.count()).select_from(some.subquery())) or 0

    async def type_in(self, intent_id: UUID, texts: Sequence[str]) -> int:
        """Write typed examples of an intent; how many of them were not there yet."""
        mine = {
            "workspace_id": self.ctx.workspace_id,
            "created_at": self.ctx.now(),
            "intent_id": intent_id,
            "source": "typed",
            "labelled_by": str(self.ctx.actor),
        }
        statement = insert(Example).values([{**mine, "id": new_id(), "text": it} for it in texts])
        kept = await self.ctx.session.scalars(
            statement.on_conflict_do_nothing().returning(Example.id)
        )
        return len(kept.all())

    async def page(
        self, intent_id: UUID, *, before: UUID | None, limit: int
    ) -> Sequence[RowMapping]:
        """Examples of an intent with their texts, the latest first."""
        values = {
            "workspace_id": self.ctx.workspace_id,
            "intent_id": intent_id,
            "before": before or _LAST_ID,
            "up_to": limit,
        }
        return (await self.ctx.session.execute(_PAGE, values)).mappings().all()
