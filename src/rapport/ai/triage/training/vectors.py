"""The vectors of what is learned from: those that are kept, and the rest made."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.ai.triage.intents.analysis import MAX_CHARS
from rapport.ai.triage.intents.memory import Vectors
from rapport.ai.triage.training.ports import Example
from rapport.ai.triage.training.repository import TrainedModelRepository, VectorRepository
from rapport.inference.ports import Embedder
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database

AT_ONCE: Final = 256
_KEPT: Final = np.float16
Vector = NDArray[np.float16]
Tell = Callable[[float], Awaitable[None]]


async def embedded(
    database: Database,
    workspace_id: UUID,
    model_id: UUID,
    embedder: Embedder,
    examples: Sequence[Example],
    tell: Tell,
) -> Vectors:
    """One row per example. What is made is kept at once: broken off, it goes on where it was.

    No transaction is open while the model computes. What no example needs any more is forgotten.

    Raises:
        RapportError: see `Embedder.embed`.
    """
    parts: list[Vector] = []
    for start in range(0, len(examples), AT_ONCE):
        await tell(start / len(examples))
        some = examples[start : start + AT_ONCE]
        found, made = await _vectors(database, workspace_id, embedder, some)
        if made:
            async with database.begin(workspace_id, SYSTEM) as ctx:
                await _keep(ctx, model_id, embedder.name, made)
        parts.append(np.stack([found[_digest(one.text)] for one in some]))
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await VectorRepository(ctx).sweep(embedder.name, {_digest(one.text) for one in examples})
    whole = np.concatenate(parts) if parts else np.empty((0, embedder.dimensions), _KEPT)
    return whole.astype(np.float32)


async def _vectors(
    database: Database, workspace_id: UUID, embedder: Embedder, examples: Sequence[Example]
) -> tuple[dict[bytes, Vector], list[tuple[Example, Vector]]]:
    """The vector of each text by its digest; and those among them that are new, with whose."""
    wanted = {_digest(one.text): one for one in examples}
    async with database.begin(workspace_id, SYSTEM) as ctx:
        kept = await VectorRepository(ctx).known(embedder.name, wanted)
    found = {digest: np.frombuffer(vector, _KEPT) for digest, vector in kept.items()}
    missing = [one for digest, one in wanted.items() if digest not in found]
    if not missing:
        return found, []
    texts = [one.text[:MAX_CHARS] for one in missing]
    made = await embedder.embed(texts, workspace_id=workspace_id, background=True)
    new = list(zip(missing, made.astype(_KEPT), strict=True))
    return found | {_digest(one.text): vector for one, vector in new}, new


async def _keep(
    ctx: Ctx, model_id: UUID, embedder: str, made: Sequence[tuple[Example, Vector]]
) -> None:
    """Keep vectors, but not those of conversations that were erased meanwhile."""
    models = TrainedModelRepository(ctx)
    await models.get(model_id, lock=True)
    here = {None, *await models.sources(model_id)}
    rows = [
        {
            "digest": _digest(one.text),
            "conversation_id": one.conversation_id,
            "vector": vector.tobytes(),
        }
        for one, vector in made
        if one.conversation_id in here
    ]
    await VectorRepository(ctx).keep(embedder, rows)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text[:MAX_CHARS].encode(errors="replace")).digest()
