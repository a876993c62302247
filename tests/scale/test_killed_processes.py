"""F1 on several machines: processes and the database's server are killed, and nothing is lost."""

import asyncio

import pytest

from tests.faults.house import until
from tests.faults.visitors import Visitors, check, readers_behind
from tests.scale.servers import ExternalPostgres
from tests.scale.street import Street


@pytest.mark.parametrize("victim", ["web-0", "worker-1", "postgres"])
async def test_killing_a_process_loses_nothing_that_was_acknowledged(
    street: Street, postgres: ExternalPostgres, victim: str
) -> None:
    done = asyncio.Event()
    key = await asyncio.to_thread(street.open_chat)
    async with Visitors(street.port, key, 8) as visitors, asyncio.TaskGroup() as group:
        group.create_task(visitors.write(100, pause_s=0.1, prefix=victim, until=done))
        await asyncio.to_thread(until, lambda: len(visitors.tally.acknowledged) > 40, 60)
        if victim == "postgres":
            await asyncio.to_thread(postgres.crash)
        else:
            await asyncio.to_thread(street.kill, victim)
        killed_at = len(visitors.tally.acknowledged)
        await asyncio.to_thread(
            until, lambda: len(visitors.tally.acknowledged) > killed_at + 40, 120
        )
        await asyncio.to_thread(street.wait_up)
        done.set()

    await asyncio.to_thread(until, lambda: readers_behind(street.database_url) == 0, 60)
    verdict = check(street.database_url, visitors)
    assert verdict.is_clean, verdict
    assert verdict.acknowledged >= 80
