"""The models in use, kept at hand in one process."""

import asyncio
from collections import OrderedDict
from typing import Final
from uuid import UUID

import structlog

from rapport.ai.triage.intents.model import Model, read
from rapport.ai.triage.packing import ModelUnreadable
from rapport.ai.triage.ports import Serving
from rapport.ai.triage.training.repository import TrainedModelRepository
from rapport.kernel.context import Ctx

MAX_BYTES: Final = 128 * 1024 * 1024
"""Of what models hold in memory; one that is larger by itself is kept nevertheless."""
_FEATURE_BYTES: Final = 150
"""A text of some letters, its number, and their place in a dictionary."""
log = structlog.get_logger(__name__)
_Key = tuple[UUID, UUID, int]
"""Workspace, model and revision: what is read once under it never changes."""


class ServingModels:
    """Which model each workspace uses. See `ports.Models`.

    Every call looks up which one it is, by an index of a row a workspace: so a promotion, or an
    erasure, anywhere holds for the next batch of messages here.
    """

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        """Keep the models used last, of `max_bytes` together."""
        self._max_bytes = max_bytes
        self._known: OrderedDict[_Key, Model | None] = OrderedDict()
        self._loading = asyncio.Lock()

    async def serving(self, ctx: Ctx) -> Serving | None:
        """The model in use; None where there is none, or none that can be read."""
        found = await TrainedModelRepository(ctx).serving()
        if found is None:
            return None
        key = (ctx.workspace_id, *found)
        if key not in self._known:
            async with self._loading:  # two that are read at once would take twice the memory
                if key not in self._known:
                    await self._load(ctx, key)
        self._known.move_to_end(key)
        model = self._known[key]
        return None if model is None else Serving(found[0], model)

    async def _load(self, ctx: Ctx, key: _Key) -> None:
        workspace_id, model_id, _ = key
        content = await TrainedModelRepository(ctx).content(model_id)
        try:
            model = await asyncio.to_thread(read, content or b"")
        except ModelUnreadable as error:
            log.warning("triage_model_unreadable", model_id=str(model_id), reason=str(error))
            model = None
        for other in [one for one in self._known if one[0] == workspace_id]:
            del self._known[other]
        self._known[key] = model
        while len(self._known) > 1 and sum(map(_bytes, self._known.values())) > self._max_bytes:
            self._known.popitem(last=False)


def _bytes(model: Model | None) -> int:
    if model is None:
        return 0
    vectors = model.memory.vectors.nbytes if model.memory is not None else 0
    features = len(model.words) + len(model.pieces)
    return model.coefficients.nbytes + vectors + _FEATURE_BYTES * features
