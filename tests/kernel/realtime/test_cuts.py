"""Clients that are cut off again and again end up knowing exactly what was committed."""

import asyncio
import random
from uuid import UUID

import pytest
from starlette.types import ASGIApp

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import emit
from rapport.kernel.realtime.app import realtime_app
from rapport.kernel.realtime.hub import Hub
from tests.kernel.realtime.conftest import Chimed, Door
from tests.kernel.realtime.wire import Frame, Wire, connected

TOWERS = ("north", "south")


class Client:
    """What the browser's client does with frames: remembers its place, and skips what it has."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.known: dict[str, str] = {}
        self.last: str | None = None
        self.complete: str | None = None
        self.cuts = 0
        self.resets = 0

    async def stay(self, app: ASGIApp, finished: asyncio.Event, goal: int) -> None:
        """Listen until everything was committed and heard, through many cuts."""
        while not (finished.is_set() and len(self.known) >= goal):
            async with connected(app) as wire:
                ready = await wire.hello("inbox", cursor=self.complete)
                if self.last is None:
                    self.last = self.complete = ready["cursor"]
                await self.listen(wire, finished, goal)
            self.cuts += 1

    async def listen(self, wire: Wire, finished: asyncio.Event, goal: int) -> None:
        """Hear a few frames, or more once nothing is written any more.

        A returning client first gets again what was written beside its place. One that is always
        cut before the end of that never gets further, however often it comes back.
        """
        patience = self.chance.randint(1, goal if finished.is_set() else 30)
        while patience and not (finished.is_set() and len(self.known) >= goal):
            frame = await wire.next("event", "reset", "heartbeat")
            patience -= 1
            self.apply(frame)

    def apply(self, frame: Frame) -> None:
        if frame["type"] == "reset":
            self.resets += 1
        elif frame["type"] == "event":
            if frame["cursor"] != self.last:
                self.complete, self.last = self.last, frame["cursor"]
            self.known[frame["chime"]["id"]] = frame["chime"]["tower"]


async def commit_at_random(
    database: Database, workspace: UUID, numbers: list[int], chance: random.Random
) -> dict[str, str]:
    """Commit chimes in transactions of different lengths that overlap."""
    rung: dict[str, str] = {}
    async with database.begin(workspace, SYSTEM) as ctx:
        for number in numbers:
            tower = chance.choice(TOWERS)
            await emit(ctx, Chimed(tower=tower, number=number))
            rung[str(number)] = tower
            await asyncio.sleep(chance.random() / 200)
    return rung


@pytest.mark.parametrize("seed", [1, 2])
async def test_many_cuts_among_overlapping_transactions_lose_nothing(
    hub: Hub, door: Door, database: Database, workspace: UUID, seed: int
) -> None:
    chance = random.Random(seed)
    app = realtime_app(door, hub)
    batches = [[n * 100 + i for i in range(chance.randint(1, 5))] for n in range(60)]
    total = sum(len(batch) for batch in batches)
    finished = asyncio.Event()
    clients = [Client(random.Random(seed * 1_000 + n)) for n in range(12)]
    listening = [asyncio.create_task(c.stay(app, finished, total)) for c in clients]
    async with asyncio.timeout(5):
        while len(hub.topics) < len(clients):  # noqa: ASYNC110 - until all have said hello
            await asyncio.sleep(0.01)

    writers = asyncio.Semaphore(6)

    async def write(batch: list[int]) -> dict[str, str]:
        async with writers:
            return await commit_at_random(database, workspace, batch, chance)

    truth: dict[str, str] = {}
    for rung in await asyncio.gather(*(write(batch) for batch in batches)):
        truth |= rung
    finished.set()
    _, late = await asyncio.wait(listening, timeout=20)

    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    assert not late, [(len(truth.keys() - c.known), c.cuts, c.complete, c.last) for c in clients]
    await asyncio.gather(*listening)
    assert all(client.known == truth for client in clients)
    assert sum(client.cuts for client in clients) > 50
    assert sum(client.resets for client in clients) == 0
