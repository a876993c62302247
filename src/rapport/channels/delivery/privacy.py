"""What went out, or was about to: told, and forgotten with its bytes."""

from collections import Counter
from typing import Final

from rapport.channels.delivery.erasing import repository
from rapport.channels.delivery.erasing.repository import ErasingRepository
from rapport.channels.delivery.service import OWNER
from rapport.kernel.context import Ctx
from rapport.kernel.files import service as files
from rapport.kernel.files.store import FileStore
from rapport.kernel.personal import Counts, Room, Table, Things, rooms

AT_ONCE: Final = 200


async def _erase(ctx: Ctx, things: Things) -> Counts:
    rows = ErasingRepository(ctx)
    found = await rows.deliveries(things, up_to=AT_ONCE)
    attached = await files.remove_of(ctx, OWNER, list(found))
    await ctx.port(FileStore).delete(*(path for path in found.values() if path))
    await rows.forget(list(found))
    return Counter(deliveries=len(found), files=attached)


rooms.add(
    Room(
        key="delivery",
        about="What was sent to them, to whom it went, and what has still to be sent.",
        tables=(
            Table("deliveries", "What went out, and what became of it.", repository.DELIVERIES),
        ),
        erase=_erase,
    )
)
