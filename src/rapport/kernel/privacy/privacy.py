"""Exports hold all that is known about somebody: they go with the person."""

from collections import Counter

from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Things, rooms
from rapport.kernel.privacy import exports


async def _erase(ctx: Ctx, things: Things) -> Counts:
    return Counter(exports=await exports.forget_those_of(ctx, list(things)))


rooms.add(Room(key="privacy", about="Exports like this one.", erase=_erase))
