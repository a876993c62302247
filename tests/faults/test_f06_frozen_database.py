"""F6: PostgreSQL stands still for a while. Everybody is told so, nothing piles up, it goes on."""

import asyncio
import signal
import time

import httpx
import pytest

from tests.faults.conftest import Record, Size
from tests.faults.house import House
from tests.faults.visitors import Visitors, check

pytestmark = pytest.mark.fault

ANSWER_S = 16.0
"""The longest anybody may wait for an answer: for a connection, and for a statement on it."""
GROWTH_MB = 100.0
DRAINED_S = 10.0
ADDRESSES = ("/v1/me", "/v1/conversations", "/v1/inboxes", "/widget/v1/config?key={key}")


async def test_F6_a_frozen_database_is_said_and_survived(
    size: Size, house: House, record: Record
) -> None:
    frozen_s = size.of(7.0, 20.0)
    key = house.open_chat()
    agent = await asyncio.to_thread(house.agent)
    thawed = asyncio.Event()
    async with agent, Visitors(house.port, key, size.of(60, 400)) as visitors:
        before_mb = house.rss_mb("web-0")
        writing = asyncio.create_task(visitors.write(0, pause_s=0.02, until=thawed))
        await asyncio.sleep(1)

        house.kill("postgres", signal.SIGSTOP)
        try:
            asking = [
                asyncio.create_task(_ask(agent, a.format(key=key), thawed)) for a in ADDRESSES
            ]
            grown_mb = await _most_grown(house, before_mb, frozen_s)
        finally:
            house.kill("postgres", signal.SIGCONT)
        began = time.monotonic()
        thawed.set()
        await writing
        drained_s = time.monotonic() - began
        answers = [answer for answers in await asyncio.gather(*asking) for answer in answers]
        last = await visitors.each[0].send("last", "Is it over?")
    verdict = check(house.database_url, visitors)

    tally = visitors.tally
    refused = [answer for answer, _ in answers if answer.status_code != 200]
    slowest_s = max(tally.slowest_answer_s, *(seconds for _, seconds in answers))
    record(
        frozen_s=frozen_s,
        visitors=len(visitors.each),
        messages=verdict.acknowledged,
        answers_503=tally.statuses[503] + len(refused),
        answers_500=tally.statuses[500],
        slowest_answer_s=slowest_s,
        memory_grown_mb=grown_mb,
        drained_s=drained_s,
        lost=verdict.lost,
        duplicated=verdict.duplicated,
    )
    assert last > 1
    assert verdict.is_clean, verdict
    assert tally.statuses.keys() <= {0, 200, 201, 503}, tally.statuses  # 0: idle for too long
    assert tally.statuses[503] > 0
    assert tally.without_retry_after == 0
    assert refused or not size.full  # the short form ends before their patience does
    for answer in refused:
        assert answer.status_code == 503, answer.text
        assert answer.json()["code"] == "database_away"
        assert int(answer.headers["retry-after"]) > 0
    assert slowest_s <= ANSWER_S
    assert grown_mb < GROWTH_MB
    assert drained_s <= DRAINED_S


async def _ask(
    agent: httpx.AsyncClient, address: str, thawed: asyncio.Event
) -> list[tuple[httpx.Response, float]]:
    """Ask for an address again and again; the answers, and how long each took."""
    answers = []
    while not thawed.is_set():
        began = time.monotonic()
        answer = await agent.get(address, timeout=60)
        answers.append((answer, time.monotonic() - began))
        await asyncio.sleep(float(answer.headers.get("retry-after", 0.2)))
    return answers


async def _most_grown(house: House, before_mb: float, seconds: float) -> float:
    """The most by which the web process outgrows `before_mb` in so many seconds."""
    most, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(0.25)
        most = max(most, house.rss_mb("web-0") - before_mb)
    return most
