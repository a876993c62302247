"""What is done with mail after it was kept."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rapport.channels.email.receiving import reading
from rapport.channels.email.receiving.repository import RawRepository
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM

FORGOTTEN: Final = timedelta(hours=1)
"""How long a message waits whose job was tried too often, before it is taken up again."""
AT_ONCE: Final = 100


@jobs.task("email.read")
async def read_mail(workspace_id: str, raw_id: str) -> None:
    """Read a message that was kept, and file it in a conversation."""
    await reading.read(jobs.worker_database(), UUID(workspace_id), UUID(raw_id))


@jobs.periodic("email.take_up", "*/10 * * * *")
async def take_up(_: datetime) -> None:
    """Read what has waited for an hour, in every workspace: whatever kept it from that may be over.

    Raises:
        Unreachable: it is not over.
    """
    database = jobs.worker_database()
    for workspace_id in await jobs.every_workspace():
        async with database.begin(workspace_id, SYSTEM) as ctx:
            before = ctx.now() - FORGOTTEN
            waiting = await RawRepository(ctx).in_state(
                "received", before=before, after_id=None, limit=AT_ONCE
            )
        for raw_id in waiting:
            await reading.read(database, workspace_id, raw_id)
