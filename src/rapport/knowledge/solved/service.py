"""What solved conversations left, as documents: kept and dropped by the room that takes it.

They have no owner here: whoever keeps one answers for its having nothing of anybody's in it.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from rapport.kernel.context import Ctx
from rapport.knowledge.models import SourceDocument
from rapport.knowledge.schemas import Audience
from rapport.knowledge.search import indexing
from rapport.knowledge.search.words import STOP_WORDS, content_words
from rapport.knowledge.solved.repository import SolvedDocumentRepository


async def keep(
    ctx: Ctx,
    document_id: UUID,
    *,
    question: str,
    answer: str,
    locale: str,
    audience: Audience,
    solved_at: datetime,
) -> SourceDocument:
    """Let an answer (Markdown) be found by its words at once, and soon by its meaning.

    `document_id` is the caller's own, by which it drops the document again.
    """
    document = await SolvedDocumentRepository(ctx).keep(
        document_id,
        title=question,
        body=answer,
        locale=locale,
        audience=audience,
        solved_at=solved_at,
    )
    await indexing.index(ctx, document)
    await ctx.session.flush()
    return document


async def drop(ctx: Ctx, ids: Collection[UUID]) -> None:
    """Take some out of every search; unknown ones are passed over."""
    await SolvedDocumentRepository(ctx).drop(ids)


async def open_to(ctx: Ctx, audience: Audience) -> None:
    """Say who may be told of all of them."""
    await SolvedDocumentRepository(ctx).open_to(audience)


async def said_to_everybody(ctx: Ctx, words: Collection[str]) -> set[str]:
    """Those of some words that a document for everybody has, or that are too common to count.

    Solved conversations are no proof: a word that came in by one would let others in.
    """
    terms = {word: content_words(word) for word in words}
    wanted = {term for found in terms.values() for term in found}
    known = await SolvedDocumentRepository(ctx).public_terms(wanted) | STOP_WORDS
    return {word for word, found in terms.items() if known.issuperset(found)}
