import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from rapport.kernel.audit import service as audit
from rapport.kernel.context import SYSTEM, Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.conftest import Begin, Clock


async def write(begin: Begin, count: int) -> None:
    for n in range(count):
        async with begin() as ctx:
            await audit.record(ctx, "thing.done", subject=f"thing:{n}", details={"n": n})


async def shown(begin: Begin, limit: int = 99, **wanted: Any) -> list[audit.Deed]:
    async with begin() as ctx:
        return await audit.page(ctx, audit.Wanted(**wanted), before=None, limit=limit)


async def test_what_was_done_is_told_with_who_and_when(begin: Begin, clock: Clock) -> None:
    async with begin() as ctx:
        details: dict[str, object] = {"to": "Zoë \u0000 x"}
        await audit.record(ctx, "thing.done", subject="thing:1", name="One", details=details)

    [deed] = await shown(begin)

    assert (deed.verb, deed.subject, deed.actor_name) == ("thing.done", "thing:1", "Agnes Agent")
    assert deed.subject_name == "One"
    assert deed.at == clock()
    assert deed.details == {"to": "Zoë \u0000 x"}


async def test_pages_go_back_in_time(begin: Begin) -> None:
    await write(begin, 5)
    async with begin() as ctx:
        first = await audit.page(ctx, audit.Wanted(), before=None, limit=2)
        second = await audit.page(ctx, audit.Wanted(), before=first[-1].seq, limit=2)

    assert [deed.seq for deed in first + second] == [5, 4, 3, 2]


async def test_records_are_found_by_what_was_done_to_what(begin: Begin) -> None:
    await write(begin, 3)
    async with begin() as ctx:
        for verb in ("thing.undone", "thingummy.done", "other.done"):
            await audit.record(ctx, verb, subject="thing:1", details={})

    def seqs(deeds: list[audit.Deed]) -> list[int]:
        return [deed.seq for deed in deeds]

    assert seqs(await shown(begin, verbs=["thing"])) == [4, 3, 2, 1]
    assert seqs(await shown(begin, verbs=["thing.undone", "other"])) == [6, 4]
    assert seqs(await shown(begin, verbs=["thing.done"], subject="thing:1")) == [2]
    assert seqs(await shown(begin, verbs=["thing.don"])) == []


async def test_records_are_found_by_who_and_when(begin: Begin, clock: Clock, agent: Actor) -> None:
    await write(begin, 2)
    clock.forward(days=1)
    async with begin(actor=SYSTEM) as ctx:
        await audit.record(ctx, "thing.done", subject="thing:9", details={})
    now = clock()

    assert [deed.seq for deed in await shown(begin, actor=str(agent))] == [2, 1]
    assert [deed.seq for deed in await shown(begin, actor=str(SYSTEM))] == [3]
    assert [deed.seq for deed in await shown(begin, since=now)] == [3]
    assert [deed.seq for deed in await shown(begin, until=now)] == [2, 1]
    assert await shown(begin, since=now, until=now) == []


async def test_an_untouched_chain_is_intact(begin: Begin) -> None:
    await write(begin, 3)

    async with begin() as ctx:
        verdict = await audit.verify(ctx)

    assert verdict.intact
    assert verdict.records == 3


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE audit_records SET body = replace(body, '\"n\":1', '\"n\":7') WHERE seq = 2", 2),
        ("UPDATE audit_records SET verb = 'thing.undone' WHERE seq = 2", 2),
        ("DELETE FROM audit_records WHERE seq = 2", 3),
        ("DELETE FROM audit_records WHERE seq = 1", 2),
    ],
)
async def test_a_record_changed_or_removed_by_hand_is_noticed(
    begin: Begin, workspace: UUID, database_url: str, change: str, broken_at: int
) -> None:
    await write(begin, 4)
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")  # past the trigger, by force
        owner.execute(f"{change} AND workspace_id = %s", (workspace,))

    async with begin() as ctx:
        verdict = await audit.verify(ctx)

    assert not verdict.intact
    assert verdict.broken_at == broken_at


