"""Looking through solved conversations in the background."""

from datetime import datetime
from uuid import UUID

from rapport.ai.solved import service
from rapport.kernel import jobs
from rapport.kernel.context import Ctx


@jobs.task("ai.solved.take")
async def take(workspace_id: str) -> None:
    """Look through the conversations from before; broken off, it goes on where it was."""
    await service.go_on(jobs.worker_database(), UUID(workspace_id))


@jobs.periodic("ai.solved.catch_up", "19 * * * *")
async def catch_up_everywhere(_: datetime) -> None:
    """Look at what has been resolved long enough by now, everywhere."""
    for workspace_id in await jobs.every_workspace():
        await service.catch_up(jobs.worker_database(), workspace_id)


async def queue(ctx: Ctx) -> None:
    """Have conversations looked through; two runs of a workspace take turns."""
    await jobs.defer(ctx, take, lock=f"solved:{ctx.workspace_id}")
