import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import psycopg

from rapport.kernel.database.engine import Database
from rapport.kernel.events import LogListener, LogWaker
from rapport.kernel.events.locks import ReaderLocks
from rapport.kernel.events.readers import Reader
from rapport.kernel.events.runner import ReaderRunner
from tests.kernel.events.conftest import Diary, Tick

SOON_S = 5


async def test_a_commit_wakes_a_listener_long_before_it_would_look_by_itself(
    database: Database, waker: LogWaker, tick: Tick
) -> None:
    listener = LogListener(database, poll_s=60)
    growth = listener.on_growth()
    await listener.start()
    await asyncio.wait_for(listener.connected.wait(), SOON_S)
    growth.clear()

    await tick(1)

    await asyncio.wait_for(growth.wait(), SOON_S)
    await listener.stop()


async def test_many_commits_share_few_notifications(database: Database, waker: LogWaker) -> None:
    heard: list[str] = []
    done = asyncio.Event()

    def hear(payload: str) -> None:
        heard.append(payload)
        if payload == "end":
            done.set()

    listener = LogListener(database)
    listener.on("rapport_test", hear)
    await listener.start()
    await asyncio.wait_for(listener.connected.wait(), SOON_S)

    for _ in range(1_000):
        waker.notify("rapport_test", "same")
    waker.notify("rapport_test", "end")
    await asyncio.wait_for(done.wait(), SOON_S)

    assert heard == ["same", "end"]
    await listener.stop()


async def test_a_deaf_listener_looks_by_itself(database: Database) -> None:
    listener = LogListener(database, poll_s=0.01)
    growth = listener.on_growth()
    await listener.start()
    await asyncio.wait_for(listener.connected.wait(), SOON_S)
    growth.clear()

    await asyncio.wait_for(growth.wait(), SOON_S)
    await listener.stop()


async def test_a_killed_listen_connection_comes_back_and_nothing_is_missed(
    database: Database,
    database_url: str,
    waker: LogWaker,
    listener: LogListener,
    reader: Reader,
    diary: Diary,
    workspace: UUID,
    tick: Tick,
) -> None:
    running = asyncio.create_task(ReaderRunner(database, listener, [reader]).run())
    with psycopg.connect(database_url, autocommit=True) as owner:
        for number in range(5):
            await asyncio.wait_for(listener.connected.wait(), SOON_S)
            owner.execute("SELECT pg_terminate_backend(%s)", (listener.pid,))
            await tick(number)

    await diary.holds(5)

    assert diary.of(workspace) == [0, 1, 2, 3, 4]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def worker(url: str, reader: Reader) -> AsyncIterator[None]:
    """A reader's process with connections of its own, which retries at once."""
    database = Database(url)
    listener = LogListener(database)
    await listener.start()
    runner = ReaderRunner(database, listener, [reader], backoff=[timedelta()])
    running = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await listener.stop()
        await database.dispose()


async def test_readers_survive_the_loss_of_all_their_connections(
    database_url: str, waker: LogWaker, reader: Reader, diary: Diary, workspace: UUID, tick: Tick
) -> None:
    async with worker(f"{database_url}&application_name=readers", reader):
        await tick(1)
        await diary.holds(1)
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'readers'"
            )
        await tick(2)
        await diary.reaches(workspace, 2)

    # The first commit may have been cut off; then the event came again.
    assert diary.of(workspace) in ([1, 2], [1, 1, 2])


async def test_a_process_that_takes_over_waits_for_the_lock_of_a_reader(
    database: Database, listener: LogListener, reader: Reader
) -> None:
    first, second = ReaderLocks(database), ReaderLocks(database)

    assert await first.hold(reader.key)
    assert not await second.hold(reader.key)
    await first.close()
    async with asyncio.timeout(SOON_S):
        while not await second.hold(reader.key):
            continue
    await second.close()
