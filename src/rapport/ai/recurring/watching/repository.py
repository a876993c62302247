"""The SQL of watching problems: what the last hour, day, week and month had."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Result, Row, TextClause, text

from rapport.kernel.context import Ctx

_LATELY: Final = text(
    """
    SELECT p.id, p.state, p.first_seen_at, p.growth, p.is_growing, p.alerted_at, p.alerted_count,
        coalesce(c.hour, 0) AS hour, coalesce(c.day, 0) AS day
    FROM problems p
    LEFT JOIN (
        SELECT problem_id, count(*) AS day, count(*) FILTER (WHERE asked_at > :hour_ago) AS hour
        FROM problem_conversations
        WHERE workspace_id = :workspace_id AND asked_at > :day_ago AND asked_at <= :now
          AND problem_id IS NOT NULL
        GROUP BY problem_id
    ) c ON c.problem_id = p.id
    WHERE p.workspace_id = :workspace_id AND p.merged_into_id IS NULL
      AND (p.last_seen_at > :day_ago OR p.is_growing OR p.growth > 0)
    ORDER BY p.id
    """
)
_HOURS: Final = text(
    "SELECT problem_id, hour, count AS many FROM problem_hours WHERE workspace_id = :workspace_id "
    "AND problem_id = ANY(:problems) AND hour > :since"
)
_GROW: Final = text(
    """
    UPDATE problems p SET growth = r.growth, is_growing = r.is_growing
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r(id uuid, growth double precision, is_growing boolean)
    WHERE p.workspace_id = :workspace_id AND p.id = r.id
    """
)
_ALERTED: Final = text(
    "UPDATE problems SET alerted_at = :now, alerted_count = :count "
    "WHERE workspace_id = :workspace_id AND id = :id"
)
_PERIODS: Final = text(
    """
    UPDATE problems p SET day_count = n.day, week_count = n.week, month_count = n.month
    FROM (
        SELECT q.id, coalesce(sum(h.count) FILTER (WHERE h.hour > :day_ago), 0) AS day,
            coalesce(sum(h.count) FILTER (WHERE h.hour > :week_ago), 0) AS week,
            coalesce(sum(h.count), 0) AS month
        FROM problems q
        LEFT JOIN problem_hours h ON h.workspace_id = q.workspace_id AND h.problem_id = q.id
            AND h.hour > :month_ago
        WHERE q.workspace_id = :workspace_id AND q.merged_into_id IS NULL
          AND (q.last_seen_at > :month_ago OR q.month_count > 0)
        GROUP BY q.id
    ) n
    WHERE p.workspace_id = :workspace_id AND p.id = n.id
      AND (p.day_count, p.week_count, p.month_count) IS DISTINCT FROM (n.day, n.week, n.month)
    """
)


class WatchingRepository:
    """The numbers of the problems of one workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def lately(self) -> Sequence[Row[Any]]:
        """Problems with what the last hour and day had; those that are quiet are left out."""
        now = self.ctx.now()
        ago = {"hour_ago": now - timedelta(hours=1), "day_ago": now - timedelta(days=1)}
        return (await self._rows(_LATELY, now=now, **ago)).all()

    async def hours(self, problems: Collection[UUID]) -> dict[UUID, dict[datetime, int]]:
        """The hourly counts of the last four weeks and a day."""
        since = self.ctx.now() - timedelta(days=29, hours=1)
        found: dict[UUID, dict[datetime, int]] = {id_: {} for id_ in problems}
        for row in await self._rows(_HOURS, problems=list(problems), since=since):
            found[row.problem_id][row.hour] = row.many
        return found

    async def grow(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep how problems (`id`) grow."""
        await self._rows(_GROW, rows=msgspec.json.encode(rows).decode())

    async def alerted(self, problem_id: UUID, count: int) -> None:
        """Note that people were told about a problem."""
        await self._rows(_ALERTED, id=problem_id, now=self.ctx.now(), count=count)

    async def count_periods(self) -> None:
        """Keep what the last day, week and month had, to the hour."""
        now = self.ctx.now()
        ago = {
            "day_ago": now - timedelta(days=1),
            "week_ago": now - timedelta(weeks=1),
            "month_ago": now - timedelta(days=30),
        }
        await self._rows(_PERIODS, **ago)

    async def _rows(self, statement: TextClause, **values: Any) -> Result[Any]:
        bound = {"workspace_id": self.ctx.workspace_id, **values}
        return await self.ctx.session.execute(statement, bound)
