import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text

from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM, Ctx, utc_now
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import NotFound, Unreachable
from rapport.kernel.events import LogWaker
from tests.conftest import Begin

done: list[tuple[str, str]] = []
finished = asyncio.Event()


@jobs.task("testing.greet")
async def greet(workspace_id: str, whom: str) -> None:
    done.append((workspace_id, whom))
    finished.set()


@jobs.task("testing.refuse")
async def refuse(workspace_id: str, retryable: bool) -> None:
    raise Unreachable if retryable else NotFound


@jobs.task("testing.dawdle")
async def dawdle(workspace_id: str, patience_s: float) -> None:
    finished.set()
    await asyncio.sleep(patience_s)
    done.append((workspace_id, "dawdled"))


@pytest.fixture(autouse=True)
async def forget(database: Database) -> AsyncIterator[None]:
    done.clear()
    finished.clear()
    yield
    async with database.connect() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))


async def jobs_of(ctx: Ctx, name: str) -> list[tuple[str, int]]:
    found = await ctx.session.execute(
        text(
            "SELECT status::text, attempts FROM procrastinate_jobs "
            "WHERE task_name = :name AND args->>'workspace_id' = :id"
        ),
        {"name": name, "id": str(ctx.workspace_id)},
    )
    return [(row.status, row.attempts) for row in found]


async def test_a_job_exists_if_and_only_if_the_change_was_committed(
    database: Database, begin: Begin
) -> None:
    with suppress(ZeroDivisionError):
        async with begin() as work:
            await jobs.defer(work, greet, whom="nobody")
            raise ZeroDivisionError
    async with begin() as work:
        await jobs.defer(work, greet, whom="Ada")
        workspace = str(work.workspace_id)

    await jobs.run(database, wait=False)

    assert done == [(workspace, "Ada")]


async def test_a_job_for_later_waits(database: Database, begin: Begin) -> None:
    async with begin() as work:
        await jobs.defer(work, greet, whom="Ada", at=utc_now() + timedelta(hours=1))

    await jobs.run(database, wait=False)

    assert done == []


async def test_only_failures_that_may_pass_are_tried_again(
    database: Database, begin: Begin
) -> None:
    async with begin() as work:
        await jobs.defer(work, refuse, retryable=True)
    await jobs.run(database, wait=False)
    async with begin() as work:
        assert await jobs_of(work, "testing.refuse") == [("todo", 1)]

    async with begin() as work:
        await jobs.defer(work, refuse, retryable=False)
    await jobs.run(database, wait=False)
    async with begin() as work:
        assert sorted(await jobs_of(work, "testing.refuse")) == [("failed", 1), ("todo", 1)]


async def test_a_running_worker_hears_of_a_new_job_after_the_commit(
    database: Database, begin: Begin
) -> None:
    waker = LogWaker(database)
    await waker.start()
    worker = asyncio.create_task(jobs.run(database))

    async with begin() as work:
        await jobs.defer(work, greet, whom="Ada")
    await asyncio.wait_for(finished.wait(), 10)

    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    await waker.stop()


async def test_a_worker_survives_the_loss_of_its_connections(
    database: Database, database_url: str, begin: Begin
) -> None:
    theirs = Database(f"{database_url}&application_name=jobs")
    worker = asyncio.create_task(jobs.run(theirs))
    async with begin() as work:
        await jobs.defer(work, greet, whom="Ada")
    await asyncio.wait_for(finished.wait(), 10)
    finished.clear()

    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jobs'"
        )
    async with begin() as work:
        await jobs.defer(work, greet, whom="Bob")
    await asyncio.wait_for(finished.wait(), 20)

    assert [whom for _, whom in done] == ["Ada", "Bob"]
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    await theirs.dispose()


async def test_a_process_that_is_no_worker_has_no_worker_database() -> None:
    with pytest.raises(RuntimeError):
        jobs.worker_database()


async def test_a_periodic_job_can_visit_every_workspace(database: Database, begin: Begin) -> None:
    async with begin(SYSTEM) as work, jobs.serving(database):
        assert work.workspace_id in await jobs.every_workspace()


async def test_a_worker_that_stops_finishes_what_takes_little(
    database: Database, begin: Begin
) -> None:
    async with begin() as work:
        await jobs.defer(work, dawdle, patience_s=0.2)
    worker = asyncio.create_task(jobs.run(database))
    await asyncio.wait_for(finished.wait(), 10)

    worker.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(worker, 10)

    async with begin() as work:
        assert done == [(str(work.workspace_id), "dawdled")]
        assert await jobs_of(work, "testing.dawdle") == []


async def test_a_worker_that_stops_gives_back_what_takes_long(
    database: Database, begin: Begin
) -> None:
    async with begin() as work:
        await jobs.defer(work, dawdle, patience_s=3_600)
    worker = asyncio.create_task(jobs.run(database, finish_s=0.1))
    await asyncio.wait_for(finished.wait(), 10)

    worker.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(worker, 10)

    async with begin() as work:
        assert done == []
        [(status, _)] = await jobs_of(work, "testing.dawdle")
        assert status == "todo", "The next worker begins it anew."
