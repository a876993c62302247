"""Keeping what is searched in step with what is published, and with what came from elsewhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.richtext import plain
from rapport.knowledge.errors import ModelChanged
from rapport.knowledge.models import Article, SourceDocument
from rapport.knowledge.search.chunking import chunk, embeddable
from rapport.knowledge.search.repository import ChunkRepository
from rapport.knowledge.search.vectors import answering, changing
from rapport.knowledge.search.vectors.repository import IndexRepository, Pending, VectorRepository
from rapport.knowledge.search.words import terms_of_article

BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Batch:
    """Parts of a workspace that await what one model makes of them."""

    workspace_id: UUID
    model: Embedder
    parts: Sequence[Pending]

    async def embedded(self) -> NDArray[np.float32]:
        """One vector per part. Raises as `Embedder.embed` does."""
        texts = [p.title if p.is_title else embeddable(p.title, p.part) for p in self.parts]
        return await self.model.embed(texts, workspace_id=self.workspace_id, background=True)


async def index(ctx: Ctx, article: Article | SourceDocument) -> None:
    """Cut a document into parts and count its words: from the commit on it is found by them.

    Parts that say what they said before keep their vectors; the others await theirs.
    """
    terms = terms_of_article(f"{article.title}\n{plain(article.body)}", article.locale)
    article.word_count = terms.total()
    await ChunkRepository(ctx).replace(article, chunk(article.body), terms)


async def forget(ctx: Ctx, article: Article) -> None:
    """Take an article out of every search."""
    article.word_count = 0
    await ChunkRepository(ctx).clear(article.id)


async def embed_pending(
    ctx: Ctx,
    *,
    article_id: UUID | None = None,
    limit: int = BATCH,
    within_s: float | None = None,
) -> int:
    """Embed up to `limit` parts that await it; returns how many were done, 0 when none is left.

    While one model takes over from another, parts are embedded by both. Without a model nothing
    happens. It may run twice at once: both compute the same vectors.

    Raises:
        ModelMissing, ModelDamaged, Unreachable: a model cannot be used; nothing is kept then.
        ModelChanged: a model's vectors are of another length than before.
        TimeoutError: the models took longer than `within_s`; nothing is kept then.
    """
    batches = await waiting(ctx, article_id=article_id, limit=limit)
    async with asyncio.timeout(within_s):  # before any write: those who wait for it are many
        made = [(batch, await batch.embedded()) for batch in batches]
    for batch, vectors in made:
        await keep(ctx, batch, vectors)
    return sum(len(batch.parts) for batch in batches)


async def waiting(ctx: Ctx, *, article_id: UUID | None = None, limit: int = BATCH) -> list[Batch]:
    """What awaits each model that is to know all parts, up to `limit` parts each."""
    batches = []
    for model in await answering.fed(ctx):
        spoken = await spoken_locales(ctx, model)
        parts = await VectorRepository(ctx).pending(
            model.name, spoken, article_id=article_id, limit=limit
        )
        if parts:
            batches.append(Batch(ctx.workspace_id, model, parts))
    return batches


async def keep(ctx: Ctx, batch: Batch, vectors: NDArray[np.float32]) -> None:
    """Keep what a model made of parts; what has gone meanwhile is passed over.

    Raises:
        ModelChanged: its vectors are of another length than before.
    """
    indexes, name, length = IndexRepository(ctx), batch.model.name, int(vectors.shape[1])
    known = {index.model: index for index in await indexes.all()}
    if name not in known:
        await indexes.ensure(name, "serving", await answering.sealed(ctx, batch.model))
    own = known.get(name)
    if own is not None and own.dimensions not in {None, length}:
        raise ModelChanged(f"{name} made {own.dimensions} numbers of a text, and now {length}.")
    if own is None or own.dimensions is None or own.error is not None:
        await indexes.note(name, dimensions=length, error=None)
    await VectorRepository(ctx).keep(name, [part.id for part in batch.parts], vectors)


async def take_over(ctx: Ctx) -> bool:
    """Let the wanted model answer from now on if it knows every part; whether it came to that."""
    model = answering.wanted(ctx)
    return model is not None and await changing.finish(ctx, await spoken_locales(ctx, model))


async def spoken_locales(ctx: Ctx, embedder: Embedder) -> list[str]:
    """The locales of documents that the model understands."""
    return [locale for locale in await ChunkRepository(ctx).locales() if embedder.speaks(locale)]
