"""Imports, and their undoing, as jobs."""

from datetime import datetime
from uuid import UUID

from rapport.customers.importing import running
from rapport.customers.importing.service import tidy
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM


@jobs.task("customers.import")
async def run_import(workspace_id: str, import_id: str) -> None:
    """Import a file of customers; broken off, it goes on where it was."""
    await running.run(jobs.worker_database(), UUID(workspace_id), UUID(import_id))


@jobs.task("customers.undo_import")
async def undo_import(workspace_id: str, import_id: str) -> None:
    """Take an import back; broken off, it goes on where it was."""
    await running.undo(jobs.worker_database(), UUID(workspace_id), UUID(import_id))


@jobs.periodic("customers.tidy_imports", "37 * * * *")
async def tidy_imports(_: datetime) -> None:
    """Throw away what imports need no more, everywhere."""
    for workspace_id in await jobs.every_workspace():
        async with jobs.worker_database().begin(workspace_id, SYSTEM) as ctx:
            await tidy(ctx)
