"""Work that nobody asked for by an event: vectors that are missing, or are another model's."""

from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.jobs import every_workspace, periodic, worker_database
from rapport.knowledge.search import indexing
from rapport.knowledge.search.indexing import Batch
from rapport.knowledge.search.vectors import changing
from rapport.knowledge.search.vectors.repository import IndexRepository

AT_ONCE: Final = 256
log = structlog.get_logger(__name__)


@periodic("knowledge.embed_the_rest", "*/5 * * * *")
async def embed_the_rest(_: datetime) -> None:
    """Embed what awaits it in any workspace: after a model was built, changed or mended.

    Workspaces take turns, a batch at a time, so that a large one holds up nobody.
    """
    database = worker_database()
    begun = deque((id_, catching_up(database, id_)) for id_ in await every_workspace())
    while begun:
        workspace_id, work = begun.popleft()
        try:
            if await anext(work, None) is not None:
                begun.append((workspace_id, work))
        except RapportError as error:
            log.warning("embedding_stopped", workspace_id=str(workspace_id), reason=error.code)


async def catch_up(database: Database, workspace_id: UUID) -> int:
    """Do all of it for one workspace; returns how many parts were embedded.

    Raises:
        ModelMissing, ModelDamaged, Unreachable: a model cannot be used; what others could is done.
    """
    async with aclosing(catching_up(database, workspace_id)) as work:
        return sum([done async for done in work])


async def catching_up(
    database: Database, workspace_id: UUID, *, at_once: int = AT_ONCE
) -> AsyncGenerator[int, None]:
    """Embed all that awaits it in one workspace, a batch at a time; yields how many parts each had.

    When the wanted model knows everything, it answers from then on, and what the one before it made
    is deleted a minute later. Broken off at any time, it goes on where it was: only the batch is
    lost. No transaction is open while a model computes.

    Raises:
        RapportError: the first failure of a model, after the others have done their part.
    """
    failed: dict[str, RapportError] = {}
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await changing.prepare(ctx)
    while True:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            waiting = await indexing.waiting(ctx, limit=at_once)
        batches = [batch for batch in waiting if batch.model.name not in failed]
        for batch in batches:
            try:
                await _embed(database, batch)
            except RapportError as error:
                failed[batch.model.name] = error
                await _note(database, batch, error)
            else:
                yield len(batch.parts)
        if not batches:
            break
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await indexing.take_over(ctx)
    await _clear_away(database, workspace_id)
    for failure in failed.values():
        raise failure


async def _embed(database: Database, batch: Batch) -> None:
    vectors = await batch.embedded()
    async with database.begin(batch.workspace_id, SYSTEM) as ctx:
        await indexing.keep(ctx, batch, vectors)


async def _note(database: Database, batch: Batch, error: RapportError) -> None:
    async with database.begin(batch.workspace_id, SYSTEM) as ctx:
        await IndexRepository(ctx).note(batch.model.name, error=error.detail)


async def _clear_away(database: Database, workspace_id: UUID) -> None:
    while True:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            if not await changing.clear_away(ctx):
                return
