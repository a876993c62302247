"""Which model a question is embedded with: the one whose vectors are complete."""

from dataclasses import dataclass

import structlog

from rapport.inference.ports import Embedder, Embedders
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.kernel.secrets import service as secrets
from rapport.knowledge.models import SearchIndex
from rapport.knowledge.search.vectors.repository import IndexRepository

PURPOSE = "knowledge.embeddings"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answering:
    """The model that answers, and the length of the vectors it is compared with, once known."""

    model: Embedder
    dimensions: int | None


def wanted(ctx: Ctx) -> Embedder | None:
    """The model this process is to use from now on, if it has one."""
    return ctx.ports.find(Embedder)


async def answering(ctx: Ctx) -> Answering | None:
    """What questions are embedded with; None, so that words alone decide, where nothing can be.

    As long as the wanted model's vectors are not complete, that is the model before it.
    """
    model = wanted(ctx)
    if model is None:
        return None
    index = await IndexRepository(ctx).serving()
    if index is None:
        return Answering(model, None)
    served = await opened(ctx, index)
    return None if served is None else Answering(served, index.dimensions)


async def fed(ctx: Ctx) -> list[Embedder]:
    """The models that are to know every part: the one that answers, and the one being prepared."""
    model = wanted(ctx)
    if model is None:
        return []
    indexes = await IndexRepository(ctx).all()
    if not indexes:
        return [model]
    alive = [await opened(ctx, index) for index in indexes if index.state != "retired"]
    return [found for found in alive if found is not None]


async def opened(ctx: Ctx, index: SearchIndex) -> Embedder | None:
    """The model of an index; None when this process cannot ask it any more."""
    model = wanted(ctx)
    if model is not None and model.name == index.model:
        return model
    embedders = ctx.ports.find(Embedders)
    if embedders is None:
        return None
    try:
        return embedders.open(index.model, await unsealed(ctx, index.description))
    except RapportError as error:
        log.warning("embeddings_unreadable", model=index.model, reason=error.code)
        return None


async def sealed(ctx: Ctx, model: Embedder) -> str:
    """How a model is asked, to be kept."""
    embedders = ctx.ports.find(Embedders)
    description = "" if embedders is None else embedders.describe(model.name)
    return await secrets.seal(ctx, PURPOSE, description) if description else ""


async def unsealed(ctx: Ctx, description: str) -> str:
    """How a model is asked, as `Embedders.describe` said it.

    Raises:
        SecretUnreadable, KeyMissing: it was sealed with a key that is not here.
    """
    return await secrets.open(ctx, PURPOSE, description) if description else ""
