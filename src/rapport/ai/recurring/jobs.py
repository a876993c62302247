"""Every five minutes: what was asked lately, of which problems it speaks, and which grow."""

from datetime import datetime
from uuid import UUID

import structlog

from rapport.ai.recurring.calling import service as calling
from rapport.ai.recurring.finding import service as finding
from rapport.ai.recurring.watching import service as watching
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.jobs import every_workspace, periodic, worker_database

log = structlog.get_logger(__name__)


@periodic("ai.recurring.look", "*/5 * * * *")
async def look_everywhere(_: datetime) -> None:
    """Look at each workspace; a model that fails holds up nobody else's."""
    database = worker_database()
    for workspace_id in await every_workspace():
        try:
            await look(database, workspace_id)
        except RapportError as error:
            log.warning("recurring_stopped", workspace_id=str(workspace_id), reason=error.code)


async def look(database: Database, workspace_id: UUID) -> None:
    """Do all of it for one workspace: read, arrange, name, watch.

    Each step commits by itself: broken off at any time, the next look goes on where it was.

    Raises:
        RapportError: the embedder failed; what grows was watched all the same.
    """
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await finding.begin(ctx)
    try:
        while await _read(database, workspace_id):
            async with database.begin(workspace_id, SYSTEM) as ctx:
                await finding.arrange(ctx)
    finally:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            await watching.watch(ctx)
    named = calling.AT_ONCE
    while named == calling.AT_ONCE:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            named = await calling.name_some(ctx)


async def _read(database: Database, workspace_id: UUID) -> int:
    """Read some conversations; how many there were."""
    done = 0
    for _ in range(finding.BEFORE_LOOKING):
        read = await finding.read_some(database, workspace_id)
        done += read
        if read < finding.AT_ONCE:
            break
    return done
