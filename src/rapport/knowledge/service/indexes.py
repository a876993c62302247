"""How far the embedding models are with a workspace's articles."""

from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.knowledge.models import SearchIndex
from rapport.knowledge.schemas import SearchIndexOut
from rapport.knowledge.search import indexing
from rapport.knowledge.search.repository import ChunkRepository
from rapport.knowledge.search.vectors import answering
from rapport.knowledge.search.vectors.repository import IndexRepository, VectorRepository


async def list_indexes(ctx: Ctx) -> list[SearchIndexOut]:
    """What each embedding model made of the articles, the eldest first."""
    return [await _shown(ctx, index) for index in await IndexRepository(ctx).all()]


async def progress(ctx: Ctx, model: Embedder) -> tuple[int, int]:
    """How many parts a model knows, of those in the languages it understands."""
    spoken = await indexing.spoken_locales(ctx, model)
    return await VectorRepository(ctx).progress(model.name, spoken)


async def _shown(ctx: Ctx, index: SearchIndex) -> SearchIndexOut:
    model = None if index.state == "retired" else await answering.opened(ctx, index)
    if model is not None:
        done, total = await progress(ctx, model)
    else:  # what it understood nobody knows any more
        everything = await ChunkRepository(ctx).locales()
        done, total = await VectorRepository(ctx).progress(index.model, everything)
    return SearchIndexOut(
        model=index.model,
        dimensions=index.dimensions,
        state=index.state,
        done=done,
        total=total,
        error=index.error,
        since=index.state_at,
    )
