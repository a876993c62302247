"""Finding the documents that answer a question, from wherever they come."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Final
from uuid import UUID

import numpy as np
import structlog
from numpy.typing import NDArray

from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.kernel.richtext import plain
from rapport.kernel.settings import workspace as settings
from rapport.knowledge.errors import ModelChanged
from rapport.knowledge.schemas import (
    Audience,
    KnowledgeStatus,
    Passage,
    SearchMode,
    SearchOut,
    SearchResult,
    Solved,
)
from rapport.knowledge.search.repository import Candidate, ChunkRepository, Ranked
from rapport.knowledge.search.vectors import answering
from rapport.knowledge.search.vectors.answering import Answering
from rapport.knowledge.search.words import content_words, terms_of_question
from rapport.knowledge.service.addresses import article_url, help_base
from rapport.knowledge.service.indexes import progress
from rapport.knowledge.service.settings import KnowledgeSettings

MAX_QUESTION_CHARS: Final = 2_000
_MORE_THAN_ANY_QUESTION: Final = 10_000
"""Puts parts without an embedding behind those with one."""
RELATED_COSINE: Final = 0.35
"""What shares no word with the search but lies this close is still shown as a result."""
RELATED_SHARE: Final = 1 / 3
"""Of the best BM25 score: who shares fewer or commoner words is left out of the results."""
log = structlog.get_logger(__name__)


def mode(ctx: Ctx) -> SearchMode:
    """`hybrid` when an embedding model takes part in the search, else `words`."""
    return "words" if answering.wanted(ctx) is None else "hybrid"


async def retrieve(
    ctx: Ctx,
    question: str,
    *,
    limit: int = 8,
    locale: str | None = None,
    among: Collection[UUID] | None = None,
    audience: Audience = "public",
    solved: Solved = "without",
) -> list[Passage]:
    """The documents that fit a question best, best first, one passage per document.

    With `locale`, documents in that language when there are any, else all; with `among`, none but
    these. What is for those who work here is found by the audience `internal` alone, which must
    never be told to a customer. What solved conversations left is found where `solved` asks for it:
    by the assistant, and by those who may read conversations. The passage is the part of the
    document that lies nearest to the question, as Markdown. Nothing is left out for fitting badly:
    whoever answers from it must look at the cosines. Characters beyond 2,000 are not read.
    """
    found = await _find(
        ctx,
        question,
        limit=limit,
        locale=locale,
        among=among,
        audience=audience,
        solved=solved,
    )
    return found[1]


async def document_text(ctx: Ctx, document_id: UUID) -> str | None:
    """The whole text of a document as Markdown; None when it has gone meanwhile."""
    return await ChunkRepository(ctx).text_of(document_id)


async def search(
    ctx: Ctx,
    words: str,
    *,
    limit: int = 10,
    locale: str | None = None,
    audience: Audience = "public",
    solved: Solved = "without",
) -> SearchOut:
    """Documents for a person who searches: those that fit badly are left out."""
    by, found = await _find(
        ctx, words, limit=limit, locale=locale, audience=audience, solved=solved
    )
    related = fitting(found)
    return SearchOut(
        mode=by,
        results=[
            SearchResult(
                article_id=p.article_id,
                kind=p.kind,
                title=p.title,
                slug=p.slug,
                locale=p.locale,
                snippet=plain(p.text, max_chars=240),
                url=p.url,
                score=p.score,
            )
            for p in related
        ],
    )


def fitting(found: Sequence[Passage]) -> list[Passage]:
    """Those that a person who searches should see: the others share little with what was asked."""
    enough = max((p.bm25 for p in found), default=0) * RELATED_SHARE
    return [p for p in found if 0 < enough <= p.bm25 or (p.cosine or 0) >= RELATED_COSINE]


async def status(ctx: Ctx) -> KnowledgeStatus:
    """How many articles are published, and how many parts still await their embedding."""
    found = await answering.answering(ctx)
    articles, chunks = await ChunkRepository(ctx).counts()
    done, total = (0, 0) if found is None else await progress(ctx, found.model)
    return KnowledgeStatus(
        embeddings=found is not None,
        model=None if found is None else found.model.name,
        articles=articles,
        chunks=chunks,
        pending=total - done,
    )


async def _find(
    ctx: Ctx,
    question: str,
    *,
    limit: int,
    locale: str | None,
    among: Collection[UUID] | None = None,
    audience: Audience,
    solved: Solved,
) -> tuple[SearchMode, list[Passage]]:
    """What `retrieve` returns, and by which means it was found."""
    question = question[:MAX_QUESTION_CHARS].strip()
    if not question:
        return mode(ctx), []
    with_internal = audience == "internal"
    locales = await _locales_for(
        ctx, locale, with_internal=with_internal, with_solved=solved == "only"
    )
    asked = await _answering_for(ctx, locales)
    vector = await _embedded(ctx, asked, question)
    model = None if asked is None else asked.model.name
    ranked = await ChunkRepository(ctx).rank(
        terms=terms_of_question(question),
        question=vector,
        model=model,
        words_weight=(await settings.get(ctx, KnowledgeSettings)).words_weight,
        locales=locales,
        among=among,
        with_internal=with_internal,
        solved=solved,
        limit=limit,
    )
    passages = await _passages(ctx, question, ranked, vector, model)
    return ("words" if vector is None else "hybrid"), passages


async def _locales_for(
    ctx: Ctx, locale: str | None, *, with_internal: bool, with_solved: bool
) -> list[str] | None:
    """The documents' locales of the same language; None, for all, when there are none.

    A conversation in a language in which nothing else is written hides no article.
    """
    if locale is None:
        return None
    language = _language(locale)
    known = await ChunkRepository(ctx).locales(with_internal=with_internal, with_solved=with_solved)
    return [other for other in known if _language(other) == language] or None


async def _answering_for(ctx: Ctx, locales: Sequence[str] | None) -> Answering | None:
    """The model, unless it understands none of the languages that are searched."""
    found = await answering.answering(ctx)
    if found is None or locales is None:
        return found
    return found if any(map(found.model.speaks, locales)) else None


async def _embedded(ctx: Ctx, asked: Answering | None, question: str) -> NDArray[np.float32] | None:
    """The question's vector; None, so that words alone decide, when the model fails."""
    if asked is None:
        return None
    try:
        vectors = await asked.model.embed([question], workspace_id=ctx.workspace_id)
    except RapportError as error:
        log.warning("question_not_embedded", reason=error.code)
        return None
    if asked.dimensions not in {None, vectors.shape[1]}:
        log.warning("question_not_embedded", reason=ModelChanged.stable_code())
        return None
    return np.asarray(vectors[0], np.float32)


