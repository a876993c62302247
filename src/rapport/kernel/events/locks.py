"""One process per reader."""

import asyncio
import hashlib

import psycopg

from rapport.kernel.database.engine import Database
from rapport.kernel.database.urls import conninfo

_CLASS = 72_345  # any number of ours: the first half of the advisory lock's key


class ReaderLocks:
    """Session-level advisory locks on one connection: whoever dies loses them at once.

    They are no promise (a connection may break while a handler runs), only thrift: that nothing is
    handled twice is promised by the cursor, which moves in the handler's transaction.
    """

    def __init__(self, database: Database) -> None:
        """Lock in the database of `database`."""
        self._database = database
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._held: set[str] = set()
        self._turn = asyncio.Lock()

    async def hold(self, key: str) -> bool:
        """Whether this process holds the lock of a reader, taking it when it is free."""
        async with self._turn:
            if self._connection is None or self._connection.closed:
                self._held.clear()
                self._connection = await psycopg.AsyncConnection.connect(
                    conninfo(self._database.url), autocommit=True, connect_timeout=5
                )
            if key in self._held:
                await self._connection.execute("SELECT 1")  # notices that it broke
                return True
            found = await self._connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", (_CLASS, _number(key))
            )
            row = await found.fetchone()
            if row is not None and row[0]:
                self._held.add(key)
            return key in self._held

    async def close(self) -> None:
        """Let go of all locks."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
            self._held.clear()


def _number(key: str) -> int:
    """A stable 32-bit signed number."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], signed=True)
