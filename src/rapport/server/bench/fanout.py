"""`rapport bench fanout`: one message to many sockets."""

import asyncio
import contextlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx
import psutil
import uvloop

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import LogWaker, emit
from rapport.server.bench.echo_server import SHOUT
from rapport.server.bench.environment import fresh_database, raise_file_limit, serving
from rapport.server.bench.fanout_server import ADDRESS, WORKSPACE, Shouted
from rapport.server.bench.sockets import Listener

ROUNDS = 20
AT_ONCE = 100
PATIENCE_S = 30.0
FRAME_BYTES = 900
"""About what the event frame of an ordinary message takes."""
_SERVER = (sys.executable, "-m", "rapport.server.bench.fanout_server")
_BARE = (sys.executable, "-m", "rapport.server.bench.echo_server")


class Crowd:
    """All the sockets, and how many events they have heard."""

    def __init__(self, size: int, address: str = ADDRESS) -> None:
        """Expect `size` sockets at `address`."""
        self.size = size
        self._address = address
        self.ready = 0
        self.heard = 0
        self._goal: Callable[[], bool] = lambda: False
        self._reached = asyncio.Event()
        self._members: list[Listener] = []

    async def connect(self, port: int) -> None:
        """Open the sockets, some at a time, and wait until each is subscribed."""
        hello = json.dumps({"type": "hello", "cursor": None, "topics": ["inbox"]})
        loop = asyncio.get_running_loop()
        for start in range(0, self.size, AT_ONCE):
            group = range(min(AT_ONCE, self.size - start))
            opened = await asyncio.gather(
                *(
                    loop.create_connection(
                        lambda: Listener(self._address, hello, self._hear), "127.0.0.1", port
                    )
                    for _ in group
                )
            )
            self._members += [member for _, member in opened]
            wanted = start + len(group)
            await self._reach(lambda wanted=wanted: self.ready >= wanted)  # type: ignore[misc]

    async def hears(self, events: int) -> None:
        """Wait until all sockets together have heard so many events, but not for ever."""
        with contextlib.suppress(TimeoutError):
            await self._reach(lambda: self.heard >= events)

    async def _reach(self, goal: Callable[[], bool]) -> None:
        self._goal = goal
        self._reached.clear()
        if not goal():
            await asyncio.wait_for(self._reached.wait(), PATIENCE_S)

    def _hear(self, text: bytes) -> None:
        if text.startswith(b'{"type":"ready"'):
            self.ready += 1
        elif b'"type":"event"' in text:
            self.heard += 1
        if self._goal():
            self._reached.set()


def run(connections: int = 2_000, *, references: bool = False) -> dict[str, Any]:
    """Measure; CPU and memory are those of the server process alone.

    `delivered` is how many sockets heard the message, in the worst of the rounds. `last_ms` is the
    median time from a commit to the last socket, `cpu_us_per_delivery` counts all
    the server does meanwhile: hearing of the commit, reading the log, presenting, sending. With
    `references` also what the same server class takes to send the same bytes and do nothing else.
    """
    raise_file_limit(connections)
    with fresh_database() as (_, url), serving([*_SERVER, url]) as (port, pid):
        result = uvloop.run(_measure(url, psutil.Process(pid), port, connections))
    if references:
        with serving(_BARE) as (port, pid):
            result |= uvloop.run(_measure_bare(psutil.Process(pid), port, connections))
    return result


async def _measure(url: str, server: psutil.Process, port: int, connections: int) -> dict[str, Any]:
    database = Database(url, pool_size=2)
    waker = LogWaker(database)
    await waker.start()
    warm_up = Crowd(50)
    await warm_up.connect(port)
    await _shout(database, warm_up, 0)

    memory_before = _memory_kib(server)
    crowd = Crowd(connections)
    await crowd.connect(port)
    memory_after = _memory_kib(server)

    cpu_before = _cpu_s(server)
    times, heard = [], []
    for number in range(ROUNDS):
        before = crowd.heard
        times.append(await _shout(database, crowd, number))
        heard.append(crowd.heard - before)
    cpu = _cpu_s(server) - cpu_before
    await waker.stop()
    await database.dispose()
    deliveries = ROUNDS * (connections + warm_up.size)
    return {
        "connections": connections,
        "delivered": min(heard),
        "last_ms": round(statistics.median(times), 2),
        "last_ms_max": round(max(times), 2),
        "cpu_us_per_delivery": round(cpu * 1e6 / deliveries, 2),
        "kib_per_connection": round((memory_after - memory_before) / connections, 2),
        "rounds": ROUNDS,
    }


async def _measure_bare(server: psutil.Process, port: int, connections: int) -> dict[str, Any]:
    body = b'{"type":"event"' + b" " * (FRAME_BYTES - 16) + b"}"
    crowd = Crowd(connections, "/agent")
    await crowd.connect(port)
    cpu_before, times = _cpu_s(server), []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        for _ in range(ROUNDS):
            heard, begun = crowd.heard, time.perf_counter()
            posted = asyncio.create_task(http.post(SHOUT, content=body, timeout=PATIENCE_S))
            await crowd.hears(heard + crowd.size)
            times.append((time.perf_counter() - begun) * 1_000)
            await posted
    cpu = _cpu_s(server) - cpu_before
    return {
        "bare_last_ms": round(statistics.median(times), 2),
        "bare_cpu_us_per_delivery": round(cpu * 1e6 / (ROUNDS * connections), 2),
    }


async def _shout(database: Database, crowd: Crowd, number: int) -> float:
    """Say one thing to all; returns the milliseconds until the last has heard it."""
    heard = crowd.heard
    async with database.begin(WORKSPACE, SYSTEM) as ctx:
        await emit(ctx, Shouted(number=number))
    begun = time.perf_counter()
    await crowd.hears(heard + crowd.size)
    return (time.perf_counter() - begun) * 1_000


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _memory_kib(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / 1024