async def _passages(
    ctx: Ctx,
    question: str,
    ranked: Sequence[Ranked],
    vector: NDArray[np.float32] | None,
    model: str | None,
) -> list[Passage]:
    if not ranked:
        return []
    ids = [r.article_id for r in ranked]
    best = _best_parts(question, await ChunkRepository(ctx).candidates(ids, vector, model))
    base = await help_base(ctx)
    return [_passage(best[r.article_id], r, base=base) for r in ranked if r.article_id in best]


def _best_parts(question: str, candidates: Sequence[Candidate]) -> dict[UUID, Candidate]:
    """For each document the body part nearest in meaning, or else sharing most of the words."""
    asked = set(content_words(question))

    def fit(candidate: Candidate) -> float:
        if candidate.cosine is not None:
            return candidate.cosine
        words = content_words(f"{candidate.heading} {candidate.text}")
        return len(asked.intersection(words)) - _MORE_THAN_ANY_QUESTION

    bodies = sorted((c for c in candidates if c.kind == "body"), key=lambda c: c.article_id)
    return {
        article_id: max(parts, key=fit)
        for article_id, parts in groupby(bodies, key=lambda c: c.article_id)
    }


def _passage(part: Candidate, ranked: Ranked, *, base: str) -> Passage:
    return Passage(
        article_id=part.article_id,
        kind=part.document_kind,
        chunk_id=part.id,
        title=part.title,
        slug=part.slug,
        locale=part.locale,
        url=_url(part, base),
        heading=part.heading,
        text=part.text,
        score=ranked.score,
        cosine_title=ranked.cosine_title,
        cosine_body=ranked.cosine_body,
        bm25=ranked.bm25,
        z=ranked.z,
        updated_at=part.updated_at,
    )


def _url(part: Candidate, base: str) -> str:
    if part.document_kind == "article":
        return article_url(part.locale, part.slug, base=base)
    return part.url or ""


def _language(locale: str) -> str:
    return locale.partition("-")[0].lower()
