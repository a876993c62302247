"""What this room does by the clock."""

from datetime import datetime
from typing import Final

from rapport.conversations.waking.repository import wake_due
from rapport.kernel.jobs import periodic, worker_database

AT_ONCE: Final = 500


@periodic("conversations.wake_snoozed", "* * * * *")
async def wake_snoozed(_: datetime) -> None:
    """Reopen snoozed conversations of all workspaces whose time has come."""
    database = worker_database()
    while True:
        async with database.connect() as session:
            woken = await wake_due(session, database.now(), up_to=AT_ONCE)
        if woken < AT_ONCE:
            return
