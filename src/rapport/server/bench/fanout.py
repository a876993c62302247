"""`rapport bench fanout`: one message to many sockets."""

import asyncio
import contextlib
import json
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import uvloop

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import LogWaker, emit
from rapport.server.bench.environment import fresh_database
from rapport.server.bench.fanout_server import ADDRESS, WORKSPACE, Shouted
from rapport.server.bench.sockets import Listener

ROUNDS = 20
AT_ONCE = 100
PATIENCE_S = 30.0


class Crowd:
    """All the sockets, and how many events they have heard."""

    def __init__(self, size: int) -> None:
        """Expect `size` sockets."""
        self.size = size
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
                        lambda: Listener(ADDRESS, hello, self._hear), "127.0.0.1", port
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


def run(connections: int = 2_000) -> dict[str, Any]:
    """Measure; CPU and memory are those of the server process alone.

    `delivered` is how many sockets heard the message, in the worst of the rounds. `last_ms` is the
    median time from a commit to the last socket, `cpu_us_per_delivery` counts all
    the server does meanwhile: hearing of the commit, reading the log, presenting, sending.
    """
    _raise_file_limit(connections)
    with fresh_database() as (_, url), _server(url) as (server, port):
        return uvloop.run(_measure(url, server, port, connections))


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


async def _shout(database: Database, crowd: Crowd, number: int) -> float:
    """Say one thing to all; returns the milliseconds until the last has heard it."""
    heard = crowd.heard
    async with database.begin(WORKSPACE, SYSTEM) as ctx:
        await emit(ctx, Shouted(number=number))
    begun = time.perf_counter()
    await crowd.hears(heard + crowd.size)
    return (time.perf_counter() - begun) * 1_000


@contextlib.contextmanager
def _server(url: str) -> Iterator[tuple[psutil.Process, int]]:
    """A web process of its own on a free port of the loopback."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        port = listening.getsockname()[1]
        command = [sys.executable, "-m", "rapport.server.bench.fanout_server", url]
        fd = listening.fileno()
        process = subprocess.Popen([*command, str(fd)], pass_fds=[fd])
        try:
            yield psutil.Process(process.pid), port
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _memory_kib(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / 1024


def _raise_file_limit(connections: int) -> None:
    """Let this process and its children have a file for every socket."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 200
    if soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
