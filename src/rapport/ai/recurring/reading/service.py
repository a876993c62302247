"""Reading recurring issues: the list, one with all that is known, and its conversations."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rapport.ai.recurring import openings
from rapport.ai.recurring.models import Problem
from rapport.ai.recurring.reading.repository import ReadingRepository, Wanted
from rapport.ai.recurring.repository import ProblemRepository
from rapport.ai.recurring.schemas import (
    CompanyCount,
    CustomerCount,
    Point,
    ProblemDetail,
    ProblemMemberOut,
    ProblemOut,
    ProductCount,
    SampleOut,
    Unit,
)
from rapport.conversations import service as conversations
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor

SAMPLES: Final = 5
SAMPLE_CHARS: Final = 500
_WEEKS: Final = 4
_SPANS: Final[dict[Unit, tuple[timedelta, int]]] = {
    "hour": (timedelta(hours=1), 168),
    "day": (timedelta(days=1), 90),
    "week": (timedelta(weeks=1), 52),
}
"""How long a point is, and how many are shown."""


async def page(
    ctx: Ctx, wanted: Wanted, *, cursor: str | None = None, limit: int = 50
) -> Page[ProblemOut]:
    """Problems, the highest first.

    Raises:
        CursorMalformed: the cursor is not one of this list.
    """
    after = None
    if cursor is not None:
        value, after_id = decode_cursor(cursor, float, UUID)
        after = (value, after_id)
    rows = await ReadingRepository(ctx).page(wanted, after=after, limit=limit + 1)
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        last = shown[-1]
        value = last.growth if wanted.order == "growth" else getattr(last, f"{wanted.order}_count")
        following = encode_cursor([float(value), last.id])
    return Page(items=[ProblemOut.model_validate(row) for row in shown], next=following)


async def one(ctx: Ctx, problem_id: UUID, unit: Unit) -> ProblemDetail:
    """A problem with its trend, and whom it concerns. One that was merged shows what it became.

    Raises:
        ProblemNotFound: no such problem in this workspace.
    """
    problem = await ProblemRepository(ctx).root(problem_id)
    reading = ReadingRepository(ctx)
    return ProblemDetail(
        **ProblemOut.model_validate(problem).model_dump(),
        unit=unit,
        series=await _series(ctx, problem, unit),
        products=[ProductCount.model_validate(it) for it in await reading.products(problem.id)],
        customers=[CustomerCount.model_validate(it) for it in await reading.customers(problem.id)],
        companies=[CompanyCount.model_validate(it) for it in await reading.companies(problem.id)],
        samples=await _samples(ctx, problem.id),
    )


async def _series(ctx: Ctx, problem: Problem, unit: Unit) -> list[Point]:
    step, many = _SPANS[unit]
    last = _begin(ctx.now(), unit)
    first = last - step * (many - 1)
    before = first - timedelta(weeks=_WEEKS)
    counts = await ReadingRepository(ctx).series(problem.id, unit, before)
    since = _begin(problem.first_seen_at, unit)
    points = list[Point]()
    for place in range(many):
        at = first + step * place
        past = [at - timedelta(weeks=week) for week in range(1, _WEEKS + 1)]
        known = [counts.get(then, 0) for then in past if then >= since]
        expected = round(sum(known) / len(known), 2) if known else None
        points.append(Point(at=at, count=counts.get(at, 0), expected=expected))
    return points


def _begin(at: datetime, unit: Unit) -> datetime:
    """The full hour, the day, or the Monday in which `at` lies, in UTC."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    if unit == "hour":
        return hour
    day = hour.replace(hour=0)
    return day if unit == "day" else day - timedelta(days=day.weekday())


async def _samples(ctx: Ctx, problem_id: UUID) -> list[SampleOut]:
    rows = await ReadingRepository(ctx).samples(problem_id, SAMPLES)
    asked = await openings.read(ctx, [row.conversation_id for row in rows])
    return [
        SampleOut(
            conversation_id=row.conversation_id,
            number=row.number,
            seq=messages[-1].seq,
            asked_at=row.asked_at,
            text=openings.own_words(messages[-1].body)[:SAMPLE_CHARS],
        )
        for row in rows
        if (messages := asked.get(row.conversation_id))
    ]


async def members(
    ctx: Ctx, problem_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> Page[ProblemMemberOut]:
    """A problem's conversations, the latest first.

    Raises:
        ProblemNotFound: no such problem in this workspace.
        CursorMalformed: the cursor is not one of this list.
    """
    problem = await ProblemRepository(ctx).root(problem_id)
    after = None
    if cursor is not None:
        at, after_id = decode_cursor(cursor, datetime, UUID)
        after = (at, after_id)
    rows = await ReadingRepository(ctx).members(problem.id, after=after, limit=limit + 1)
    shown = rows[:limit]
    states = await conversations.states(ctx, [row.conversation_id for row in shown])
    return Page(
        items=[
            ProblemMemberOut(
                conversation=states[row.conversation_id],
                asked_at=row.asked_at,
                nearness=None if row.nearness is None else round(row.nearness, 3),
                joined_by=row.joined_by,
            )
            for row in shown
            if row.conversation_id in states
        ],
        next=encode_cursor([shown[-1].asked_at, shown[-1].conversation_id])
        if len(rows) > limit
        else None,
    )
