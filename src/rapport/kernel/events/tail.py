"""Reading the visible end of the log over a connection of one's own."""

import contextlib
from collections.abc import Sequence
from typing import Any, Final, LiteralString

import msgspec
import psycopg
from psycopg.types.json import set_json_loads

from rapport.kernel.database.urls import conninfo
from rapport.kernel.events.log import Cursor, Recorded

_FIELDS: Final = "workspace_id, tx, id, name, actor, subject_id, payload, created_at"
_RECENT: Final = (
    f"SELECT h.horizon, {_FIELDS} FROM (SELECT log_horizon() AS horizon) h "  # noqa: S608
    "LEFT JOIN LATERAL log_recent(%(tx)s, %(id)s, %(seen)s, %(up_to)s) r ON true"
)
_FINISHED: Final = (
    f"SELECT h.horizon, {_FIELDS} FROM (SELECT log_horizon() AS horizon) h "  # noqa: S608
    "LEFT JOIN LATERAL log_after(%(tx)s, %(id)s, NULL, %(up_to)s) r ON true"
)


class Tail:
    """The events of all workspaces after a cursor, as soon as they are visible.

    One prepared statement on one connection: this is asked after every commit, and a session of the
    pool would cost three times what the answer does.
    """

    def __init__(self, url: str) -> None:
        """Connect lazily to `url`, a libpq URL of the owner, acting as the application role."""
        self._url = url
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def recent(
        self, cursor: Cursor, seen: Sequence[int], *, limit: int
    ) -> tuple[int, list[Recorded]]:
        """The horizon, and all visible events after `cursor` except those with the ids `seen`.

        Unlike `log.after` it does not wait for older transactions that still run: an event at or
        above the horizon may later be joined by one below it, so a cursor must not move past the
        horizon.
        """
        return await self._read(_RECENT, cursor, {"seen": list(seen), "up_to": limit})

    async def finished(self, cursor: Cursor, *, limit: int) -> tuple[int, list[Recorded]]:
        """The horizon, and the events after `cursor` that lie below it."""
        return await self._read(_FINISHED, cursor, {"up_to": limit})

    async def close(self) -> None:
        """Give the connection back; the next read opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                await connection.close()

    async def _read(
        self, statement: LiteralString, cursor: Cursor, values: dict[str, Any]
    ) -> tuple[int, list[Recorded]]:
        try:
            connection = await self._connected()
            answer = await connection.execute(
                statement, {"tx": cursor.tx, "id": cursor.id, **values}, prepare=True
            )
            rows = await answer.fetchall()
        except BaseException:  # a cancelled read leaves a connection in the middle of an answer
            await self.close()
            raise
        return rows[0][0], [Recorded(*row[1:]) for row in rows if row[3] is not None]

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(
                conninfo(self._url), autocommit=True, connect_timeout=5
            )
            set_json_loads(msgspec.json.decode, self._connection)
        return self._connection
