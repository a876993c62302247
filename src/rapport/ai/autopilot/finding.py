"""Looking a question up: what the knowledge base has, and what speaks for the best of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from rapport.ai.autopilot import compose, parts, words
from rapport.ai.autopilot.decide import Evidence, Limits, Verdict, judge
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.knowledge import service as knowledge
from rapport.knowledge.schemas import Passage

log = structlog.get_logger(__name__)

_CONSIDERED: Final = 5
_UNRELATED_COSINE: Final = 0.2
_MAX_PIECES: Final = 32
"""Of an article with more sentences only the passage found is read, so that it takes no longer."""


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


async def look_up(ctx: Ctx, query: str, *, question: str, limits: Limits, language: str) -> Found:
    """What the knowledge base has on `query`, and whether it answers `question`."""
    passages = await knowledge.retrieve(ctx, query, limit=_CONSIDERED, locale=language)
    if not passages or _is_unrelated(passages[0]):
        return Found(passages, Verdict(0.0, "nothing_found"))
    best = passages[0]
    text, heading = (await knowledge.get_article(ctx, best.article_id)).body, ""
    read = parts.pieces(parts.sections(text))
    if len(read) > _MAX_PIECES:
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
    """What speaks for the first passage; on words alone where no model understood the question."""
    best, asked = passages[0], words.content(question)
    covered = words.coverage(asked, f"{best.title}\n{best.heading}\n{best.text}")
    if cosines and best.cosine is not None:
        runner_up = max((p.cosine or 0.0 for p in passages[1:]), default=0.0)
        margin = best.cosine - runner_up
        return Evidence(best.cosine, max(cosines), margin, covered, best.bm25, len(asked))
    runner_up = max((p.bm25 for p in passages[1:]), default=0.0)
    margin = (best.bm25 - runner_up) / best.bm25 if best.bm25 > 0 else 0.0
    return Evidence(None, None, margin, covered, best.bm25, len(asked))


def _is_unrelated(passage: Passage) -> bool:
    return passage.bm25 <= 0 and (passage.cosine or 0.0) < _UNRELATED_COSINE
