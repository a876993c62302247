"""One model taking over from another, so that every question meanwhile has its answer."""

from datetime import timedelta
from typing import Final

import structlog

from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.knowledge.models import SearchIndex
from rapport.knowledge.search.vectors import answering
from rapport.knowledge.search.vectors.repository import IndexRepository, VectorRepository

GRACE: Final = timedelta(minutes=1)
"""How long the vectors of a model that was replaced stay: questions under way still need them."""
_AT_ONCE: Final = 1_000
log = structlog.get_logger(__name__)


async def prepare(ctx: Ctx) -> None:
    """Have an index of the wanted model: serving where none does, else being built.

    Where nobody can ask the model before it any more, its vectors are of no use and the wanted one
    serves at once. What was being built of a third model is given up.
    """
    model = answering.wanted(ctx)
    if model is None:
        return
    indexes = IndexRepository(ctx)
    known = {index.model: index for index in await indexes.all()}
    serving = next((index for index in known.values() if index.state == "serving"), None)
    state = "serving" if serving is None or serving.model == model.name else "building"
    await _describe(ctx, model, known.get(model.name), state)
    if any(_wanted_state(index, model, state) != index.state for index in known.values()):
        for index in await indexes.all(lock=True):
            if (wanted := _wanted_state(index, model, state)) != index.state:
                kept = "" if wanted == "retired" else index.description
                await indexes.enter(index.model, wanted, kept)
    if serving is not None and await answering.opened(ctx, serving) is None:
        await _switch(ctx, serving, model)


def _wanted_state(index: SearchIndex, model: Embedder, state: str) -> str:
    """What becomes of an index while `model`'s is in `state`."""
    if index.model == model.name:
        return state
    return "retired" if index.state == "building" else index.state


async def _describe(ctx: Ctx, model: Embedder, own: SearchIndex | None, state: str) -> None:
    """Keep how the wanted model is asked: once another one is wanted, nobody else will know."""
    indexes = IndexRepository(ctx)
    description = await answering.sealed(ctx, model)
    if own is None:
        await indexes.ensure(model.name, state, description)
    elif not await _says(ctx, own.description, await answering.unsealed(ctx, description)):
        await indexes.describe(model.name, description)


async def _says(ctx: Ctx, sealed: str, description: str) -> bool:
    """Whether that is what was sealed; what cannot be opened says nothing."""
    try:
        return await answering.unsealed(ctx, sealed) == description
    except RapportError:
        return False


async def finish(ctx: Ctx, spoken: list[str]) -> bool:
    """Let the wanted model answer if it knows every part in the languages it speaks; whether so.

    From the commit on, every question is embedded with it and compared with its vectors.
    """
    model = answering.wanted(ctx)
    if model is None:
        return False
    known = {index.state: index for index in await IndexRepository(ctx).all(lock=True)}
    serving, building = known.get("serving"), known.get("building")
    if serving is None or building is None or building.model != model.name:
        return False
    if await VectorRepository(ctx).pending(model.name, spoken, limit=1):
        return False
    await _switch(ctx, serving, model)
    return True


async def _switch(ctx: Ctx, serving: SearchIndex, model: Embedder) -> None:
    indexes = IndexRepository(ctx)
    await indexes.enter(serving.model, "retired", "")
    await indexes.enter(model.name, "serving", await answering.sealed(ctx, model))
    log.info("embedding_model_changed", before=serving.model, now=model.name)


async def clear_away(ctx: Ctx) -> int:
    """Delete some vectors of models replaced a minute ago; returns how many, 0 when all is done.

    The index is locked first: whoever still adds vectors to it has done so, or adds none.
    """
    indexes, before = IndexRepository(ctx), ctx.now() - GRACE
    if not any(index.state == "retired" for index in await indexes.all()):
        return 0
    for index in await indexes.all(lock=True):
        if index.state == "retired" and index.state_at <= before:
            gone = await VectorRepository(ctx).drop(index.model, limit=_AT_ONCE)
            if gone:
                return gone
            await indexes.remove(index)
    return 0
