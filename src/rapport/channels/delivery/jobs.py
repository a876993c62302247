"""What this room does by the clock."""

from datetime import datetime, timedelta
from typing import Final

from rapport.channels.delivery.repository import DeliveryRepository
from rapport.kernel.context import SYSTEM
from rapport.kernel.files.store import FileStore
from rapport.kernel.jobs import every_workspace, periodic, worker_database

KEPT: Final = timedelta(days=30)
"""For how long the bytes of what was sent are kept, should it come back and be sent again."""
AT_ONCE: Final = 200


@periodic("delivery.forget_bodies", "17 * * * *")
async def forget_bodies(_: datetime) -> None:
    """Delete the bytes of what was settled a month ago; the messages themselves stay."""
    database = worker_database()
    for workspace_id in await every_workspace():
        done = AT_ONCE
        while done == AT_ONCE:
            async with database.begin(workspace_id, SYSTEM) as ctx:
                old = await DeliveryRepository(ctx).with_bodies(ctx.now() - KEPT, AT_ONCE)
                await ctx.port(FileStore).delete(*(it.body_path for it in old if it.body_path))
                for delivery in old:
                    delivery.body_path = None
                done = len(old)
