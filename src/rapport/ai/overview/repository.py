"""The SQL of what the assistant did, by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import TextClause, text

from rapport.kernel.context import Ctx

_COUNT: Final = text(
    """
    INSERT INTO assistant_days (workspace_id, day, inbox_id, decision, reason, tenth, count)
    VALUES (:workspace_id, :day, :inbox_id, :decision, :reason, :tenth, :count)
    ON CONFLICT (workspace_id, day, inbox_id, decision, reason, tenth)
    DO UPDATE SET count = assistant_days.count + excluded.count
    """
)
_ANSWERED: Final = text(
    """
    INSERT INTO assistant_conversations (workspace_id, conversation_id, inbox_id, answered_at)
    SELECT c.workspace_id, c.id, c.inbox_id, :at FROM conversations c
    WHERE c.workspace_id = :workspace_id AND c.id = :conversation_id
    ON CONFLICT DO NOTHING
    """
)
_TAKEN_UP: Final = text(
    """
    UPDATE assistant_conversations SET is_taken_up = true
    WHERE workspace_id = :workspace_id AND conversation_id = :conversation_id
      AND answered_at <= :at AND NOT is_taken_up
    """
)
DAYS: Final = text(
    """
    SELECT day, decision, reason, tenth, sum(count)::bigint AS count FROM assistant_days
    WHERE workspace_id = :workspace_id AND day >= :since
      AND (CAST(:inbox_id AS uuid) IS NULL OR inbox_id = :inbox_id)
    GROUP BY day, decision, reason, tenth ORDER BY day, decision, reason, tenth
    """
)
CONVERSATIONS: Final = text(
    """
    SELECT count(*) AS answered, count(*) FILTER (WHERE is_taken_up) AS taken_up
    FROM assistant_conversations
    WHERE workspace_id = :workspace_id AND answered_at >= :since
      AND (CAST(:inbox_id AS uuid) IS NULL OR inbox_id = :inbox_id)
    """
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many questions ended one way on a day, with a confidence in one of ten bins."""

    day: date
    decision: str
    reason: str
    tenth: int
    count: int


class OverviewRepository:
    """What the assistant of one workspace did."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def count(self, counts: Mapping[tuple[date, UUID, str, str, int], int]) -> None:
        """Add to the days: by day, inbox, decision, reason and tenth of confidence."""
        names = ("day", "inbox_id", "decision", "reason", "tenth")
        rows = [
            {
                "workspace_id": self.ctx.workspace_id,
                "count": count,
                **dict(zip(names, key, strict=True)),
            }
            for key, count in sorted(counts.items())
        ]
        if rows:
            connection = await self.ctx.session.connection()
            await connection.execute(_COUNT, rows)

    async def answered(self, conversation_id: UUID, at: datetime) -> None:
        """Note that it answered in a conversation, unless it did before."""
        await self._note(_ANSWERED, conversation_id, at)

    async def taken_up(self, conversation_id: UUID, at: datetime) -> None:
        """Note that a person has the conversation since then, if it had answered there."""
        await self._note(_TAKEN_UP, conversation_id, at)

    async def days(self, since: date, inbox_id: UUID | None) -> list[Counted]:
        """The counts from a day on, in one inbox or in all; in the order of days."""
        rows = await self.ctx.session.execute(DAYS, self._period(since, inbox_id))
        return [Counted(*row) for row in rows]

    async def conversations(self, since: datetime, inbox_id: UUID | None) -> tuple[int, int]:
        """How many conversations it first answered in since then; how many of them went on."""
        found = await self.ctx.session.execute(CONVERSATIONS, self._period(since, inbox_id))
        row = found.one()
        return row.answered, row.taken_up

    def _period(self, since: date | datetime, inbox_id: UUID | None) -> dict[str, Any]:
        return {"workspace_id": self.ctx.workspace_id, "since": since, "inbox_id": inbox_id}

    async def _note(self, statement: TextClause, conversation_id: UUID, at: datetime) -> None:
        mine = {"workspace_id": self.ctx.workspace_id}
        values = {"conversation_id": conversation_id, "at": at}
        await self.ctx.session.execute(statement, mine | values)
