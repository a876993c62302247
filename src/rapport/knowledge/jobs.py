"""Work that nobody asked for by an event: embeddings that are missing or of another model."""

from datetime import datetime
from uuid import UUID

import structlog

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.jobs import every_workspace, periodic, worker_database
from rapport.knowledge.search import indexing

log = structlog.get_logger(__name__)


@periodic("knowledge.embed_the_rest", "*/5 * * * *")
async def embed_the_rest(_: datetime) -> None:
    """Embed what still awaits it in any workspace: after a model was built, changed or mended."""
    for workspace_id in await every_workspace():
        try:
            await catch_up(worker_database(), workspace_id)
        except RapportError as error:
            log.warning("embedding_stopped", workspace_id=str(workspace_id), reason=error.code)
            return


async def catch_up(database: Database, workspace_id: UUID) -> int:
    """Embed all that awaits it in one workspace, a batch per unit of work; returns how many parts.

    Raises:
        ModelMissing, ModelDamaged, Unreachable: the model cannot be used.
    """
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await indexing.renew(ctx)
    done = 0
    while True:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            batch = await indexing.embed_pending(ctx)
        if not batch:
            return done
        done += batch
