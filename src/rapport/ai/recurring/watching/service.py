"""Watching problems: what grows beyond its own past is told to people, within the hour."""

from datetime import timedelta
from typing import Any, Final

from rapport.ai.recurring import trend
from rapport.ai.recurring.events import RecurringIssueAlerted
from rapport.ai.recurring.watching.repository import WatchingRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

_QUIET: Final = timedelta(days=1)
"""A problem is told of once in that time, unless it doubles."""


async def watch(ctx: Ctx) -> None:
    """Count the last hour, day, week and month of each problem, and alert to what grows.

    Problems that people dismissed are counted and never told of.
    """
    watching = WatchingRepository(ctx)
    await watching.count_periods()
    rows = await watching.lately()
    busy = [row for row in rows if max(row.hour, row.day) >= trend.FLOOR]
    hours = await watching.hours([row.id for row in busy])
    changed = list[dict[str, Any]]()
    for row in rows:
        grown = trend.growth(ctx.now(), row.hour, row.day, hours.get(row.id, {}), row.first_seen_at)
        if (grown.surprise, grown.is_growing) != (row.growth, row.is_growing):
            changed.append({"id": row.id, "growth": grown.surprise, "is_growing": grown.is_growing})
        if grown.is_growing and _is_news(ctx, row):
            await watching.alerted(row.id, row.day)
            alert = RecurringIssueAlerted(problem_id=row.id, kind="growing", count=row.day)
            await emit(ctx, alert, subject=row.id)
    await watching.grow(changed)


def _is_news(ctx: Ctx, row: Any) -> bool:
    if row.state == "dismissed":
        return False
    if row.alerted_at is None or ctx.now() - row.alerted_at >= _QUIET:
        return True
    return bool(row.day >= 2 * row.alerted_count)
