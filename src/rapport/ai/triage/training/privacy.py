"""Models and vectors that a message went into: they forget it. Nothing here is anybody's words.

What a model remembers of single messages, their vectors, is taken out at once. What it learned from
all of them together stays until it is trained again, which is due then (`jobs`).
"""

import asyncio
from collections import Counter

from rapport.ai.triage.packing import ModelUnreadable
from rapport.ai.triage.training import service
from rapport.ai.triage.training.clearing import without
from rapport.ai.triage.training.repository import TrainedModelRepository, VectorRepository
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Things, rooms


async def _erase(ctx: Ctx, things: Things) -> Counts:
    done = Counter(models=await _one_model(ctx, things))
    done["vectors"] = await VectorRepository(ctx).forget(things)
    await TrainedModelRepository(ctx).disturb()
    return +done


async def _one_model(ctx: Ctx, things: Things) -> int:
    """Take things out of one model that knows them, if there is one; it is locked for a moment."""
    models = TrainedModelRepository(ctx)
    found = await models.about(things)
    if found is None:
        return 0
    model_id, revision = found
    content = await models.content(model_id)
    try:
        rest = content and await asyncio.to_thread(without, content, things)
    except ModelUnreadable:  # of an older form: nobody can use it
        rest = None
    row = await models.get(model_id, lock=True)
    if row.revision == revision:  # else it is another by now, and its turn comes again
        row.content = rest
        row.sources = [one for one in await models.sources(model_id) if one not in things]
        row.state = row.state if rest or row.state == "training" else "retired"
        row.revision, row.forgot_at = revision + 1, ctx.now()
        await service.told(ctx, row)
    return 1


rooms.add(
    Room(
        key="triage_models",
        about="Models of what messages are about; they hold no words of one customer alone.",
        erase=_erase,
    )
)
