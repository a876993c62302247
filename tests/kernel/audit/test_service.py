import asyncio
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from tests.conftest import Begin, Clock


async def write(begin: Begin, count: int) -> None:
    for n in range(count):
        async with begin() as ctx:
            await audit.record(ctx, "thing.done", subject=f"thing:{n}", details={"n": n})


async def test_what_was_done_is_told_with_who_and_when(ctx: Ctx, clock: Clock) -> None:
    await audit.record(ctx, "thing.done", subject="thing:1", details={"to": "Zoë \u0000 x"})

    [deed] = await audit.page(ctx, before=None, limit=10, verb=None, subject=None)

    assert (deed.verb, deed.subject, deed.actor_name) == ("thing.done", "thing:1", "Agnes Agent")
    assert deed.at == clock()
    assert deed.details == {"to": "Zoë \u0000 x"}


async def test_pages_go_back_in_time_and_filter(begin: Begin) -> None:
    await write(begin, 5)
    async with begin() as ctx:
        first = await audit.page(ctx, before=None, limit=2, verb=None, subject=None)
        second = await audit.page(ctx, before=first[-1].seq, limit=2, verb=None, subject=None)
        one = await audit.page(ctx, before=None, limit=9, verb="thing.done", subject="thing:3")

    assert [deed.seq for deed in first + second] == [5, 4, 3, 2]
    assert [deed.details for deed in one] == [{"n": 3}]


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
        owner.execute(f"{change} AND workspace_id = %s", (workspace,))

    async with begin() as ctx:
        verdict = await audit.verify(ctx)

    assert not verdict.intact
    assert verdict.broken_at == broken_at


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
        seen = await audit.page(ctx, before=None, limit=9, verb=None, subject=None)

    assert [deed.seq for deed in seen] == [1]
