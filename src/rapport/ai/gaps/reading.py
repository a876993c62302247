"""Gaps as people read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rapport.ai.gaps.evidence import READ, Exchange, discretion_over, exchanges, solution
from rapport.ai.gaps.models import Gap, GapQuestion
from rapport.ai.gaps.replies import trimmed
from rapport.ai.gaps.repository import (
    GapRepository,
    QuestionRepository,
    SourceRepository,
    Wanted,
)
from rapport.ai.gaps.schemas import (
    GapArticle,
    GapOut,
    GapQuestionOut,
    GapReplyOut,
    GapRow,
    NearestOut,
    Order,
    SourceOut,
    State,
)
from rapport.conversations import service as conversations
from rapport.kernel.context import Ctx
from rapport.kernel.richtext import plain
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor
from rapport.knowledge import service as knowledge

_SHOWN: Final = 50
_MAX_CHARS: Final = 300
_MAX_REPLY_CHARS: Final = 4_000


async def page(
    ctx: Ctx,
    *,
    state: State = "open",
    order: Order = Order.COUNT,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[GapRow]:
    """Gaps in a state, the most or the last asked first. Raises CursorMalformed."""
    by_count = order is Order.COUNT
    after = None
    if cursor is not None:
        after = decode_cursor(cursor, int if by_count else datetime, UUID)
    found = await GapRepository(ctx).page(Wanted(state, by_count, after, limit + 1))
    shown = found[:limit]
    following = None
    if len(found) > limit:
        last = shown[-1]
        following = encode_cursor([last.asked if by_count else last.last_asked_at, last.id])
    return Page(items=await rows(ctx, shown), next=following)


async def rows(ctx: Ctx, gaps: Sequence[Gap]) -> list[GapRow]:
    """Gaps as lists show them: three statements, however many they are."""
    if not gaps:
        return []
    articles = await _articles(ctx, [id_ for g in gaps for id_ in (g.nearest_id, g.article_id)])
    places = await QuestionRepository(ctx).last_of([gap.id for gap in gaps])
    messages = await conversations.messages_at(ctx, list(places.values()))
    texts = {(m.conversation_id, m.seq): plain(m.body, max_chars=_MAX_CHARS) for m in messages}
    return [
        GapRow.model_validate(_fields(gap, articles, texts.get(places.get(gap.id, (gap.id, 0)))))
        for gap in gaps
    ]


async def one(ctx: Ctx, gap_id: UUID) -> GapOut:
    """A gap with what was asked and answered. Raises GapNotFound."""
    gap = await GapRepository(ctx).get(gap_id)
    questions = await QuestionRepository(ctx).latest(gap.id, _SHOWN)
    (row,) = await rows(ctx, [gap])
    sources = await SourceRepository(ctx).of(gap.id)
    return GapOut(
        **row.model_dump(),
        questions=await _questions(ctx, questions),
        replies=_replies(await exchanges(ctx, questions[:READ])),
        near=await _near(ctx, questions),
        sources=[SourceOut.model_validate(source) for source in sources],
    )


def _fields(gap: Gap, articles: Mapping[UUID, GapArticle], text: str | None) -> dict[str, Any]:
    plain_fields = {
        name: getattr(gap, name)
        for name in GapRow.model_fields
        if name not in {"question", "nearest", "article"}
    }
    return plain_fields | {
        "question": text or "",
        "nearest": articles.get(gap.nearest_id) if gap.nearest_id else None,
        "article": articles.get(gap.article_id) if gap.article_id else None,
    }


async def _articles(ctx: Ctx, ids: Sequence[UUID | None]) -> dict[UUID, GapArticle]:
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    found = await knowledge.articles_by_ids(ctx, wanted)
    return {id_: GapArticle.model_validate(article) for id_, article in found.items()}


async def _questions(ctx: Ctx, questions: Sequence[GapQuestion]) -> list[GapQuestionOut]:
    places = [(q.conversation_id, q.seq) for q in questions]
    texts = {
        (m.conversation_id, m.seq): m.body for m in await conversations.messages_at(ctx, places)
    }
    states = await conversations.states(ctx, [q.conversation_id for q in questions])
    return [
        GapQuestionOut(
            conversation_id=q.conversation_id,
            number=states[q.conversation_id].number,
            seq=q.seq,
            text=plain(texts.get((q.conversation_id, q.seq), ""), max_chars=_MAX_CHARS),
            reason=q.reason,
            confidence=q.confidence,
            asked_at=q.asked_at,
        )
        for q in questions
        if q.conversation_id in states
    ]


def _replies(found: Sequence[Exchange]) -> list[GapReplyOut]:
    discretion = discretion_over(found)
    told: list[GapReplyOut] = []
    for exchange in found:
        solved = solution(exchange, discretion)
        is_solved = solved.place.seq if solved and solved.is_solution else None
        for message in exchange.replies:
            text = discretion.shown(trimmed(message.body))
            if text:
                told.append(
                    GapReplyOut(
                        conversation_id=message.conversation_id,
                        number=exchange.state.number,
                        seq=message.seq,
                        agent=message.author.name,
                        text=text[:_MAX_REPLY_CHARS],
                        is_solution=message.seq == is_solved,
                        created_at=message.created_at,
                    )
                )
    return told


async def _near(ctx: Ctx, questions: Sequence[GapQuestion]) -> list[NearestOut]:
    scores: dict[UUID, list[float]] = {}
    for question in questions:
        if question.article_id is not None:
            scores.setdefault(question.article_id, []).append(question.score or 0.0)
    articles = await _articles(ctx, list(scores))
    near = [
        NearestOut(article=articles[id_], times=len(found), score=max(found))
        for id_, found in scores.items()
        if id_ in articles
    ]
    return sorted(near, key=lambda n: (-n.times, -n.score))
