"""F1: processes are killed under load, and nobody who was told "stored" was lied to."""

import asyncio
import random
import time

import psycopg
import pytest

from tests.faults.conftest import Record, Size
from tests.faults.house import House, until
from tests.faults.visitors import Tally, Visitors, check, readers_behind

pytestmark = pytest.mark.fault

TALK = 50
"""Messages of one visitor in one conversation."""
PROCESS_BACK_S = 2.0
POSTGRES_BACK_S = 10.0
CAUGHT_UP_S = 900.0
Cursors = list[tuple[str, int, int]]


async def test_F1_killed_processes_lose_nothing(size: Size, house: House, record: Record) -> None:
    messages = size.of(2_000, 100_000)
    targets = ["web-0", "worker-0"] * size.of(1, 7) + ["postgres"] * size.of(1, 6)
    random.shuffle(targets)
    pause_s, done = size.of(0.02, 0.06), asyncio.Event()
    async with Visitors(house.port, house.open_chat(), size.of(16, 48)) as visitors:
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            group.create_task(visitors.write(messages, pause_s=pause_s, talk=TALK, until=done))
            slowest = await _kill(house, targets, visitors.tally, messages)
            done.set()
        written_s = time.monotonic() - began
    caught_up_s = 0.0
    if size.full:  # the readers handle what the dead ones had begun, and all the rest
        caught_up_s = await asyncio.to_thread(
            until, lambda: readers_behind(house.database_url) == 0, CAUGHT_UP_S
        )
    verdict = check(house.database_url, visitors)

    tally = visitors.tally
    record(
        messages=verdict.acknowledged,
        messages_per_s=round(verdict.acknowledged / written_s),
        killed_web=targets.count("web-0"),
        killed_worker=targets.count("worker-0"),
        killed_postgres=targets.count("postgres"),
        lost=verdict.lost,
        duplicated=verdict.duplicated,
        seq_gaps=verdict.seq_gaps,
        counter_drift=verdict.counter_drift,
        log_drift=verdict.log_drift,
        **{f"{name.removesuffix('-0')}_back_s": seconds for name, seconds in slowest.items()},
        readers_caught_up_s=caught_up_s,
        slowest_message_s=tally.slowest_s,
        answers_500=tally.statuses[500],
        answers_503=tally.statuses[503],
        connections_lost=tally.statuses[0],
    )
    assert verdict.is_clean, verdict
    assert tally.statuses[500] == 0
    assert tally.without_retry_after == 0
    assert slowest["web-0"] <= PROCESS_BACK_S
    assert slowest["worker-0"] <= PROCESS_BACK_S
    assert slowest["postgres"] <= POSTGRES_BACK_S


async def _kill(house: House, targets: list[str], tally: Tally, messages: int) -> dict[str, float]:
    """Kill one after another, each at a random moment of its share of the messages.

    Before each the house is whole again, the spare process included.

    Returns:
        The longest that each kind was away, in seconds.
    """
    slowest = dict.fromkeys(targets, 0.0)
    share = messages / (len(targets) + 1)
    for place, name in enumerate(targets):
        moment = share * (place + random.random())
        await asyncio.to_thread(_wait_for, tally, moment)
        await asyncio.to_thread(house.wait_whole)
        seconds = await asyncio.to_thread(_kill_and_wait, house, name)
        slowest[name] = max(slowest[name], seconds)
    return slowest


def _wait_for(tally: Tally, messages: float) -> None:
    until(lambda: len(tally.acknowledged) >= messages, 600)


def _kill_and_wait(house: House, name: str) -> float:
    """How long it was away: until requests are answered, or the readers of the log go on."""
    began = time.monotonic()
    killed = house.kill(name)
    if name == "worker-0":
        time.sleep(0.05)  # what its last transaction still committed
        stood = _cursors(house.database_url)
        until(lambda: _cursors(house.database_url) != stood, 60, lambda: _scene(house))
    else:
        house.wait_back(name, killed)
        house.wait_ready(60)
    return time.monotonic() - began


def _cursors(database_url: str) -> Cursors:
    with psycopg.connect(database_url, autocommit=True) as owner:
        query = "SELECT reader, tx, id FROM reader_cursors ORDER BY reader"
        return owner.execute(query).fetchall()


def _scene(house: House) -> str:
    return f"{house.processes()}\n{house.log[-8_000:]}"
