"""Browsers that visited: told, and shut out before anything is forgotten."""

from collections import Counter

from rapport.channels.webchat.erasing.repository import SESSIONS, ErasingRepository
from rapport.channels.webchat.events import VisitorSessionEnded
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.personal import Counts, Room, Table, Things, rooms


async def _close(ctx: Ctx, things: Things) -> None:
    await _erase(ctx, things)


async def _erase(ctx: Ctx, things: Things) -> Counts:
    ended = await ErasingRepository(ctx).sessions(things)
    for session_id, customer_id in ended:
        over = VisitorSessionEnded(session_id=session_id, customer_id=customer_id)
        await emit(ctx, over, subject=customer_id)
    return Counter(sessions=len(ended))


rooms.add(
    Room(
        key="webchat",
        about="The browsers in which they came.",
        tables=(Table("sessions", "When they came, and with which browser session.", SESSIONS),),
        close=_close,
        erase=_erase,
    )
)
