from contextlib import suppress
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Malformed
from rapport.kernel.events import Cursor, Event, emit, head, log
from rapport.kernel.events.catalogue import UnknownEvent, parse
from rapport.kernel.events.tail import Tail
from tests.conftest import Begin
from tests.kernel.events.conftest import Tick, Ticked, Tocked


async def test_an_event_exists_only_if_its_transaction_commits(ctx: Ctx, begin: Begin) -> None:
    start = await head(ctx)
    async with begin() as work:
        await emit(work, Ticked(number=1))
    with suppress(ZeroDivisionError):
        async with begin() as work:
            await emit(work, Ticked(number=2))
            raise ZeroDivisionError

    found = await log.of_workspace(ctx, start)

    assert [record.event for record in found] == [Ticked(number=1)]
    assert found[0].actor == str(ctx.actor)
    assert found[0].created_at == ctx.now()


async def test_commit_order_never_hides_a_row(database: Database, begin: Begin, tail: Tail) -> None:
    async with database.connect() as session:
        cursor = (await log.state(session)).tip

    async with begin() as slow:
        await emit(slow, Ticked(number=1))
        async with begin() as quick:
            await emit(quick, Ticked(number=2))
        async with database.connect() as session:
            while_it_runs = await log.after(session, cursor)
        horizon, visible = await tail.recent(cursor, [], limit=10)
        _, finished = await tail.finished(cursor, limit=10)
    async with database.connect() as session:
        afterwards = await log.after(session, cursor)

    assert while_it_runs == finished == []
    assert [r.event for r in visible] == [Ticked(number=2)]
    assert all(r.tx >= horizon for r in visible)
    assert [r.event for r in afterwards] == [Ticked(number=1), Ticked(number=2)]


async def test_recent_skips_what_was_seen_and_always_tells_the_horizon(
    database: Database, tick: Tick, tail: Tail
) -> None:
    async with database.connect() as session:
        cursor = (await log.state(session)).tip
    await tick(1, 2)
    _, both = await tail.recent(cursor, [], limit=10)

    horizon, rest = await tail.recent(cursor, [both[0].id], limit=10)
    nothing = await tail.recent(both[1].cursor, [], limit=10)

    assert [r.event for r in rest] == [Ticked(number=2)]
    assert horizon > both[1].tx
    assert nothing == (horizon, [])


async def test_the_head_splits_what_is_known_from_what_is_to_come(ctx: Ctx, tick: Tick) -> None:
    await tick(1)
    cursor = await head(ctx)
    await tick(2)

    assert [r.event for r in await log.of_workspace(ctx, cursor)] == [Ticked(number=2)]


async def test_after_can_be_asked_for_some_kinds_only(database: Database, begin: Begin) -> None:
    async with database.connect() as session:
        cursor = (await log.state(session)).tip
    async with begin() as work:
        await log.emit_many(work, [Ticked(number=1), Tocked(number=2)])

    async with database.connect() as session:
        found = await log.after(session, cursor, names=["testing.tocked"])

    assert [r.event for r in found] == [Tocked(number=2)]


async def test_a_stranger_reads_nothing_of_the_log(
    begin: Begin, stranger: UUID, tick: Tick
) -> None:
    await tick(1)

    async with begin(workspace_id=stranger) as other:
        assert await log.of_workspace(other, log.BEGINNING) == []


async def test_events_can_be_neither_changed_nor_removed(begin: Begin, tick: Tick) -> None:
    await tick(1)

    for deed in ("UPDATE events SET actor = 'me'", "DELETE FROM events"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with begin() as work:
                await work.session.execute(text(deed))


async def test_a_restored_database_goes_on_behind_its_old_transactions(
    database: Database, database_url: str, begin: Begin, tick: Tick
) -> None:
    await tick(1, 2)
    distance = 1_000_000
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("UPDATE events SET tx = tx + %s", (distance,))
        owner.execute("UPDATE reader_cursors SET tx = tx + %s", (distance,))

    async with database.connect() as session:
        await session.execute(text("SELECT log_rebase()"))
        again = await session.scalar(text("SELECT log_rebase()"))
    await tick(3)

    assert again == 0
    async with begin() as work:
        found = await log.of_workspace(work, log.BEGINNING)
        assert [r.event for r in found] == [Ticked(number=n) for n in (1, 2, 3)]
        assert found[1].cursor < await head(work)


@pytest.mark.parametrize("written", ["", "12", "12-", "-3", "a-b", "1-2-3", "9" * 30 + "-1", "٣-٤"])
def test_what_is_not_a_cursor_is_refused(written: str) -> None:
    with pytest.raises(Malformed):
        Cursor.parse(written)


def test_a_cursor_reads_what_it_writes() -> None:
    assert Cursor.parse(str(Cursor(12, 34))) == Cursor(12, 34)


def test_two_events_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match=r"testing\.ticked"):

        class Impostor(Event, name="testing.ticked"):
            pass


def test_an_event_nobody_declares_is_unknown() -> None:
    with pytest.raises(UnknownEvent):
        parse("testing.never_declared", {})
