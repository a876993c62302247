"""What happens to units of work when the database is slow or gone."""

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from rapport.kernel.database import patience
from rapport.kernel.database.engine import Database
from rapport.kernel.database.patience import DatabaseAway, is_away
from rapport.kernel.http import refusal
from rapport.kernel.jobs import may_help

BUSY_S = 0.02


@pytest.fixture
async def hasty(database_url: str) -> AsyncIterator[Database]:
    """A database with two connections and little patience."""
    database = Database(database_url, pool_size=2, patience_s=0.3)
    yield database
    await database.dispose()


async def _ask(database: Database, statement: str) -> object:
    async with database.connect() as session:
        return await session.scalar(text(statement))


async def test_a_silent_server_is_given_up_and_the_next_statement_works(hasty: Database) -> None:
    began = time.monotonic()
    with pytest.raises(DBAPIError) as given_up:
        await _ask(hasty, "SELECT pg_sleep(30)")

    assert time.monotonic() - began < 10
    assert is_away(given_up.value)
    assert await _ask(hasty, "SELECT 1") == 1


async def test_a_killed_connection_is_the_database_away_and_not_a_bug(hasty: Database) -> None:
    pid = await _ask(hasty, "SELECT pg_backend_pid()")
    with psycopg.connect(hasty.url, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    with pytest.raises(DBAPIError) as killed:  # by the same connection, which the pool has kept
        await _ask(hasty, "SELECT 1")

    answer = refusal(killed.value)
    assert isinstance(answer, DatabaseAway)
    assert answer.status == 503
    assert answer.retry_after == 2
    assert may_help(killed.value)


async def test_what_is_cancelled_as_it_writes_many_rows_leaves_no_answers_for_others(
    database_url: str,
) -> None:
    database = Database(database_url, pool_size=1)

    async def cancelled() -> None:
        async with database.connect() as session:
            await session.execute(text("SELECT 1"))
            time.sleep(BUSY_S)  # noqa: ASYNC251 - after a busy moment psycopg lets others in first
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            many = text("SELECT set_config('rapport.number', :number, true)")
            await session.execute(many, [{"number": "1"}, {"number": "2"}])

    await asyncio.gather(asyncio.create_task(cancelled()), return_exceptions=True)

    assert [await _ask(database, f"SELECT {number}") for number in (3, 4)] == [3, 4]
    await database.dispose()


async def test_a_mistake_of_ours_stays_one(hasty: Database) -> None:
    with pytest.raises(ProgrammingError) as mistake:
        await _ask(hasty, "SELECT nothing")

    assert refusal(mistake.value) is None
    assert not may_help(mistake.value)


async def test_only_so_many_wait_for_a_connection(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    waiting = [asyncio.create_task(_ask(database, "SELECT 1")) for _ in range(patience.QUEUE + 2)]

    answers = await asyncio.gather(*waiting, return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, DatabaseAway)]
    assert len(refused) == 1
    late = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(is_away(answer) for answer in late if answer not in refused)
    assert answers.count(1) == len(waiting) - len(late)
    await database.dispose()


def test_a_database_that_cannot_be_reached_is_away() -> None:
    gone = psycopg.OperationalError("connection refused")

    assert is_away(gone)
    assert is_away(OperationalError("SELECT 1", None, gone))
    assert not is_away(ValueError("no database at all"))


async def test_after_a_refused_connection_nothing_is_tried_for_a_moment() -> None:
    connect = patience.connecting(None)
    nowhere = "postgresql://postgres@/rapport?host=%2Fnowhere"

    with pytest.raises(psycopg.OperationalError, match="nowhere"):
        await connect(nowhere)
    with pytest.raises(psycopg.OperationalError, match="a moment ago"):
        await connect(nowhere)
