"""F18: thousands listen, hundreds of messages a second flow: heard soon, no memory lost."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import cast

import pytest

from rapport.server.bench.sockets import Listener
from tests.faults.conftest import Record, Size
from tests.faults.desk import agent_client
from tests.faults.house import House, until
from tests.faults.listening import p99
from tests.faults.visitors import Visitor, Visitors, readers_behind

pytestmark = pytest.mark.fault

DELIVERED_S = 0.25
GROWTH = 1.05
BEHIND_S = 10.0
"""How long after the last message the readers of the log may still be at work."""
DESKS = 4
WRITERS = 100
_CLIENT_ID = re.compile(rb'"client_id":"(load-[0-9]+)"')


class Crowd:
    """Visitors who all listen, and of whom some write at any moment."""

    def __init__(self, house: House, visitors: Visitors) -> None:
        self.house = house
        self.visitors = visitors
        self.sent: dict[bytes, float] = {}
        self.took: list[float] = []
        self.listeners: list[Listener] = []
        self.written = 0

    async def listen(self) -> None:
        """Open a socket for each."""
        loop = asyncio.get_running_loop()
        hello = json.dumps({"type": "hello", "cursor": None, "topics": []})
        ready = asyncio.Event()
        waiting = len(self.visitors.each)

        def came(frame: bytes) -> None:
            nonlocal waiting
            if b'"type":"ready"' in frame:
                waiting -= 1
                if not waiting:
                    ready.set()
            else:
                self.hear(frame)

        for visitor in self.visitors.each:
            address = f"/widget/v1/realtime?token={visitor.token}"
            make = cast("Callable[[], Listener]", lambda at=address: Listener(at, hello, came))
            _, listener = await loop.create_connection(make, "127.0.0.1", self.house.port)
            self.listeners.append(listener)
        await asyncio.wait_for(ready.wait(), 60)

    def hear(self, frame: bytes) -> None:
        """Note how long a message of ours took."""
        found = _CLIENT_ID.search(frame)
        if found is not None:
            at = self.sent.pop(found[1], None)
            if at is not None:
                self.took.append(time.monotonic() - at)

    async def write(self, rate: int, seconds: float) -> None:
        """So many messages a second, whether answers come or not; writers take turns."""
        began, first = time.monotonic(), self.written
        self.written += int(rate * seconds)
        numbers = iter(range(first, self.written))
        writers = min(WRITERS, rate)

        async def each(courier: Visitor) -> None:
            for number in numbers:
                left = began + (number - first) / rate - time.monotonic()
                if left > 0:
                    await asyncio.sleep(left)
                visitor = self.visitors.each[number % len(self.visitors.each)]
                courier.token, courier.conversation_id = visitor.token, visitor.conversation_id
                client_id = f"load-{number}"
                self.sent[client_id.encode()] = time.monotonic()
                await courier.send(client_id, f"Message {number}")

        couriers = [Visitor(n, self.house.port, self.visitors.tally) for n in range(writers)]
        await asyncio.gather(*map(each, couriers))
        for courier in couriers:
            courier.hang_up()

    def leave(self) -> None:
        """Hang up."""
        self.visitors.leave()
        for listener in self.listeners:
            if listener.transport is not None:
                listener.transport.abort()


async def test_F18_messages_are_heard_soon_under_load_and_memory_stays(
    size: Size, desk_house: House, record: Record
) -> None:
    sockets, rate = size.of(200, 2_000), size.of(100, 500)
    warm_s, seconds = size.of(2.0, 120.0), size.of(6.0, 1_800.0)
    key = await asyncio.to_thread(desk_house.open_chat)
    visitors = Visitors(desk_house.port, key, sockets - DESKS)
    await visitors.arrive()
    crowd = Crowd(desk_house, visitors)
    async with await asyncio.to_thread(desk_house.agent) as agent:
        desks = [agent_client(desk_house, agent, desk_house.port) for _ in range(DESKS)]
        staying = [asyncio.create_task(desk.stay()) for desk in desks]
        await asyncio.gather(*(desk.live.wait() for desk in desks))
        await crowd.listen()

        await crowd.write(rate, warm_s)
        crowd.took.clear()
        visitors.tally.acknowledged.clear()
        before, began = await asyncio.to_thread(desk_house.rss_mb, "web-0"), time.monotonic()
        await crowd.write(rate, seconds)
        took_s = time.monotonic() - began
        after = await asyncio.to_thread(desk_house.rss_mb, "web-0")
        behind_s = await asyncio.to_thread(
            until, lambda: readers_behind(desk_house.database_url) == 0, 120
        )
        for task in staying:
            task.cancel()
        await asyncio.gather(*staying, return_exceptions=True)
    lost = sum(listener.lost for listener in crowd.listeners)
    crowd.leave()

    record(
        sockets=sockets,
        messages=len(visitors.tally.acknowledged),
        messages_per_s=len(visitors.tally.acknowledged) / took_s,
        deliver_p50_ms=sorted(crowd.took)[len(crowd.took) // 2] * 1_000,
        deliver_p99_ms=p99(crowd.took) * 1_000,
        undelivered=len(crowd.sent),
        sockets_lost=lost,
        rss_before_mb=before,
        rss_after_mb=after,
        readers_behind_s=behind_s,
    )
    assert (len(crowd.sent), lost) == (0, 0)
    assert p99(crowd.took) <= size.of(8 * DELIVERED_S, DELIVERED_S)
    assert after <= before * size.of(1.3, GROWTH)
    assert behind_s <= size.of(60.0, BEHIND_S)
