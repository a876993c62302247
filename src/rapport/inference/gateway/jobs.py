"""What this room does by the clock."""

from datetime import datetime, timedelta
from uuid import UUID

from rapport.inference.gateway.limits import ModelLimits
from rapport.inference.gateway.repository import CallRepository
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings import workspace as workspace_settings


@jobs.periodic("inference.forget_calls", "17 3 * * *")
async def forget_old_calls(_: datetime) -> None:
    """Remove calls of language models that are older than a workspace remembers them."""
    for workspace_id in await jobs.every_workspace():
        await forget(jobs.worker_database(), workspace_id)


async def forget(database: Database, workspace_id: UUID) -> int:
    """Remove the old calls of a workspace, some in each transaction; how many."""
    total, removed = 0, 1
    while removed:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            limits = await workspace_settings.get(ctx, ModelLimits)
            before = ctx.now() - timedelta(days=limits.keep_days)
            removed = await CallRepository(ctx).remove_old(before)
        total += removed
    return total
