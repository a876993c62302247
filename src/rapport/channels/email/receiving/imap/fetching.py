"""Fetching what a folder has and we have not."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import structlog

from rapport.channels.email import threading
from rapport.channels.email.imap import Connection, Fetched, Refused
from rapport.channels.email.imap.writing import portions, spans
from rapport.channels.email.receiving.imap import health
from rapport.channels.email.receiving.imap.keeping import Letter, keep
from rapport.channels.email.receiving.imap.places import Cursor, Place
from rapport.channels.email.receiving.imap.repository import FolderRepository
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database

log = structlog.get_logger(__name__)

PORTION: Final = 500
"""How many messages are asked for their size together."""
TOGETHER: Final = 25
TOGETHER_BYTES: Final = 2 * 1024 * 1024
"""How much is fetched with one command and kept in one transaction."""
FIRST_BYTES: Final = 256 * 1024
"""What is kept of a message that is too long: its header, and mostly its text."""
MAX_REFUSALS: Final = 3
"""So often a server may refuse a message, and give others, before we go on without it."""
_LARGE: Final = asyncio.Semaphore(2)
"""Large messages that this process has in memory at a time."""
_ID: Final = re.compile(
    rb"^message-id[ \t]*:\s{0,100}(<[^<>]{1,998}>)", re.IGNORECASE | re.MULTILINE
)


@dataclass
class Fetcher:
    """Fetches from one folder, over whichever connection is open."""

    database: Database
    place: Place
    max_bytes: int
    since: date | None = None
    refusals: Counter[int] = field(default_factory=Counter)

    async def catch_up(
        self, connection: Connection, cursor: Cursor, *, is_again: bool = False
    ) -> Cursor:
        """Keep all there is behind `cursor`; how far that got.

        With `is_again` the folder was read before under other UIDs, and what is known is left.

        Raises:
            ImapError, OSError: the server does not answer as it should.
            CursorMoved, NotKept: see `keeping.keep`. What was kept before stays so.
        """
        found = await connection.search(cursor.last_uid + 1, since=self.since)
        left = sum(map(len, found))
        health.observe(self.place, behind=left)
        for portion in portions(found, PORTION):
            left -= sum(map(len, portion))
            cursor = await self._portion(connection, cursor, portion, left, is_again=is_again)
        return cursor

    async def _portion(
        self,
        connection: Connection,
        cursor: Cursor,
        portion: Sequence[range],
        behind: int,
        *,
        is_again: bool,
    ) -> Cursor:
        """Keep what there is of some UIDs; `behind` is how many come after them."""
        told = await connection.sizes(portion, with_ids=is_again)
        health.counted("gone", sum(map(len, portion)) - len(told))
        fresh = await self._fresh(told) if is_again else told
        waiting = behind + len(fresh)
        for group in groups(fresh, self.max_bytes):
            waiting -= len(group)
            cursor, refused = await self._group(connection, cursor, group, waiting)
            for alone in refused:
                cursor, _ = await self._group(connection, cursor, [alone], waiting)
        last = portion[-1][-1]
        return cursor if cursor.last_uid >= last else await self._keep(cursor, [], last, behind)

    async def _group(
        self, connection: Connection, cursor: Cursor, group: Sequence[Fetched], behind: int
    ) -> tuple[Cursor, Sequence[Fetched]]:
        """Fetch and keep messages together; those that must be fetched one by one instead."""
        is_large = sum(_size(each) for each in group) > TOGETHER_BYTES
        async with _LARGE if is_large else nullcontext():
            try:
                letters = await self._letters(connection, group)
            except Refused:
                if len(group) == 1:
                    return await self._without(connection, cursor, group[0], behind), ()
                return cursor, group
            return await self._keep(cursor, letters, group[-1].uid, behind), ()

    async def _letters(self, connection: Connection, group: Sequence[Fetched]) -> list[Letter]:
        """The messages themselves. What a server leaves out is asked for once more, by itself."""
        got = await self._bodies(connection, group)
        for each in group:
            if each.uid not in got:
                got |= await self._bodies(connection, [each])
        health.counted("gone", sum(each.uid not in got for each in group))
        return [Letter(each.uid, got[each.uid], each.at) for each in group if each.uid in got]

    async def _bodies(self, connection: Connection, group: Sequence[Fetched]) -> dict[int, bytes]:
        uids = spans(each.uid for each in group)
        if _size(group[0]) > self.max_bytes:
            beginnings = await connection.bodies(
                uids, max_bytes=2 * FIRST_BYTES, first_bytes=FIRST_BYTES
            )
            health.counted("truncated", len(beginnings))
            return {
                each.uid: _truncated(each.body, _size(group[0])) for each in beginnings if each.body
            }
        # Some servers guess sizes: a quarter more is let pass.
        bodies = await connection.bodies(uids, max_bytes=self.max_bytes + self.max_bytes // 4)
        return {each.uid: each.body for each in bodies if each.body}

    async def _keep(
        self, cursor: Cursor, letters: Sequence[Letter], up_to: int, behind: int
    ) -> Cursor:
        moved = await keep(self.database, self.place, cursor, letters, up_to=up_to, behind=behind)
        health.observe(self.place, behind=behind)
        return moved

    async def _without(
        self, connection: Connection, cursor: Cursor, fetched: Fetched, behind: int
    ) -> Cursor:
        """Go on without a message that the server does not give, after some patience.

        Raises:
            Refused: it may give it later; for now it gives nothing at all.
        """
        self.refusals[fetched.uid] += 1
        is_patient = self.refusals[fetched.uid] < MAX_REFUSALS
        if is_patient or not await self._gives_another(connection, fetched.uid):
            raise Refused("the server does not give a message")
        log.error(
            "imap_unreadable",
            inbox_id=str(self.place.inbox_id),
            uid=fetched.uid,
            bytes=fetched.size,
        )
        health.counted("unreadable")
        return await self._keep(cursor, [], fetched.uid, behind)

    async def _gives_another(self, connection: Connection, uid: int) -> bool:
        """Whether it is this one message; some providers give none when we have had many."""
        found = await connection.search(1)
        others = [each[-1] for each in found if each[-1] != uid]
        others += [each[0] for each in found if each[0] != uid]
        if not others:
            return False
        try:
            return bool(await connection.bodies(spans(others[-1:]), max_bytes=64, first_bytes=1))
        except Refused:
            return False

    async def _fresh(self, told: Sequence[Fetched]) -> list[Fetched]:
        """Those that are not known by Message-ID and size."""
        hashes = {each.uid: _hash_of(each.header or b"") for each in told}
        wanted = {it for it in hashes.values() if it is not None}
        async with self.database.begin(self.place.workspace_id, SYSTEM) as ctx:
            known = await FolderRepository(ctx, self.place.inbox_id).known(wanted)
        fresh = [each for each in told if (hashes[each.uid], each.size) not in known]
        health.counted("known", len(told) - len(fresh))
        return fresh


def groups(told: Sequence[Fetched], max_bytes: int) -> Iterator[list[Fetched]]:
    """What is fetched together, in order; what is longer than `max_bytes` is by itself."""
    group: list[Fetched] = []
    room = TOGETHER_BYTES
    for each in told:
        size = _size(each)
        is_alone = size > max_bytes or (group and _size(group[0]) > max_bytes)
        if group and (is_alone or size > room or len(group) >= TOGETHER):
            yield group
            group, room = [], TOGETHER_BYTES
        group.append(each)
        room -= size
    if group:
        yield group


def _size(fetched: Fetched) -> int:
    """In bytes; a server that does not tell is taken to have a large one."""
    return TOGETHER_BYTES if fetched.size is None else fetched.size


def _truncated(beginning: bytes, size: int) -> bytes:
    """The beginning of a message, saying so."""
    return b"X-Rapport-Truncated: %d\r\n" % size + beginning


def _hash_of(header: bytes) -> bytes | None:
    """The hash of the Message-ID in a header; None when there is none that tells messages apart."""
    found = _ID.search(header)
    if found is None or b"@" not in found[1]:
        return None
    return threading.message_hash(found[1].decode("utf-8", "surrogateescape"))
