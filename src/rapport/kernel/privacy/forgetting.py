"""Going through all rooms until nothing is left."""

from collections import Counter

from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Rooms, Things


async def close(ctx: Ctx, rooms: Rooms, things: Things) -> None:
    """Let nothing new about these things come in, anywhere."""
    for room in rooms:
        await room.close(ctx, things)


async def erase_some(ctx: Ctx, room: Room, things: Things) -> Counts:
    """Erase a bounded part of what one room holds; by `room.what`, empty when nothing was left."""
    counts = await room.erase(ctx, things)
    return Counter({f"{room.key}.{what}": number for what, number in counts.items() if number})


async def erase_all(ctx: Ctx, rooms: Rooms, things: Things) -> Counts:
    """Erase everything in one transaction: for few things at a time."""
    done: Counts = Counter()
    for room in rooms:
        while counts := await erase_some(ctx, room, things):
            done.update(counts)
    return done
