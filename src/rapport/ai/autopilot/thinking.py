"""From a question to a decision. Reads the knowledge base, writes nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rapport.ai.autopilot import compose, words
from rapport.ai.autopilot.decide import Evidence, Limits, Verdict, judge
from rapport.ai.autopilot.dialogue import Dialogue
from rapport.ai.autopilot.harmless import harmless
from rapport.ai.autopilot.models import AssistantSettings
from rapport.ai.autopilot.phrases import phrases
from rapport.ai.autopilot.rewording import reworded
from rapport.ai.autopilot.schemas import Decision, Reason
from rapport.ai.autopilot.summary import Candidate
from rapport.inference.ports import Chat, Embedder
from rapport.kernel import richtext
from rapport.kernel.context import Ctx
from rapport.knowledge import service as knowledge
from rapport.knowledge.schemas import Passage

_CONSIDERED: Final = 5
_QUOTE_CHARS: Final = 300
_SHORT_CHARS: Final = 300
_UNRELATED_COSINE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the assistant decided, and the words for the customer."""

    decision: Decision
    reason: Reason
    confidence: float
    body: str
    mode: str = ""
    candidates: Sequence[Candidate] = ()
    timings: dict[str, float] = field(default_factory=dict)


async def think(
    ctx: Ctx, dialogue: Dialogue, settings: AssistantSettings, language: str
) -> Outcome:
    """Decide what to do about the customer's open question.

    A greeting and thanks are returned, a call for a person is followed at once, and so is the word
    that the last answer did not help. Else the knowledge base is asked.
    """
    said = phrases(language)
    match words.intent(dialogue.question):
        case "person":
            return _hand_over("asked_for_a_person", settings, language, confidence=1.0)
        case "unhelpful" if dialogue.last_answer:
            return _hand_over("not_helpful", settings, language, confidence=1.0)
        case "greeting" if not dialogue.has_attachments:
            return Outcome("answered", "greeting", 1.0, settings.greeting or said.greeting)
        case "thanks" if not dialogue.has_attachments:
            return Outcome("answered", "thanks", 1.0, said.welcome)
    if not words.content(dialogue.question):
        return _hand_over("no_question", settings, language, confidence=0.0)
    return await _look_up(ctx, dialogue, settings, language)


async def _look_up(
    ctx: Ctx, dialogue: Dialogue, settings: AssistantSettings, language: str
) -> Outcome:
    limits = Limits(settings.threshold, settings.margin, settings.coverage)
    started = time.perf_counter()
    passages, verdict = await _judged(ctx, dialogue.question, dialogue.question, limits, language)
    if not verdict.answers and dialogue.is_follow_up:
        carried = words.entities(dialogue.earlier) or words.content(dialogue.earlier)
        joined = f"{' '.join(carried)} {dialogue.question}"
        again, second = await _judged(ctx, joined, dialogue.question, limits, language)
        if second.confidence > verdict.confidence:
            passages, verdict = again, second
    looked_up = time.perf_counter()
    candidates = [_candidate(passage) for passage in passages]
    body = ""
    if verdict.answers:
        body = await _answer(ctx, dialogue.question, passages[0], language)
        if body == "" or (dialogue.last_answer and body in dialogue.last_answer):
            verdict = replace(verdict, refusal="would_repeat")
    timings = {
        "retrieve_ms": round((looked_up - started) * 1_000, 1),
        "compose_ms": round((time.perf_counter() - looked_up) * 1_000, 1),
    }
    mode = knowledge.mode(ctx) if passages and passages[0].cosine is not None else "words"
    if verdict.refusal is not None:
        refused = _hand_over(verdict.refusal, settings, language, confidence=verdict.confidence)
        return replace(refused, mode=mode, candidates=candidates, timings=timings)
    candidates[0] = replace(candidates[0], used=True)
    if not dialogue.last_answer:
        body += f"\n\n{phrases(language).more}"
    return Outcome("answered", "confident", verdict.confidence, body, mode, candidates, timings)


async def _answer(ctx: Ctx, question: str, passage: Passage, language: str) -> str:
    """The answer a passage gives, in its own words and safe to show."""
    extract = compose.extract(question, passage.text, heading=passage.heading)
    if len(extract) < _SHORT_CHARS:
        article = await knowledge.get_article(ctx, passage.article_id)
        _, _, rest = article.body.replace("\r\n", "\n").partition(passage.text)
        extract = compose.continued(question, extract, rest)
    safe = harmless(extract, allowed={passage.url})
    chat = ctx.ports.find(Chat)
    return safe if chat is None else await reworded(chat, question, safe, language)


async def _judged(
    ctx: Ctx, query: str, question: str, limits: Limits, language: str
) -> tuple[list[Passage], Verdict]:
    """What the knowledge base has on `query`, and whether it answers `question`."""
    passages = await knowledge.retrieve(ctx, query, limit=_CONSIDERED, locale=language)
    if not passages or _is_unrelated(passages[0]):
        return passages, Verdict(0.0, "nothing_found")
    is_understood = _understands(ctx, language)
    return passages, judge(_evidence(passages, question, by_meaning=is_understood), limits)


def _evidence(passages: Sequence[Passage], question: str, *, by_meaning: bool) -> Evidence:
    best, asked = passages[0], words.content(question)
    covered = words.coverage(asked, f"{best.title}\n{best.heading}\n{best.text}")
    if by_meaning and best.cosine is not None:
        runner_up = max((p.cosine or 0.0 for p in passages[1:]), default=0.0)
        return Evidence(best.cosine, best.cosine - runner_up, covered, best.bm25, len(asked))
    runner_up = max((p.bm25 for p in passages[1:]), default=0.0)
    margin = (best.bm25 - runner_up) / best.bm25 if best.bm25 > 0 else 0.0
    return Evidence(None, margin, covered, best.bm25, len(asked))


def _is_unrelated(passage: Passage) -> bool:
    return passage.bm25 <= 0 and (passage.cosine or 0.0) < _UNRELATED_COSINE


def _understands(ctx: Ctx, language: str) -> bool:
    """Whether closeness in meaning can be trusted for questions in this language."""
    embedder = ctx.ports.find(Embedder)
    return embedder is not None and embedder.speaks(language)


def _candidate(passage: Passage) -> Candidate:
    return Candidate(
        article_id=passage.article_id,
        title=passage.title,
        url=passage.url,
        score=passage.bm25 if passage.cosine is None else passage.cosine,
        quote=richtext.plain(passage.text, max_chars=_QUOTE_CHARS),
    )


def _hand_over(
    reason: Reason, settings: AssistantSettings, language: str, *, confidence: float
) -> Outcome:
    text = settings.handover_text or phrases(language).handover
    return Outcome("handed_over", reason, confidence, text)
