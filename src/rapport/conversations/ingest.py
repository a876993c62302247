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
from rapport.kernel.database.patience import DatabaseAway, connecting
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import Overloaded, RapportError
from rapport.kernel.ids import new_id

MAX_BATCH: Final = 64
MAX_WAITING: Final = 2_048
PATIENCE_S: Final = 5.0
"""How long a message waits for its batch before it is refused; it may be stored nevertheless."""
_RETRY_S: Final = (0.05, 0.2, 0.5, 1.0, 2.0)
_STATEMENT_TIMEOUT: Final = "SET statement_timeout = '10s'"
_STATEMENT_S: Final = 12
"""After this long without a word, also from a server that stands still, the connection is dead."""

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
        self._stalled = False
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
        if self._stalled:
            raise DatabaseAway
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
            patience = asyncio.get_running_loop().call_later(PATIENCE_S, self._stall, batch)
            try:
                await self._write(batch)
            except Exception as error:
                # The writer must outlive anything, or nobody would ever be answered again.
                log.exception("ingest_failed", messages=len(batch))
                for waiting in batch:
                    _refuse(waiting, error)
            finally:
                patience.cancel()
                self._stalled = False

    def _stall(self, batch: Sequence[_Waiting]) -> None:
        """Refuse all who wait, and whoever comes until this batch is done with, one way or another.

        What is being written stays so: if it is stored after all, its author's next attempt finds
        it by its `client_id`.
        """
        log.warning("ingest_stalled", messages=len(batch) + len(self._waiting))
        self._stalled = True
        for waiting in (*batch, *self._waiting):
            _refuse(waiting, DatabaseAway())
        self._waiting.clear()

    async def _gather(self) -> None:
        """Wait for a first message, and for those that were received together with it."""
        if not self._waiting:
            self._has_work.clear()
            if self._closing:
                return
            await self._has_work.wait()
        await asyncio.sleep(0)

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        """Store a batch; one that is refused in halves, until the message that spoils it is alone.

        So one bad message among 64 costs 13 statements more, and the others keep their order.
        """
        try:
            stored = await self._store([waiting.row for waiting in batch])
        except psycopg.OperationalError as error:
            log.warning("ingest_unavailable", messages=len(batch), error=str(error))
            for waiting in batch:
                _refuse(waiting, DatabaseAway())
        except psycopg.Error as error:
            # Only the first line: the others quote what customers wrote.
            why = error.diag.message_primary or type(error).__name__
            log.warning("ingest_batch_refused", messages=len(batch), error=why)
            if len(batch) == 1:
                _refuse(batch[0], await self._keep(batch[0].row, str(error)))
                return
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
        else:
            self.batches += 1
            self.messages += len(batch)
            self._database.wake()
            for waiting, result in zip(batch, stored, strict=True):
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
            return DatabaseAway()
        self._database.wake()
        return MessageRejected() if is_kept else ConversationNotFound()

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await connecting(_STATEMENT_S)(
                conninfo(self._database.url), autocommit=True
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
