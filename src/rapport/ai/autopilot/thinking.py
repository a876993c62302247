"""From a question to a decision. Reads the knowledge base, writes nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import structlog

from rapport.ai.autopilot import words
from rapport.ai.autopilot.decide import Limits
from rapport.ai.autopilot.dialogue import Dialogue
from rapport.ai.autopilot.finding import find
from rapport.ai.autopilot.harmless import harmless
from rapport.ai.autopilot.models import AssistantSettings
from rapport.ai.autopilot.phrases import phrases
from rapport.ai.autopilot.rewording import WITHIN_S, reworded
from rapport.ai.autopilot.schemas import Decision, Mode, Reason, Wording
from rapport.ai.autopilot.summary import Candidate
from rapport.inference.ports import ChatReply, Chats
from rapport.kernel import richtext
from rapport.kernel.cards import FormCard, Source, SourcesCard
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.knowledge import service as knowledge
from rapport.knowledge.schemas import Passage

log = structlog.get_logger(__name__)

_QUOTE_CHARS: Final = 300
_MAX_TITLE_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the assistant decided, and the words for the customer."""

    decision: Decision
    reason: Reason
    confidence: float
    body: str
    mode: Mode = ""
    wording: Wording | None = None
    model: str | None = None
    """The language model that worded it."""
    candidates: Sequence[Candidate] = ()
    timings: dict[str, float] = field(default_factory=dict)
    cards: Sequence[FormCard] = ()
    """What goes along with the words, besides the sources."""

    def shown(self) -> list[dict[str, Any]]:
        """All its cards, as messages keep them."""
        used = [
            Source(title=c.title[:_MAX_TITLE_CHARS], url=c.url or None, quote=c.quote or None)
            for c in self.candidates
            if c.used
        ]
        sources = [SourcesCard(sources=used)] if used else []
        return [card.model_dump(mode="json") for card in (*sources, *self.cards)]


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
            return hand_over("asked_for_a_person", settings, language, confidence=1.0)
        case "unhelpful" if dialogue.last_answer:
            return hand_over("not_helpful", settings, language, confidence=1.0)
        case "greeting" if not dialogue.has_attachments:
            return Outcome("answered", "greeting", 1.0, settings.greeting or said.greeting)
        case "thanks" if not dialogue.has_attachments:
            return Outcome("answered", "thanks", 1.0, said.welcome)
    if not words.content(dialogue.question):
        return hand_over("no_question", settings, language, confidence=0.0)
    return await _look_up(ctx, dialogue, settings, language)


async def _look_up(
    ctx: Ctx, dialogue: Dialogue, settings: AssistantSettings, language: str
) -> Outcome:
    started = time.perf_counter()
    limits = Limits(settings.threshold, settings.margin, settings.coverage)
    found = await find(ctx, dialogue, limits=limits, language=language)
    looked_up = time.perf_counter()
    verdict, passages = found.verdict, found.passages
    candidates = [_candidate(passage, language) for passage in passages]
    timings = {"retrieve_ms": _ms_since(started, looked_up)}
    body, said = "", None
    if verdict.answers:
        quote = harmless(found.extract(), allowed={passages[0].url})
        shown = "" if passages[0].kind == "solved" else _quote(quote)
        candidates[0] = replace(candidates[0], quote=shown, used=True)
        said = await _worded(ctx, dialogue, quote, language, timings)
        body = said.text if said else quote
        if body == "" or (dialogue.last_answer and body in dialogue.last_answer):
            verdict = replace(verdict, refusal="would_repeat")
            candidates[0] = replace(candidates[0], used=False)
    timings["compose_ms"] = _ms_since(looked_up)
    mode: Mode = knowledge.mode(ctx) if passages and passages[0].cosine is not None else "words"
    if verdict.refusal is not None:
        refused = hand_over(verdict.refusal, settings, language, confidence=verdict.confidence)
        return replace(refused, mode=mode, candidates=candidates, timings=timings)
    if not dialogue.last_answer:
        body += f"\n\n{phrases(language).more}"
    return Outcome(
        "answered",
        "confident",
        verdict.confidence,
        body,
        mode,
        "configured" if said else "embedded",
        said.model if said else None,
        candidates,
        timings,
    )


def _ms_since(begun: float, ended: float | None = None) -> float:
    return round(((ended or time.perf_counter()) - begun) * 1_000, 1)


async def _worded(
    ctx: Ctx, dialogue: Dialogue, quote: str, language: str, timings: dict[str, float]
) -> ChatReply | None:
    """A language model's words for the quote; None where it has none that can be relied on.

    How long it took is noted in `timings` where one was asked.
    """
    chats = ctx.ports.find(Chats)
    if chats is None:
        return None
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
        return None
    if chat is None:
        return None
    begun = time.perf_counter()
    said = await reworded(chat, dialogue.question, quote, language)
    timings["model_ms"] = _ms_since(begun)
    return said


def _candidate(passage: Passage, language: str) -> Candidate:
    is_solved = passage.kind == "solved"
    return Candidate(
        article_id=passage.article_id,
        title=phrases(language).solved if is_solved else passage.title,
        url=passage.url,
        score=passage.bm25 if passage.cosine is None else passage.cosine,
        quote="" if is_solved else _quote(passage.text),
        kind=passage.kind,
        solved_at=passage.updated_at.isoformat() if is_solved else None,
    )


def _quote(markdown: str) -> str:
    return richtext.plain(markdown, max_chars=_QUOTE_CHARS)


def hand_over(
    reason: Reason, settings: AssistantSettings, language: str, *, confidence: float
) -> Outcome:
    """That a person goes on, in the words of the inbox or the usual ones."""
    text = settings.handover_text or phrases(language).handover
    return Outcome("handed_over", reason, confidence, text)
