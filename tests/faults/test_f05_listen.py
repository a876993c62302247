"""F5: nobody depends on the connection that hears of news; it only makes news fast."""

import asyncio
import random
import time

import psycopg
import pytest

from tests.faults.conftest import Record, Size
from tests.faults.desk import agent_client, visitor_client
from tests.faults.house import House
from tests.faults.listening import Frame, p99
from tests.faults.visitors import Visitors

pytestmark = pytest.mark.fault

DELIVERED_S = 2.0
WRITERS = 10
_KILL = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE query ILIKE 'LISTEN %' AND pid <> pg_backend_pid()"
)


async def test_F5_what_is_said_arrives_while_the_listening_connections_are_killed(
    size: Size, desk_house: House, record: Record
) -> None:
    kills = size.of(15, 100)
    key = await asyncio.to_thread(desk_house.open_chat)
    crowd = Visitors(desk_house.port, key, WRITERS)
    await crowd.arrive()
    heard: dict[str, list[tuple[str, float]]] = {"agent": [], "visitor": []}

    def note(who: str, frame: Frame) -> None:
        message = frame.get("message")
        if message is not None:
            heard[who].append((message["id"], time.monotonic()))

    talks = [visitor.conversation_id for visitor in crowd.each]
    async with await asyncio.to_thread(desk_house.agent) as agent, asyncio.timeout(300):
        clients = [agent_client(desk_house, agent, desk_house.port, *talks)]
        clients += [visitor_client(desk_house, it, desk_house.port) for it in crowd.each]
        clients[0].heard = lambda frame: note("agent", frame)
        for client in clients[1:]:
            client.heard = lambda frame: note("visitor", frame)
        staying = [asyncio.create_task(client.stay()) for client in clients]
        await asyncio.gather(*(client.live.wait() for client in clients))

        sent: dict[str, float] = {}
        talking = asyncio.create_task(_talk(crowd, sent))
        killed = await _kill(desk_house.database_url, kills)
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        await asyncio.sleep(DELIVERED_S)  # the bound itself: what is not here now is late
        for task in staying:
            task.cancel()
        await asyncio.gather(*staying, return_exceptions=True)
    crowd.leave()

    took = [at - sent[id_] for places in heard.values() for id_, at in places if id_ in sent]
    missed = sum(len(sent.keys() - {id_ for id_, _ in places}) for places in heard.values())
    record(
        rounds=kills,
        connections_killed=killed,
        messages=len(sent),
        missed=missed,
        delivery_p99_s=p99(took),
        delivery_max_s=max(took),
        sockets_lost=sum(client.losses for client in clients),
    )
    assert killed >= kills
    assert missed == 0
    assert p99(took) <= DELIVERED_S


async def _kill(database_url: str, rounds: int) -> int:
    """End all listening connections, of web and worker, again and again; how many there were."""
    killed = 0
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as owner:
        for _ in range(rounds):
            row = await (await owner.execute(_KILL)).fetchone()
            killed += row[0] if row else 0
            await asyncio.sleep(0.1 + random.random() * 0.6)
    return killed


async def _talk(crowd: Visitors, sent: dict[str, float]) -> None:
    """Everybody writes; the moment each message was sent, by its id."""

    async def each(number: int) -> None:
        visitor = crowd.each[number]
        for turn in range(10**9):
            client_id, at = f"listen-{turn}", time.monotonic()
            await visitor.send(client_id, f"Message {turn}")
            message_id, _ = crowd.tally.acknowledged[visitor.conversation_id, client_id]
            sent[message_id] = at
            await asyncio.sleep(0.1)

    await asyncio.gather(*(each(number) for number in range(len(crowd.each))))
