"""F9: one message that the database refuses takes none of those written together with it along."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.faults.conftest import Record, Size
from tests.faults.house import House
from tests.faults.visitors import Refused, Visitors, check

pytestmark = pytest.mark.fault

BATCH = 64
EXTRA = 64
POISON = "poison"
_COUNTED = f"""
    CREATE SEQUENCE fault_attempts;
    CREATE FUNCTION fault_count() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN PERFORM nextval('fault_attempts'); RETURN NULL; END $$;
    CREATE FUNCTION fault_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'The fault test refuses this message.'; END $$;
    CREATE TRIGGER fault_count BEFORE INSERT ON messages
        FOR EACH STATEMENT EXECUTE FUNCTION fault_count();
    CREATE TRIGGER fault_refuse BEFORE INSERT ON messages
        FOR EACH ROW WHEN (new.body = '{POISON}') EXECUTE FUNCTION fault_refuse();
"""
_PLAIN = """
    DROP TRIGGER fault_refuse ON messages; DROP TRIGGER fault_count ON messages;
    DROP FUNCTION fault_refuse; DROP FUNCTION fault_count; DROP SEQUENCE fault_attempts;
"""


async def test_F9_a_poison_message_is_kept_aside_and_its_siblings_are_stored(
    size: Size, desk_house: House, record: Record
) -> None:
    rounds = size.of(2, 20)
    extra = []
    async with Visitors(desk_house.port, desk_house.open_chat(), BATCH + 1) as visitors:
        with _refusing(desk_house.database_url):
            for number in range(rounds):
                attempts = await _one_batch(desk_house, visitors, number)
                extra.append(attempts - 2)  # the opener, and a batch that is good
    verdict = check(desk_house.database_url, visitors)
    kept = _kept(desk_house.database_url)

    record(
        batches=rounds,
        messages=verdict.acknowledged,
        poison=rounds,
        kept_aside=kept,
        siblings_lost=verdict.lost,
        most_extra_transactions=max(extra),
    )
    assert verdict.is_clean, verdict
    assert verdict.acknowledged == rounds * BATCH
    assert kept == rounds
    assert max(extra) <= EXTRA


async def _one_batch(house: House, visitors: Visitors, number: int) -> int:
    """Write 64 messages at once, one of them poison; how many statements that took.

    While the database stands still for a moment they gather behind an opener.
    """
    opener, *others = visitors.each
    bad = others[(number * 7) % BATCH]
    before = _attempts(house.database_url)
    house.kill("postgres", signal.SIGSTOP)
    try:
        first = asyncio.create_task(opener.send(f"opener-{number}", "First"))
        await asyncio.sleep(0.1)
        rest = [
            asyncio.create_task(v.send(f"batch-{number}", POISON if v is bad else "Fine"))
            for v in others
        ]
        await asyncio.sleep(0.5)
    finally:
        house.kill("postgres", signal.SIGCONT)
    await first
    answers = await asyncio.gather(*rest, return_exceptions=True)

    failures = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(failures) == 1, failures
    assert isinstance(failures[0], Refused), failures
    assert "message_rejected" in str(failures[0])
    return _attempts(house.database_url) - before


@contextmanager
def _refusing(database_url: str) -> Iterator[None]:
    """A database that refuses one text, and counts the statements that try to store any."""
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(_COUNTED)
    try:
        yield
    finally:
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute(_PLAIN)


def _attempts(database_url: str) -> int:
    return _number(database_url, "SELECT last_value FROM fault_attempts")


def _kept(database_url: str) -> int:
    return _number(
        database_url, f"SELECT count(*) FROM rejected_messages WHERE payload LIKE '%{POISON}%'"
    )


def _number(database_url: str, query: str) -> int:
    with psycopg.connect(database_url, autocommit=True) as owner:
        row = owner.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])
