"""Looking a question up: what the knowledge base has, and what speaks for the best of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import Final

import structlog

from rapport.ai.autopilot import compose, parts, words
from rapport.ai.autopilot.decide import Evidence, Limits, Verdict, judge
from rapport.ai.autopilot.dialogue import Dialogue
from rapport.ai.retrieval import service as retrieval
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.knowledge import service as knowledge
from rapport.knowledge.schemas import Passage

log = structlog.get_logger(__name__)

CONSIDERED: Final = 5
_UNRELATED_COSINE: Final = 0.2
_NEAR: Final = 0.1
_MAX_PIECES: Final = 32
"""Of a document with more sentences only the passage found is read, so that it takes no longer."""


@dataclass(frozen=True, slots=True)
class Found:
    """The passages that fit best, the verdict on the first, and what of its article was read."""

    passages: Sequence[Passage]
    verdict: Verdict
    query: str = ""
    text: str = ""
    heading: str = ""
    cosines: Sequence[float] | None = None

    def extract(self) -> str:
        """The part of the first passage's article that answers, in its own words."""
        return compose.extract(self.query, self.text, heading=self.heading, cosines=self.cosines)


async def find(
    ctx: Ctx, dialogue: Dialogue, *, limits: Limits, language: str, considered: int = CONSIDERED
) -> Found:
    """What there is on the open question, read with what was said before it.

    What is about anything else than the subject of the dialogue does not answer, nor does an
    article while another says the same of something else. Of what answers, what was written for
    everybody is preferred to what was said in a solved conversation. What proves nothing as it was
    written is looked up once more: only the sentences that ask, and a short question with the words
    of the one it rests on.
    """
    asked = dialogue.question
    index = await retrieval.index(ctx)
    subject = index.subject([*dialogue.turns, asked])
    among = None if subject is None else subject.among

    async def look_up(query: str, question: str) -> Found:
        fitting = await knowledge.retrieve(
            ctx, query, limit=considered, locale=language, among=among, solved="with"
        )
        weighed = partial(
            weigh, ctx, query=query, question=question, limits=limits, language=language
        )
        found = await weighed(fitting)
        written = [passage for passage in fitting if passage.kind != "solved"]
        if found.verdict.answers and found.passages[0].kind == "solved" and written:
            again = await weighed(written)
            found = again if again.verdict.answers else found
        if not found.verdict.answers:
            return found
        first, *others = found.passages
        if index.is_torn(first.article_id, [p.article_id for p in others if _is_near(p, first)]):
            return replace(found, verdict=replace(found.verdict, refusal="ambiguous"))
        return found

    found = await look_up(asked, asked)
    if not found.verdict.answers and dialogue.asked:
        found = _surer(found, await look_up(dialogue.asked, dialogue.asked))
    if found.verdict.answers or not dialogue.is_follow_up:
        return found
    if subject is None:
        carried = words.entities(dialogue.earlier) or words.content(dialogue.earlier)
        again = await look_up(f"{' '.join(carried)} {asked}", asked)
    else:
        joined = " ".join([*index.rest(dialogue.earlier), *index.rest(asked)])
        again = await look_up(joined, joined)
    return _surer(found, again)


def _surer(found: Found, again: Found) -> Found:
    return again if again.verdict.confidence > found.verdict.confidence else found


async def weigh(
    ctx: Ctx,
    passages: Sequence[Passage],
    query: str,
    *,
    question: str,
    limits: Limits,
    language: str,
) -> Found:
    """Whether the first of the passages found by `query` answers `question`."""
    if not passages or _is_unrelated(passages[0]):
        return Found(passages, Verdict(0.0, "nothing_found"))
    best = passages[0]
    whole = await knowledge.document_text(ctx, best.article_id)
    text, heading = whole or "", ""
    read = parts.pieces(parts.sections(text))
    if not whole or len(read) > _MAX_PIECES:
        text, heading = best.text, best.heading
        read = parts.pieces(parts.sections(text, heading=heading))
    embedder = None if best.cosine is None else ctx.ports.find(Embedder)
    if embedder is not None and not embedder.speaks(language):
        embedder = None
    cosines = None if embedder is None else await _cosines(embedder, query, read)
    verdict = judge(_evidence(passages, question, cosines), limits)
    return Found(passages, verdict, query, text, heading, cosines)


async def _cosines(
    embedder: Embedder, query: str, read: Sequence[parts.Piece]
) -> list[float] | None:
    """How close in meaning each piece is to the question; None when the model fails."""
    try:
        vectors = await embedder.embed([query, *(piece.readable for piece in read)])
    except RapportError as error:
        log.warning("answer_not_embedded", reason=error.code)
        return None
    return [float(cosine) for cosine in vectors[1:] @ vectors[0]]


def _evidence(
    passages: Sequence[Passage], question: str, cosines: Sequence[float] | None
) -> Evidence:
    """What speaks for the first passage; on words alone where no model understood the question.

    A solved conversation that says it too makes what is written no less sure.
    """
    best, asked = passages[0], words.content(question)
    rivals = [p for p in passages[1:] if best.kind == "solved" or p.kind != "solved"]
    covered = words.coverage(asked, f"{best.title}\n{best.heading}\n{best.text}")
    if cosines and best.cosine is not None:
        runner_up = max((p.cosine or 0.0 for p in rivals), default=0.0)
        known = [c for c in (best.cosine_title, best.cosine_body) if c is not None]
        nearest = max(*cosines, best.cosine_title or 0.0)
        margin = best.cosine - runner_up
        return Evidence(fmean(known), nearest, margin, covered, best.bm25, len(asked))
    runner_up = max((p.bm25 for p in rivals), default=0.0)
    margin = (best.bm25 - runner_up) / best.bm25 if best.bm25 > 0 else 0.0
    return Evidence(None, None, margin, covered, best.bm25, len(asked))


def _is_near(passage: Passage, best: Passage) -> bool:
    """Whether a passage fits nearly as well as the best one."""
    if passage.cosine is not None and best.cosine is not None:
        return best.cosine - passage.cosine < _NEAR
    return passage.bm25 > best.bm25 * (1 - _NEAR)


def _is_unrelated(passage: Passage) -> bool:
    return passage.bm25 <= 0 and (passage.cosine or 0.0) < _UNRELATED_COSINE
