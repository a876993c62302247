"""Keeping the file store tidy."""

from datetime import datetime

from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM
from rapport.kernel.files import service as files


@jobs.periodic("files.sweep", "17 * * * *")
async def sweep_unsent_files(_: datetime) -> None:
    """Delete uploads that were never sent for a day, in every workspace."""
    for workspace_id in await jobs.every_workspace():
        async with jobs.worker_database().begin(workspace_id, SYSTEM) as ctx:
            await files.sweep(ctx)
