"""What an export holds: one JSON file per table of each room, the files, and a README."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.store import FileStore
from rapport.kernel.personal import Enclosure, Room, Rooms, Table, Things
from rapport.kernel.privacy.archive import Archive, collected

OnRoom = Callable[[Ctx, int, Counter[str]], Awaitable[None]]
"""Hears in a transaction how many rooms are done, and what was written so far."""
_HEAD: Final = """Everything known about one person
=================================

Each `.json` file is a list of rows; instants are in UTC. Files lie beside them under `files/`.

"""


class Telling:
    """Goes through all rooms once; each portion is read in a transaction of its own."""

    def __init__(
        self,
        database: Database,
        workspace_id: UUID,
        rooms: Rooms,
        things: Things,
        *,
        on_room: OnRoom,
    ) -> None:
        """Tell what `rooms` hold about `things`."""
        self._database = database
        self._workspace_id = workspace_id
        self._rooms = rooms
        self._things = things
        self._on_room = on_room
        self._archive = Archive()
        self.counts: Counter[str] = Counter()

    def pieces(self) -> AsyncIterator[bytes]:
        """The bytes of the ZIP."""
        return collected(self._archive, self._steps())

    async def _steps(self) -> AsyncIterator[None]:
        self._archive.begin("README.txt")
        self._archive.write(readme(self._rooms).encode())
        for done, room in enumerate(self._rooms, start=1):
            for table in room.tables:
                async for _ in self._table(room, table):
                    yield
            async for _ in self._enclosures(room):
                yield
            async with self._database.begin(self._workspace_id, SYSTEM) as ctx:
                await self._on_room(ctx, done, self.counts)

    async def _table(self, room: Room, table: Table) -> AsyncIterator[None]:
        self._archive.begin_list(f"{room.key}/{table.name}.json")
        place: Any = None
        while True:
            async with self._database.begin(self._workspace_id, SYSTEM) as ctx:
                portion = await table.rows(ctx, self._things, place)
            for row in portion.rows:
                self._archive.add_row(row)
            self.counts[f"{room.key}.{table.name}"] += len(portion.rows)
            yield
            place = portion.next
            if place is None:
                break
        self._archive.end_list()

    async def _enclosures(self, room: Room) -> AsyncIterator[None]:
        place: Any = None
        while room.enclosures is not None:
            async with self._database.begin(self._workspace_id, SYSTEM) as ctx:
                found, place = await room.enclosures(ctx, self._things, place)
            for enclosure in found:
                async for _ in self._enclosure(room, enclosure):
                    yield
            if place is None:
                return

    async def _enclosure(self, room: Room, enclosure: Enclosure) -> AsyncIterator[None]:
        try:
            pieces = await self._database.ports.get(FileStore).read(enclosure.path)
        except FileNotFound:
            return
        self._archive.begin(f"{room.key}/files/{enclosure.id}-{enclosure.name}")
        async for piece in pieces:
            self._archive.write(piece)
            yield
        self._archive.end()
        self.counts[f"{room.key}.files"] += 1


def readme(rooms: Rooms) -> str:
    """What is in which file."""
    parts = [_HEAD]
    for room in rooms:
        if not room.tables and room.enclosures is None:
            continue
        parts.append(f"{room.key}/ - {room.about}\n")
        parts += [f"  {table.name}.json - {table.about}\n" for table in room.tables]
        if room.enclosures is not None:
            parts.append("  files/ - The files themselves.\n")
        parts.append("\n")
    return "".join(parts)
