"""What this room does by the clock, and for long."""

from datetime import datetime

from rapport.customers.tracking.repository import ReceivedRepository
from rapport.customers.tracking.service import KEPT
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM


@jobs.periodic("customers.forget_received", "17 * * * *")
async def forget_received_messages(_: datetime) -> None:
    """Forget which messages of senders were dealt with, weeks after."""
    for workspace_id in await jobs.every_workspace():
        async with jobs.worker_database().begin(workspace_id, SYSTEM) as ctx:
            await ReceivedRepository(ctx).forget(ctx.now() - KEPT, 20_000)
