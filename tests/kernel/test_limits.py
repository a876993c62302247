import asyncio
from datetime import timedelta

import pytest

from rapport.kernel import limits
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import TooMany
from rapport.kernel.ids import new_id
from rapport.kernel.limits import Limit, LocalLimiter, network
from rapport.kernel.realtime.bus import MemoryBus
from rapport.kernel.realtime.shared_counts import CHANNEL, SharedCounts
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock

LIMIT = Limit("testing", times=3, per=timedelta(minutes=1))


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_local_limit_lets_a_burst_through_and_then_refills_evenly() -> None:
    stopwatch = Stopwatch()
    limiter = LocalLimiter(LIMIT, monotonic=stopwatch)
    for _ in range(3):
        limiter.take("a")

    with pytest.raises(TooMany) as refused:
        limiter.take("a")
    assert refused.value.retry_after == 20
    limiter.take("b")
    stopwatch.seconds += 20
    limiter.take("a")
    with pytest.raises(TooMany):
        limiter.take("a")


def test_what_was_used_elsewhere_weighs_on_a_local_limit_and_is_forgotten_as_evenly() -> None:
    stopwatch = Stopwatch()
    limiter = LocalLimiter(LIMIT, monotonic=stopwatch)
    limiter.add("a", 2)
    limiter.take("a")

    limiter.add("a", 50)
    with pytest.raises(TooMany) as refused:
        limiter.take("a")
    assert refused.value.retry_after == 20, "More than a whole share is never held against anybody."
    stopwatch.seconds += 20
    limiter.take("a")


async def test_processes_tell_each_other_who_has_used_much_of_a_limit() -> None:
    bus, ten = MemoryBus(), Limit("testing", times=10, per=timedelta(hours=1))
    here, there = LocalLimiter(ten), LocalLimiter(ten)
    for limiter in (here, there):
        SharedCounts(bus, {"testing": limiter})
    heard = asyncio.Event()
    bus.subscribe(CHANNEL, lambda _: heard.set())
    here.take("modest")
    for _ in range(10):
        here.take("greedy")

    await asyncio.wait_for(heard.wait(), 5)

    for _ in range(2):  # the first quarter of a share is each process's own
        there.take("greedy")
    with pytest.raises(TooMany):
        there.take("greedy")
    for _ in range(10):
        there.take("modest")


def test_a_local_limit_forgets_the_oldest_keys_when_it_is_full() -> None:
    limiter = LocalLimiter(Limit("testing", 1, timedelta(hours=1)), size=2, monotonic=Stopwatch())
    for key in ("a", "b", "c"):
        limiter.take(key)

    limiter.take("a")
    with pytest.raises(TooMany):
        limiter.take("c")


async def test_a_shared_limit_holds_across_processes(
    database: Database, database_url: str, clock: Clock
) -> None:
    key = str(new_id())
    other_process = Database(database_url, pool_size=2, now=clock)
    for each in (database, other_process, database):
        await limits.take(each, LIMIT, key)

    with pytest.raises(TooMany) as refused:
        await limits.take(other_process, LIMIT, key)
    assert refused.value.retry_after == 20
    clock.forward(seconds=20)
    await limits.take(other_process, LIMIT, key)
    await other_process.dispose()


async def test_uses_at_once_are_all_counted(database: Database) -> None:
    key = str(new_id())

    async def take() -> bool:
        try:
            await limits.take(database, LIMIT, key)
        except TooMany:
            return False
        return True

    assert sum(await asyncio.gather(*(take() for _ in range(10)))) == 3


async def test_limits_can_be_off_for_a_benchmark(database: Database, settings: Settings) -> None:
    database.ports.provide(Settings, settings.model_copy(update={"rate_limits": False}))

    for _ in range(10):
        await limits.take(database, LIMIT, "benchmark")


def test_an_ipv6_subscriber_counts_as_one() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff") == "2001:db8::/64"
    assert network("2001:db8:0:1::1") != network("2001:db8::1")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") == "192.0.2.1"
    assert network("unix socket") == "unix socket"
