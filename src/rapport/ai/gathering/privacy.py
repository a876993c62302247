"""What customers told when the assistant asked: told to them, and forgotten with them."""

from collections import Counter

from rapport.ai.gathering.erasing.repository import GATHERINGS, ErasingRepository
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Table, Things, rooms


async def _erase(ctx: Ctx, things: Things) -> Counts:
    return +Counter(gatherings=await ErasingRepository(ctx).erase(things))


rooms.add(
    Room(
        key="gathering",
        about="What the assistant asked them for, and what they told.",
        tables=(Table("facts", "What was known in each conversation, and how.", GATHERINGS),),
        erase=_erase,
    )
)