@pytest.mark.parametrize("cut", [1, 4])
async def test_a_cut_end_is_noticed_by_who_kept_the_last_hash(
    begin: Begin, workspace: UUID, database_url: str, cut: int
) -> None:
    await write(begin, 4)
    async with begin() as ctx:
        head = (await audit.verify(ctx)).head
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "DELETE FROM audit_records WHERE workspace_id = %s AND seq > %s", (workspace, 4 - cut)
        )

    async with begin() as ctx:
        alone = await audit.verify(ctx)
        kept = await audit.verify(ctx, kept=(4, head))

    assert alone.intact
    assert (kept.intact, kept.broken_at) == (False, 5 - cut)


async def test_a_chain_written_anew_is_noticed_by_who_kept_a_hash(begin: Begin) -> None:
    await write(begin, 2)

    async with begin() as ctx:
        true_ = await audit.verify(ctx)
        assert (await audit.verify(ctx, kept=(2, true_.head))).intact
        assert (await audit.verify(ctx, kept=(1, "0" * 64))).broken_at == 1


@pytest.mark.parametrize(
    "change", ["UPDATE audit_records SET body = '{}'", "DELETE FROM audit_records"]
)
async def test_not_even_the_owner_of_the_database_changes_one_by_accident(
    begin: Begin, workspace: UUID, database_url: str, change: str
) -> None:
    await write(begin, 1)

    with (
        psycopg.connect(database_url, autocommit=True) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="only ever appended"),
    ):
        owner.execute(f"{change} WHERE workspace_id = %s", (workspace,))


async def test_a_workspace_that_is_removed_takes_its_record_along(
    begin: Begin, workspace: UUID, database_url: str
) -> None:
    await write(begin, 1)

    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM workspaces WHERE id = %s", (workspace,))
        left = owner.execute(
            "SELECT count(*) FROM audit_records WHERE workspace_id = %s", (workspace,)
        ).fetchone()

    assert left == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_records SET body = '{}'",
        "DELETE FROM audit_records",
        "TRUNCATE audit_records",
        "INSERT INTO audit_records SELECT * FROM audit_records",
    ],
)
async def test_the_application_has_no_way_to_touch_a_record(begin: Begin, statement: str) -> None:
    await write(begin, 1)

    with pytest.raises(ProgrammingError, match="permission denied"):
        async with begin() as ctx:
            await ctx.session.execute(text(statement))


async def test_deeds_at_once_form_one_chain(begin: Begin) -> None:
    await asyncio.gather(*(write(begin, 3) for _ in range(5)))

    async with begin() as ctx:
        verdict = await audit.verify(ctx)

    assert verdict == audit.Verdict(True, 15, None, verdict.head)


async def test_what_was_rolled_back_was_not_done(begin: Begin) -> None:
    async def fail() -> None:
        async with begin() as ctx:
            await audit.record(ctx, "thing.done", subject="thing:1", details={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    async with begin() as ctx:
        assert (await audit.verify(ctx)).records == 0


async def test_a_strangers_record_is_another_chain(
    begin: Begin, database: Database, stranger: UUID
) -> None:
    await write(begin, 2)

    async with begin(workspace_id=stranger) as ctx:
        await audit.record(ctx, "thing.done", subject="thing:9", details={})
    async with begin(workspace_id=stranger) as ctx:
        seen = await audit.page(ctx, audit.Wanted(), before=None, limit=9)

    assert [deed.seq for deed in seen] == [1]


async def test_two_who_record_while_they_wait_for_each_others_rows_do_not_deadlock(
    begin: Begin,
) -> None:
    """The chain is held only while a unit of work commits, whatever it does after recording."""
    async with asyncio.timeout(10), begin() as first, begin() as second:
        await audit.record(first, "thing.done", subject="thing:1", details={})
        await audit.record(second, "thing.done", subject="thing:2", details={})

    async with begin() as ctx:
        assert (await audit.verify(ctx)).records == 2


def test_what_people_wrote_has_no_place_in_the_record() -> None:
    id_ = new_id()

    told = audit.shape_of({"body": "My card is 4111", "ids": [id_], "n": 3, "deep": {"x": "ab"}})

    assert told == {
        "body": "(15 characters)",
        "ids": [id_],
        "n": 3,
        "deep": {"x": "(2 characters)"},
    }
