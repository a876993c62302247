"""What the assistant did, summed up. Counted day by day as it happens, never anew at a look."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from rapport.ai.autopilot import service as autopilot
from rapport.ai.autopilot.events import QuestionTakenUp
from rapport.ai.gaps import service as gaps
from rapport.ai.overview.repository import Counted, OverviewRepository
from rapport.ai.overview.schemas import (
    LocaleCount,
    OverviewDay,
    OverviewOut,
    Period,
    ReasonCount,
)
from rapport.conversations import service as conversations
from rapport.conversations.events import ConversationHandlerChanged
from rapport.inference.gateway import service as gateway
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.knowledge import service as knowledge

_TOP: Final = 5
_BINS: Final = 10
_SMALL_TALK: Final = frozenset({"greeting", "thanks", "asked_back"})
_NOT_LOOKED_UP: Final = _SMALL_TALK | {
    *("asked_for_a_person", "not_helpful", "no_question", "facts_known", "facts_missing")
}
"""Nothing was looked up, so the confidence says nothing."""


async def overview(ctx: Ctx, period: Period, inbox_id: UUID | None = None) -> OverviewOut:
    """The last days in one inbox, or in all.

    Raises:
        InboxNotFound: no such inbox in this workspace.
    """
    if inbox_id is not None:
        await conversations.get_inbox(ctx, inbox_id)
    since = ctx.now().astimezone(UTC).date() - timedelta(days=period.days - 1)
    repository = OverviewRepository(ctx)
    counts = await repository.days(since, inbox_id)
    decisions = Counter[str]()
    for row in counts:
        if row.reason not in _SMALL_TALK:
            decisions[row.decision] += row.count
    begin = datetime.combine(since, time(), UTC)
    answered, taken_up = await repository.conversations(begin, inbox_id)
    return OverviewOut(
        since=since,
        questions=decisions.total(),
        answered=decisions["answered"],
        handed_over=decisions["handed_over"],
        silent=decisions["silent"],
        reasons=_reasons(counts),
        days=_days(counts),
        confidence=_confidence(counts),
        conversations_answered=answered,
        conversations_taken_up=taken_up,
        taken_up_share=taken_up / answered if answered else None,
        top_gaps=(await gaps.page(ctx, limit=_TOP)).items,
        articles=[
            LocaleCount(locale=locale, articles=number)
            for locale, number in (await knowledge.published_by_locale(ctx)).items()
        ],
        costs=await gateway.spent(ctx, begin),
    )


async def count(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Count what happened: questions by day, and conversations that went to people after all.

    Hearing of it again changes nothing.
    """
    taken = [(r, r.event) for r in records if isinstance(r.event, QuestionTakenUp)]
    answers = await autopilot.count_once(ctx, [event.answer_id for _, event in taken])
    states = await conversations.states(ctx, [event.conversation_id for _, event in taken])
    counts = Counter[tuple[date, UUID, str, str, int]]()
    for record, event in taken:
        answer, state = answers.get(event.answer_id), states.get(event.conversation_id)
        if answer is not None and state is not None:
            tenth = min(int(answer.confidence * _BINS), _BINS - 1)
            day = record.created_at.astimezone(UTC).date()
            counts[day, state.inbox_id, event.decision, event.reason, tenth] += 1
    await OverviewRepository(ctx).count(counts)
    await _follow(ctx, records)


async def _follow(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Note answers and take-ups in the order in which they happened."""
    repository = OverviewRepository(ctx)
    for record in records:
        match record.event:
            case QuestionTakenUp(decision="answered", reason="confident") as taken:
                await repository.answered(taken.conversation_id, record.created_at)
            case ConversationHandlerChanged(previous="assistant") as changed:
                await repository.taken_up(changed.conversation_id, record.created_at)


def _reasons(counts: Sequence[Counted]) -> list[ReasonCount]:
    found = Counter[tuple[str, str]]()
    for row in counts:
        found[row.decision, row.reason] += row.count
    return [
        ReasonCount(decision=decision, reason=reason, count=number)
        for (decision, reason), number in sorted(found.items(), key=lambda it: (-it[1], it[0]))
    ]


def _days(counts: Sequence[Counted]) -> list[OverviewDay]:
    found: dict[date, Counter[str]] = {}
    for row in counts:
        if row.reason not in _SMALL_TALK:
            found.setdefault(row.day, Counter())[row.decision] += row.count
    return [
        OverviewDay(
            day=day,
            answered=of["answered"],
            handed_over=of["handed_over"],
            silent=of["silent"],
        )
        for day, of in found.items()
    ]


def _confidence(counts: Sequence[Counted]) -> list[int]:
    bins = [0] * _BINS
    for row in counts:
        if row.reason not in _NOT_LOOKED_UP:
            bins[row.tenth] += row.count
    return bins
