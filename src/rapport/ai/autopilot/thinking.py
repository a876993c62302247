"""From a question to a decision. Reads the knowledge base, writes nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from rapport.ai.autopilot import words
from rapport.ai.autopilot.decide import Limits
from rapport.ai.autopilot.dialogue import Dialogue
from rapport.ai.autopilot.finding import find
from rapport.ai.autopilot.harmless import harmless
from rapport.ai.autopilot.models import AssistantSettings
from rapport.ai.autopilot.phrases import phrases
from rapport.ai.autopilot.rewording import WITHIN_S, reworded
from rapport.ai.autopilot.schemas import Decision, Reason
from rapport.ai.autopilot.summary import Candidate
from rapport.inference.ports import Chats
from rapport.kernel import richtext
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.knowledge import service as knowledge
from rapport.knowledge.schemas import Passage

log = structlog.get_logger(__name__)

_QUOTE_CHARS: Final = 300


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
    started = time.perf_counter()
    limits = Limits(settings.threshold, settings.margin, settings.coverage)
    found = await find(ctx, dialogue, limits=limits, language=language)
    looked_up = time.perf_counter()
    verdict, passages = found.verdict, found.passages
    candidates = [_candidate(passage) for passage in passages]
    body = ""
    if verdict.answers:
        quote = harmless(found.extract(), allowed={passages[0].url})
        candidates[0] = replace(candidates[0], quote=_quote(quote), used=True)
        body = await _worded(ctx, dialogue, quote, language)
        if body == "" or (dialogue.last_answer and body in dialogue.last_answer):
            verdict = replace(verdict, refusal="would_repeat")
            candidates[0] = replace(candidates[0], used=False)
    timings = {
        "retrieve_ms": round((looked_up - started) * 1_000, 1),
        "compose_ms": round((time.perf_counter() - looked_up) * 1_000, 1),
    }
    mode = knowledge.mode(ctx) if passages and passages[0].cosine is not None else "words"
    if verdict.refusal is not None:
        refused = _hand_over(verdict.refusal, settings, language, confidence=verdict.confidence)
        return replace(refused, mode=mode, candidates=candidates, timings=timings)
    if not dialogue.last_answer:
        body += f"\n\n{phrases(language).more}"
    return Outcome("answered", "confident", verdict.confidence, body, mode, candidates, timings)


async def _worded(ctx: Ctx, dialogue: Dialogue, quote: str, language: str) -> str:
    chats = ctx.ports.find(Chats)
    if chats is None:
        return quote
    try:
        chat = await chats.open(
            ctx,
            "answer",
            within_s=WITHIN_S,
            conversation_id=dialogue.conversation_id,
            names=dialogue.names,
        )
    except RapportError as error:
        log.warning("answer_not_reworded", reason=error.code)
        return quote
    return quote if chat is None else await reworded(chat, dialogue.question, quote, language)


def _candidate(passage: Passage) -> Candidate:
    return Candidate(
        article_id=passage.article_id,
        title=passage.title,
        url=passage.url,
        score=passage.bm25 if passage.cosine is None else passage.cosine,
        quote=_quote(passage.text),
    )


def _quote(markdown: str) -> str:
    return richtext.plain(markdown, max_chars=_QUOTE_CHARS)


def _hand_over(
    reason: Reason, settings: AssistantSettings, language: str, *, confidence: float
) -> Outcome:
    text = settings.handover_text or phrases(language).handover
    return Outcome("handed_over", reason, confidence, text)
