from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.kernel.events.log import announce

_WAKE = text("SELECT wake_snoozed(:at, :up_to)")


async def wake_due(session: AsyncSession, at: datetime, *, up_to: int) -> int:
    """Reopen what was snoozed until `at` or before, in any workspace; how many there were."""
    woken = int(await session.scalar(_WAKE, {"at": at, "up_to": up_to}) or 0)
    if woken:
        announce(session)
    return woken
