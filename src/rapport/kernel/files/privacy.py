"""Files that somebody sent up and that hang on nothing; those of messages go with the messages."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rapport.kernel.context import Ctx
from rapport.kernel.files import service as files
from rapport.kernel.files.repository import FileRepository
from rapport.kernel.files.store import path_of
from rapport.kernel.personal import Counts, Enclosure, Room, Things, rooms

AT_ONCE = 200


async def _enclosures(ctx: Ctx, things: Things, after: Any) -> tuple[Sequence[Enclosure], Any]:
    found = await FileRepository(ctx).uploaded_by(_actors(things), after=after, limit=AT_ONCE)
    loose = [file for file in found if file.status == "uploaded"]
    return [enclosure(ctx, it.id, it.name) for it in loose], found[-1].id if found else None


def enclosure(ctx: Ctx, file_id: Any, name: str) -> Enclosure:
    """A file as it goes along with an export."""
    return Enclosure(file_id, name, path_of(ctx.workspace_id, file_id))


async def _erase(ctx: Ctx, things: Things) -> Counts:
    found = await FileRepository(ctx).uploaded_by(_actors(things), limit=AT_ONCE)
    return Counter(files=await files.remove(ctx, [file.id for file in found]))


def _actors(things: Things) -> list[str]:
    return [f"customer:{thing}" for thing in things]


rooms.add(
    Room(
        key="files",
        about="Files that they sent up and did not send with a message.",
        enclosures=_enclosures,
        erase=_erase,
    )
)
