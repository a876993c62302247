"""What was asked about somebody: forgotten with their conversations. What it cost stays."""

from collections import Counter

from rapport.inference.gateway.repository import CALLS, CallRepository
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Table, Things, rooms


async def _erase(ctx: Ctx, things: Things) -> Counts:
    return Counter(calls=await CallRepository(ctx).forget(things))


rooms.add(
    Room(
        key="models",
        about="What language models were asked about their conversations.",
        tables=(Table("calls", "Each call: when, what for, and which model.", CALLS),),
        erase=_erase,
    )
)
