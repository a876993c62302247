import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from uuid import UUID

import pytest

from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Event, LogListener, LogWaker, Recorded, emit
from rapport.kernel.events.readers import Reader
from rapport.kernel.events.runner import ReaderRunner
from rapport.kernel.events.tail import Tail
from rapport.kernel.ids import new_id


class Ticked(Event, name="testing.ticked"):
    """A test's clock ticked."""

    number: int


class Tocked(Event, name="testing.tocked"):
    """A test's clock tocked."""

    number: int


class Diary:
    """What a reader was given, and whom it refuses."""

    def __init__(self) -> None:
        self.read: list[tuple[UUID, int]] = []
        self.refuses: set[tuple[UUID, int]] = set()
        self.attempts = 0
        self.written = asyncio.Condition()

    async def handle_all(self, ctx: Ctx, records: Sequence[Recorded]) -> None:
        for record in records:
            await self.handle(ctx, record)

    async def handle(self, ctx: Ctx, record: Recorded) -> None:
        event = record.event
        assert isinstance(event, Ticked)
        assert ctx.workspace_id == record.workspace_id
        if (record.workspace_id, event.number) in self.refuses:
            self.attempts += 1
            raise ValueError(f"tick {event.number} is refused")
        async with self.written:
            self.read.append((record.workspace_id, event.number))
            self.written.notify_all()

    async def holds(self, count: int) -> None:
        """Wait until so many events were read; a second attempt comes after five seconds."""
        async with asyncio.timeout(15), self.written:
            await self.written.wait_for(lambda: len(self.read) >= count)

    async def reaches(self, workspace: UUID, number: int) -> None:
        """Wait until this very event was read; a second attempt comes after five seconds."""
        async with asyncio.timeout(15), self.written:
            await self.written.wait_for(lambda: (workspace, number) in self.read)

    def of(self, workspace: UUID) -> list[int]:
        return [number for where, number in self.read if where == workspace]


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
async def listener(database: Database) -> AsyncIterator[LogListener]:
    listener = LogListener(database)
    await listener.start()
    yield listener
    await listener.stop()


@pytest.fixture
async def waker(database: Database) -> AsyncIterator[LogWaker]:
    waker = LogWaker(database)
    await waker.start()
    yield waker
    await waker.stop()


@pytest.fixture
async def reader(database: Database, diary: Diary) -> Reader:
    """A reader of ticks that begins now."""
    reader = Reader(f"testing.{new_id()}", ("testing.ticked",), diary.handle_all, "now", 5)
    await ReaderRunner(database, LogListener(database), [reader]).catch_up(reader.key)
    return reader


@pytest.fixture
def runner(database: Database, reader: Reader) -> ReaderRunner:
    return ReaderRunner(database, LogListener(database), [reader])


Tick = Callable[..., Awaitable[None]]


@pytest.fixture
def tick(database: Database, workspace: UUID) -> Tick:
    """Commit ticks, each in a transaction of its own."""

    async def commit(*numbers: int, to: UUID | None = None) -> None:
        for number in numbers:
            async with database.begin(to or workspace, SYSTEM) as ctx:
                await emit(ctx, Ticked(number=number))

    return commit


@pytest.fixture
async def tail(database: Database) -> AsyncIterator[Tail]:
    """The visible end of the log, read over a connection of its own."""
    tail = Tail(database.url)
    yield tail
    await tail.close()
