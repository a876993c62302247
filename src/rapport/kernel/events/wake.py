"""Telling processes that the log has grown.

A NOTIFY inside a request's transaction makes all commits wait for each other, so each process sends
one for all its commits of 10 ms (at once when it had rested), on a connection of its own. Nothing
depends on it being heard: listeners look by themselves once a second.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable

import psycopg
import structlog
from psycopg import sql

from rapport.kernel.database.engine import Database
from rapport.kernel.database.urls import conninfo

log = structlog.get_logger(__name__)

CHANNEL = "rapport_log"
PAUSE_S = 0.01
POLL_S = 1.0
MAX_PENDING = 10_000
MAX_PER_STATEMENT = 500
_NOTIFY = "SELECT pg_notify(c, p) FROM unnest(%s::text[], %s::text[]) AS n (c, p)"
_JOBS = ("procrastinate_any_queue_v1", '{"type": "job_inserted", "job_id": 0}')


async def _connect(url: str) -> psycopg.AsyncConnection[tuple[object, ...]]:
    return await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True, connect_timeout=5)


class LogWaker:
    """Sends this process's notifications, many at a time."""

    def __init__(self, database: Database) -> None:
        """Wake for the commits of `database` once started."""
        self._database = database
        self._pending: dict[tuple[str, str], None] = {}
        self._wanted = asyncio.Event()
        self._sent = asyncio.Event()
        self._sent.set()
        self._task: asyncio.Task[None] | None = None
        self._carriers: dict[str, Callable[[str], None]] = {}
        self.dropped = 0
        """Notifications given up because the database was away for long."""

    async def start(self) -> None:
        """Begin to send; from now on every commit that appended to the log wakes its readers."""
        self._task = asyncio.create_task(self._run(), name="log-waker")
        self._database.after_commit.append(self.wake)
        self._database.ports.provide(LogWaker, self)

    async def stop(self) -> None:
        """Send nothing more."""
        with contextlib.suppress(ValueError):
            self._database.after_commit.remove(self.wake)
        await _cancel(self._task)

    def carry(self, channel: str, carrier: Callable[[str], None]) -> None:
        """Have `carrier` take the payloads of `channel` instead of the database; it never blocks.

        Set it before `start`.
        """
        self._carriers[channel] = carrier

    async def flush(self, *, timeout_s: float = 2.0) -> None:
        """Wait until everything is sent, but not for ever: for a process that is about to end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._sent.wait(), timeout_s)

    def wake(self) -> None:
        """Tell all processes that the log has grown. Never blocks; call it after the commit."""
        self.notify(CHANNEL, "")

    def wake_jobs(self) -> None:
        """Tell the workers that a job was queued. Never blocks; call it after the commit."""
        self.notify(*_JOBS)

    def notify(self, channel: str, payload: str) -> None:
        """Send `payload` (at most 7,900 bytes) to all processes that listen to `channel`.

        Equal notifications that wait together are sent once.
        """
        if len(self._pending) >= MAX_PENDING:
            self.dropped += 1
            return
        self._pending[channel, payload] = None
        self._sent.clear()
        self._wanted.set()

    async def _run(self) -> None:
        while True:
            try:
                async with await _connect(self._database.url) as connection:
                    await self._send(connection)
            except psycopg.Error as error:
                log.warning("log_waker_disconnected", error=str(error))
                await asyncio.sleep(0.2)

    async def _send(self, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            batch, self._pending = self._carry(self._pending), {}
            try:
                for at in range(0, len(batch), MAX_PER_STATEMENT):
                    part = batch[at : at + MAX_PER_STATEMENT]
                    channels = [channel for channel, _ in part]
                    await connection.execute(_NOTIFY, (channels, [payload for _, payload in part]))
            except psycopg.Error:
                self._pending = dict.fromkeys([*batch, *self._pending])
                self._wanted.set()
                raise
            if not self._pending:
                self._sent.set()
            await asyncio.sleep(PAUSE_S)

    def _carry(self, pending: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Hand over what has a carrier; what is left is for the database."""
        left = []
        for channel, payload in pending:
            carrier = self._carriers.get(channel)
            if carrier is None:
                left.append((channel, payload))
            else:
                carrier(payload)
        return left


class LogListener:
    """Hears the notifications of all processes, on one connection."""

    def __init__(self, database: Database, *, poll_s: float = POLL_S) -> None:
        """Listen on the server of `database`, and call everybody every `poll_s` anyway."""
        self._database = database
        self._poll_s = poll_s
        self._callbacks: dict[str, list[Callable[[str], None]]] = {CHANNEL: []}
        self._tasks: list[asyncio.Task[None]] = []
        self._carried: set[str] = set()
        self._on_connect: list[Callable[[], None]] = []
        self.connected = asyncio.Event()
        """Set while the connection stands."""
        self.pid: int | None = None
        """The server process of the connection."""

    def on(self, channel: str, callback: Callable[[str], None]) -> None:
        """Call `callback` with the payload of each notification. Register before `start`."""
        self._callbacks.setdefault(channel, []).append(callback)

    def on_connect(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever the connection stands anew. Register before `start`."""
        self._on_connect.append(callback)

    def carried(self, channel: str) -> Callable[[str], None]:
        """Hear `channel` from a carrier instead of the database: it calls what this returns.

        Set it before `start`.
        """
        self._carried.add(channel)
        return lambda payload: self._call(channel, payload)

    def on_growth(self) -> asyncio.Event:
        """An event that is set whenever the log may have grown; the consumer clears it."""
        event = asyncio.Event()
        self.on(CHANNEL, lambda _: event.set())
        return event

    async def start(self) -> None:
        """Begin to listen."""
        self._tasks = [
            asyncio.create_task(self._run(), name="log-listener"),
            asyncio.create_task(self._poll(), name="log-poll"),
        ]

    async def stop(self) -> None:
        """Listen no more."""
        for task in self._tasks:
            await _cancel(task)

    def _call(self, channel: str, payload: str) -> None:
        for callback in self._callbacks.get(channel, ()):
            callback(payload)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            self._call(CHANNEL, "")

    async def _run(self) -> None:
        while True:
            try:
                async with await _connect(self._database.url) as connection:
                    await self._listen(connection)
            except psycopg.Error as error:
                log.warning("log_listener_disconnected", error=str(error))
                await asyncio.sleep(0.2)
            finally:
                self.connected.clear()
                self.pid = None

    async def _listen(self, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        for channel in self._callbacks.keys() - self._carried:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        self.pid = connection.info.backend_pid
        self.connected.set()
        for connected in self._on_connect:
            connected()
        self._call(CHANNEL, "")  # for what was committed while nobody listened
        async for notification in connection.notifies():
            self._call(notification.channel, notification.payload)


async def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
