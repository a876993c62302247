"""The hot path: many messages, one statement, one commit.

A process has one `Batcher`. While a batch is being written the next one gathers, so that under
load each commit carries what arrived during the one before, and at rest a message waits for
nothing.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import psycopg
import structlog

from rapport.conversations.errors import ConversationNotFound, MessageRejected
from rapport.conversations.ports import NewMessage, Stored
from rapport.conversations.rejected.repository import KEEP
from rapport.conversations.repository import INGEST, stored_from
from rapport.conversations.wire import Row, row_of, rows_json
from rapport.kernel.database.engine import Database
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import Overloaded, RapportError
from rapport.kernel.ids import new_id

MAX_BATCH: Final = 64
MAX_WAITING: Final = 2_048
_RETRY_S: Final = (0.05, 0.2, 0.5, 1.0, 2.0)
_STATEMENT_TIMEOUT: Final = "SET statement_timeout = '10s'"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    row: Row
    answer: "asyncio.Future[Stored]"


class Batcher:
    """Writes the messages of a whole process, in the order they came. See `ports.Ingest`.

    Use it as an async context manager around the life of the process. Whatever was accepted before
    leaving is still written.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime] | None = None) -> None:
        """Write to `database`, over a connection of its own."""
        self._database = database
        self._now = now or database.now
        self._waiting: deque[_Waiting] = deque()
        self._has_work = asyncio.Event()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._closing = False
        self.batches = 0
        self.messages = 0

    async def __aenter__(self) -> "Batcher":
        self._writer = asyncio.create_task(self._write_forever(), name="conversations.ingest")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._has_work.set()
        if self._writer is not None:
            await self._writer
        if self._connection is not None:
            await self._connection.close()

    async def submit(self, message: NewMessage) -> Stored:
        """See `ports.Ingest.submit`."""
        if self._closing or len(self._waiting) >= MAX_WAITING:
            raise Overloaded(retry_after=1)
        answer: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(row_of(message), answer))
        self._has_work.set()
        # A visitor who hangs up cancels only the answer: the row is queued and will be written.
        return await answer

    @property
    def waiting(self) -> int:
        """How many messages are not being written yet."""
        return len(self._waiting)

    async def _write_forever(self) -> None:
        while not (self._closing and not self._waiting):
            await self._gather()
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
            if not batch:
                continue
            try:
                await self._write(batch)
            except Exception as error:
                # The writer must outlive anything, or nobody would ever be answered again.
                log.exception("ingest_failed", messages=len(batch))
                for waiting in batch:
                    _refuse(waiting, error)

    async def _gather(self) -> None:
        """Wait for a first message, and for those that were received together with it."""
        if not self._waiting:
            self._has_work.clear()
            if self._closing:
                return
            await self._has_work.wait()
        await asyncio.sleep(0)

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            stored = await self._store([waiting.row for waiting in batch])
        except psycopg.OperationalError as error:
            log.warning("ingest_unavailable", messages=len(batch), error=str(error))
            for waiting in batch:
                _refuse(waiting, Overloaded(retry_after=2))
            return
        except psycopg.Error as error:
            log.warning("ingest_batch_refused", messages=len(batch), error=str(error))
            for waiting in batch:
                await self._write_alone(waiting)
            return
        self.batches += 1
        self.messages += len(batch)
        self._database.wake()
        for waiting, result in zip(batch, stored, strict=True):
            if result is None:
                _refuse(waiting, ConversationNotFound())
            elif not waiting.answer.done():
                waiting.answer.set_result(result)

    async def _write_alone(self, waiting: _Waiting) -> None:
        """Give a message of a refused batch its own transaction; keep it aside if it is the one."""
        try:
            (result,) = await self._store([waiting.row])
        except psycopg.OperationalError:
            _refuse(waiting, Overloaded(retry_after=2))
        except psycopg.Error as error:
            _refuse(waiting, await self._keep(waiting.row, str(error)))
        else:
            self._database.wake()
            if result is None:
                _refuse(waiting, ConversationNotFound())
            elif not waiting.answer.done():
                waiting.answer.set_result(result)

    async def _store(self, rows: list[Row]) -> list[Stored | None]:
        """Write rows in one transaction, in their order; None for those without a conversation.

        A connection that breaks is opened again and the rows are written again, which is harmless:
        each of them has a `client_id`.

        Raises:
            psycopg.OperationalError: the database is away for seconds.
            psycopg.Error: it refuses one of the rows.
        """
        found = await self._execute(INGEST, {"rows": rows_json(rows), "at": self._now()})
        stored: list[Stored | None] = [None] * len(rows)
        for place, *result in found:
            stored[place - 1] = stored_from(result, rows[place - 1])
        return stored

    async def _execute(
        self, statement: LiteralString, values: dict[str, Any]
    ) -> Sequence[Sequence[Any]]:
        for pause in (*_RETRY_S, None):
            try:
                connection = await self._connected()
                cursor = await connection.execute(statement, values, prepare=True)
                return await cursor.fetchall()
            except psycopg.OperationalError:
                if pause is None:
                    raise
                await self._disconnect()
                await asyncio.sleep(pause)
        raise AssertionError("The loop returns or raises.")

    async def _keep(self, row: Row, reason: str) -> RapportError:
        """Put a refused message aside; the refusal to answer with."""
        values = {
            "workspace_id": row.workspace_id,
            "id": new_id(),
            "conversation_id": row.conversation_id,
            "author_kind": row.author_kind,
            "author_id": row.author_id,
            "client_id": row.client_id.encode("ascii", "backslashreplace").decode(),
            "payload": row.encoded.decode().encode("ascii", "backslashreplace").decode(),
            "reason": reason.replace("\x00", ""),
            "at": self._now(),
        }
        try:
            ((is_kept,),) = await self._execute(KEEP, values)
        except psycopg.Error:
            log.exception("ingest_keep_failed", client_id=values["client_id"])
            return Overloaded(retry_after=2)
        self._database.wake()
        return MessageRejected() if is_kept else ConversationNotFound()

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                conninfo(self._database.url), autocommit=True, connect_timeout=5
            )
            await self._connection.execute(_STATEMENT_TIMEOUT)
        return self._connection

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


def _refuse(waiting: _Waiting, error: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
