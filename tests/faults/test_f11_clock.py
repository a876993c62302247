"""F11: a clock that jumps an hour forth and back orders nothing, and makes no time negative.

The application's clock jumps and the database's does not, which is worse than both jumping.
"""

import asyncio
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.faults.conftest import Record, Size
from tests.faults.desk import agent_client, agent_state
from tests.faults.house import House
from tests.faults.listening import fingerprint
from tests.faults.visitors import Visitors, check

pytestmark = pytest.mark.fault

HOUR_S = 3_600
SITE = Path(__file__).parent / "jumping_clock"
_IMPOSSIBLE = """
    SELECT count(*) FROM conversations
    WHERE greatest(last_activity_at, waiting_since) > now() + interval '61 minutes'
        OR waiting_since > last_activity_at OR resolved_at < created_at
        OR last_activity_at < created_at
"""


async def test_F11_a_clock_that_jumps_an_hour_reorders_nothing(
    size: Size, record: Record, tmp_path: Path
) -> None:
    jumps, messages = size.of(3, 12), size.of(60, 500)
    offset = tmp_path / "offset"
    house = House(
        fsync=size.full,
        environment={"PYTHONPATH": str(SITE), "RAPPORT_TEST_CLOCK": str(offset)},
    )
    await asyncio.to_thread(house.start)
    try:
        await _jump_about(house, record, offset, jumps, messages)
    finally:
        await asyncio.to_thread(house.close)


async def _jump_about(
    house: House, record: Record, offset: Path, jumps: int, messages: int
) -> None:
    key = await asyncio.to_thread(house.open_chat)
    crowd = Visitors(house.port, key, 5)
    await crowd.arrive()
    talks = [visitor.conversation_id for visitor in crowd.each]
    dice = random.Random(11)
    async with await asyncio.to_thread(house.agent) as agent, asyncio.timeout(300):
        client = agent_client(house, agent, house.port, *talks)
        staying = asyncio.create_task(client.stay())
        await client.live.wait()
        for jump in range(jumps):
            hours = dice.choice((-1, 1)) if jump % 3 else (jump // 3) % 2 * 2 - 1
            await _set(offset, hours)
            await crowd.write(messages // jumps, prefix=f"jump-{jump}")
            talk = talks[jump % len(talks)]
            for status in ("resolved", "pending", "open", "resolved"):
                answer = await agent.put(
                    f"/v1/conversations/{talk}/status", json={"status": status}
                )
                assert answer.status_code == 200, answer.text
            assert (await agent.get("/v1/conversations/counters")).status_code == 200
            assert (await agent.get("/v1/me")).status_code == 200
            await _snooze(agent, talk, hours)
        await _set(offset, 0)
        await crowd.write(len(talks), prefix="after")
        fresh = await agent_state(agent, *talks)
        deadline = time.monotonic() + 10
        while fingerprint(client.state, without=("seen_seq",)) != fingerprint(
            fresh, without=("seen_seq",)
        ):
            assert time.monotonic() < deadline, "the agent's window is not what a fetch shows"
            await asyncio.sleep(0.1)
            fresh = await agent_state(agent, *talks)
        staying.cancel()
        await asyncio.gather(staying, return_exceptions=True)
        listed = await _ordered_by_number(agent, talks)
    crowd.leave()
    verdict = check(house.database_url, crowd)
    wrong_times = _wrong_times(house.database_url)
    record(
        jumps=jumps,
        messages=verdict.acknowledged,
        out_of_order=sum(not ordered for ordered in listed),
        wrong_times=wrong_times,
        sockets_lost=client.losses,
    )
    assert verdict.is_clean, verdict
    assert all(listed)
    assert wrong_times == 0
    assert client.losses == 0


async def _set(offset: Path, hours: int) -> None:
    """Let the clock jump to so many hours from the real time."""
    await asyncio.to_thread(offset.write_text, str(hours * HOUR_S))


async def _snooze(agent: httpx.AsyncClient, talk: str, hours: int) -> None:
    """Snooze until half an hour from the server's now, and wake it by hand again."""
    until = datetime.fromtimestamp(time.time() + hours * HOUR_S).astimezone() + timedelta(
        minutes=30
    )
    body = {"status": "snoozed", "snoozed_until": until.isoformat()}
    answer = await agent.put(f"/v1/conversations/{talk}/status", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "snoozed"
    answer = await agent.put(f"/v1/conversations/{talk}/status", json={"status": "open"})
    assert answer.status_code == 200, answer.text


async def _ordered_by_number(agent: httpx.AsyncClient, talks: list[str]) -> list[bool]:
    """Whether each thread is shown in the order of its numbers, without a hole."""
    found = []
    for talk in talks:
        seqs, after = list[int](), 0
        while True:
            answer = await agent.get(
                f"/v1/conversations/{talk}/messages", params={"after_seq": after, "limit": 100}
            )
            items = answer.raise_for_status().json()["items"]
            if not items:
                break
            seqs += [item["seq"] for item in items]
            after = seqs[-1]
        found.append(seqs == list(range(1, len(seqs) + 1)))
    return found


def _wrong_times(database_url: str) -> int:
    """Conversations with a negative time, such as an end before the beginning."""
    with psycopg.connect(database_url) as owner:
        row = owner.execute(_IMPOSSIBLE).fetchone()
    assert row is not None
    return int(row[0])
