"""The keys of what people wrote: destroying them is what makes sealed copies unreadable."""

from collections import Counter

from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Things, rooms
from rapport.kernel.secrets import vault


async def _erase(ctx: Ctx, things: Things) -> Counts:
    return Counter(keys=await vault.destroy(ctx, things))


rooms.add(Room(key="secrets", about="Keys of sealed texts; they are not told.", erase=_erase))
