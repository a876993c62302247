"""What this room does by the clock."""

from datetime import datetime

from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM
from rapport.kernel.privacy import erasures, exports, retention


@jobs.periodic("privacy.retention", "41 2 * * *")
async def carry_out_retention_rules(_: datetime) -> None:
    """Carry out the retention rules of every workspace, at night."""
    for workspace_id in await jobs.every_workspace():
        await retention.run_all(jobs.worker_database(), workspace_id)


@jobs.periodic("privacy.tidy", "23 * * * *")
async def tidy_exports_and_erasures(_: datetime) -> None:
    """Delete exports whose time is over, and queue again what was left lying, everywhere."""
    for workspace_id in await jobs.every_workspace():
        async with jobs.worker_database().begin(workspace_id, SYSTEM) as ctx:
            await exports.expire(ctx)
            await exports.take_up(ctx)
            await erasures.take_up(ctx)
