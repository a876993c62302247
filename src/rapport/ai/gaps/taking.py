"""Taking up a question that the assistant had no answer to, and letting it go again.

Each question is compared with a bounded number of gaps, and what stands for a gap is made of a
bounded number of its latest questions: what one costs does not grow with how many there were.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from rapport.ai.autopilot import service as autopilot
from rapport.ai.autopilot.events import QuestionTakenUp
from rapport.ai.autopilot.models import Answer
from rapport.ai.gaps.grouping import Placed, key_words, middle, nearest
from rapport.ai.gaps.models import Gap
from rapport.ai.gaps.replies import Discretion
from rapport.ai.gaps.repository import (
    GapRepository,
    QuestionRepository,
    SourceRepository,
    placed,
)
from rapport.conversations import service as conversations
from rapport.conversations.schemas import ConversationState
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.kernel.settings import workspace as workspace_settings
from rapport.kernel.settings.workspace import General

UNANSWERED: Final = frozenset(
    {"nothing_found", "not_sure", "ambiguous", "words_missing", "would_repeat"}
)
"""Why the assistant left a question to people although it was one."""
_NOT_HELPFUL: Final = "not_helpful"
_LOOKED_BACK: Final = 30
_STAND_FOR: Final = 50
"""So many of its latest questions stand for a gap."""
_FORGOTTEN_AT_ONCE: Final = 200
_TAKES_EFFECT: Final = timedelta(minutes=15)
"""Until then an article that was just published may not be found by its meaning yet."""
log = structlog.get_logger(__name__)


async def take_up(ctx: Ctx, taken: QuestionTakenUp) -> Gap | None:
    """Put a question into the gap of those that mean the same; None where it belongs to none.

    Not every question that was handed over lacks an answer: who wants a person, says hello or sends
    nothing but a picture does not. Of an answer that did not help, the question before it counts.
    Taking it up again changes nothing.
    """
    if taken.decision == "answered" or taken.reason not in {*UNANSWERED, _NOT_HELPFUL}:
        return None
    answer = (await autopilot.kept(ctx, [taken.answer_id])).get(taken.answer_id)
    state = (await conversations.states(ctx, [taken.conversation_id])).get(taken.conversation_id)
    if answer is None or state is None or state.is_erased:
        return None
    seq: int | None = taken.seq
    if taken.reason == _NOT_HELPFUL:
        answer, seq = await _before(ctx, answer, taken.seq)
    if answer is None or seq is None or await QuestionRepository(ctx).of_answer(answer.id):
        return None
    return await _place(ctx, answer, state, seq)


async def _before(ctx: Ctx, answer: Answer, seq: int) -> tuple[Answer | None, int | None]:
    """What was answered last, and did not help; and where it was asked."""
    last = await autopilot.last_answered(ctx, answer)
    if last is None:
        return None, None
    page = await conversations.messages(
        ctx, answer.conversation_id, before_seq=seq, limit=_LOOKED_BACK
    )
    return last, next((m.seq for m in page.items if m.id == last.question_id), None)


async def _place(ctx: Ctx, answer: Answer, state: ConversationState, seq: int) -> Gap | None:
    general = await workspace_settings.get(ctx, General)
    language = autopilot.language(answer.question, default=general.locale.split("-")[0].lower())
    discretion = Discretion([state.customer.name], [answer.question])
    question = await _compared(ctx, discretion.impersonal(answer.question), language)
    if not question.words:
        return None
    gaps = GapRepository(ctx)
    among = await gaps.candidates(question)
    gap_id = nearest(question.words, language, among)
    gap = None if gap_id is None else await gaps.find(gap_id, lock=True)
    if gap is None or gap.state == "merged":
        gap = await gaps.add(language=language, **_untouched(answer))
    await _join(ctx, gap, answer, state, seq, question)
    return gap


async def _compared(ctx: Ctx, text: str, language: str) -> Placed:
    """The question as it is compared, by words alone where no model understands it."""
    words = key_words(text)
    embedder = ctx.ports.find(Embedder)
    if embedder is None or not words or not embedder.speaks(language):
        return Placed(words, None, None)
    try:
        vectors = await embedder.embed([text], workspace_id=ctx.workspace_id, background=True)
    except RapportError as error:
        log.warning("gap_question_not_embedded", reason=error.code)
        return Placed(words, None, None)
    return Placed(words, vectors[0], embedder.name)


def _untouched(answer: Answer) -> dict[str, Any]:
    """A gap before its first question."""
    asked_at = answer.created_at
    return {
        "state": "open",
        "state_at": asked_at,
        "asked": 0,
        "customers": 0,
        "confidence": 0.0,
        "first_asked_at": asked_at,
        "last_asked_at": asked_at,
        "nearest_id": None,
        "article_id": None,
        "merged_into_id": None,
        "words": [],
        "centre": None,
        "model": None,
    }


async def _join(
    ctx: Ctx, gap: Gap, answer: Answer, state: ConversationState, seq: int, question: Placed
) -> None:
    """Add a question to a gap that is locked or new, and open it where its article did not do."""
    questions = QuestionRepository(ctx)
    near = answer.candidates[0] if answer.candidates else None
    article_id = UUID(near["article_id"]) if near else None
    is_new = not await questions.has_asked(gap.id, state.customer.id)
    await questions.add(
        gap_id=gap.id,
        answer_id=answer.id,
        conversation_id=answer.conversation_id,
        customer_id=state.customer.id,
        seq=seq,
        asked_at=answer.created_at,
        reason=answer.reason,
        confidence=answer.confidence,
        article_id=article_id,
        score=near["score"] if near else None,
        words=list(question.words),
        embedding=question.vector,
        model=question.model,
    )
    gap.asked += 1
    gap.customers += is_new
    gap.confidence += (answer.confidence - gap.confidence) / gap.asked
    gap.first_asked_at = min(gap.first_asked_at, answer.created_at)
    gap.last_asked_at = max(gap.last_asked_at, answer.created_at)
    gap.nearest_id = article_id
    if gap.state == "answered" and answer.created_at > gap.state_at + _TAKES_EFFECT:
        gap.state, gap.state_at = "open", ctx.now()
    await settle(ctx, gap)


async def settle(ctx: Ctx, gap: Gap) -> None:
    """Let a gap's latest questions stand for it."""
    latest = await QuestionRepository(ctx).latest(gap.id, _STAND_FOR)
    found = middle([placed(question) for question in latest])
    gap.words, gap.centre, gap.model = list(found.words), found.vector, found.model
    await ctx.session.flush()


async def give(ctx: Ctx, conversation_id: UUID, customer_id: UUID) -> None:
    """Count the questions of a conversation for whom it belongs to now."""
    concerned = await QuestionRepository(ctx).give(conversation_id, customer_id)
    for gap_id in sorted(concerned):
        await GapRepository(ctx).recount(await GapRepository(ctx).get(gap_id, lock=True))


async def forget(ctx: Ctx, things: Collection[UUID]) -> int:
    """Let go of questions asked in these conversations, some at a time; how many.

    What stood for their gaps is made anew of the others. A gap of which nothing is left is gone.
    """
    gone = await QuestionRepository(ctx).forget(things, _FORGOTTEN_AT_ONCE)
    gaps = GapRepository(ctx)
    for gap_id in sorted(set(gone)):
        gap = await gaps.get(gap_id, lock=True)
        if not await QuestionRepository(ctx).latest(gap_id, 1):
            await gaps.remove(gap)
            continue
        await gaps.recount(gap)
        await settle(ctx, gap)
    return len(gone) + await SourceRepository(ctx).forget(things)
