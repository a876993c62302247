"""Keeping what is searched in step with what is published."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.richtext import plain
from rapport.knowledge.models import Article
from rapport.knowledge.search.chunking import chunk, embeddable
from rapport.knowledge.search.repository import ChunkRepository
from rapport.knowledge.search.words import terms_of_article

BATCH: Final = 64


def embedder_of(ctx: Ctx) -> Embedder | None:
    """The process's embedding model, if it has one."""
    return ctx.ports.find(Embedder)


async def index(ctx: Ctx, article: Article) -> None:
    """Cut an article into parts and count its words: from the commit on it is found by them.

    Parts that say what they said before keep their embeddings; the others await theirs.
    """
    terms = terms_of_article(f"{article.title}\n{plain(article.body)}", article.locale)
    article.word_count = terms.total()
    await ChunkRepository(ctx).replace(article, chunk(article.body), terms)


async def forget(ctx: Ctx, article: Article) -> None:
    """Take an article out of every search."""
    article.word_count = 0
    await ChunkRepository(ctx).clear(article.id)


async def embed_pending(ctx: Ctx, *, article_id: UUID | None = None, limit: int = BATCH) -> int:
    """Embed up to `limit` parts that await it; returns how many were done, 0 when none is left.

    Without a model nothing happens. It may run twice at once: both compute the same vectors.

    Raises:
        ModelMissing, ModelDamaged, Unreachable: the model cannot be used.
    """
    embedder = embedder_of(ctx)
    if embedder is None:
        return 0
    chunks = ChunkRepository(ctx)
    spoken = await spoken_locales(ctx, embedder)
    waiting = await chunks.pending(spoken, article_id=article_id, limit=limit)
    if not waiting:
        return 0
    vectors = await embedder.embed(
        [w.title if w.is_title else embeddable(w.title, w.part) for w in waiting]
    )
    await chunks.store([w.id for w in waiting], vectors, model=embedder.name)
    return len(waiting)


async def renew(ctx: Ctx) -> int:
    """Drop what another model embedded, so that it is embedded anew; returns how many parts."""
    embedder = embedder_of(ctx)
    return 0 if embedder is None else await ChunkRepository(ctx).forget_other_models(embedder.name)


async def spoken_locales(ctx: Ctx, embedder: Embedder) -> Sequence[str]:
    """The locales of published articles that the model understands."""
    return [locale for locale in await ChunkRepository(ctx).locales() if embedder.speaks(locale)]
