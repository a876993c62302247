"""F4: whoever is cut off comes back knowing everything, and soon."""

import asyncio
import random
import time

import httpx
import pytest

from tests.faults.conftest import Record, Size
from tests.faults.desk import PER_AGENT, agent_client, agent_state, visitor_client, visitor_state
from tests.faults.house import House
from tests.faults.listening import Client, fingerprint, p99
from tests.faults.proxy import FaultProxy
from tests.faults.visitors import Visitors

pytestmark = pytest.mark.fault

CATCH_UP_S = 1.0
AGREE_S = 20.0
RESTART_S = 15.0
"""How long after a restart's beginning a lost connection counts as lost by it."""


async def test_F4_clients_that_are_cut_off_again_and_again_know_what_a_fresh_fetch_shows(
    size: Size, desk_house: House, record: Record
) -> None:
    agents, watching, cuts = size.of(4, 40), size.of(20, 160), size.of(60, 1_000)
    restarts, pause_s = size.of(1, 4), size.of(0.05, 0.1)
    key = await asyncio.to_thread(desk_house.open_chat)
    crowd = Visitors(desk_house.port, key, watching)
    await crowd.arrive()
    talks = [visitor.conversation_id for visitor in crowd.each]
    async with (
        await asyncio.to_thread(desk_house.agent) as agent,
        FaultProxy(desk_house.port) as proxy,
        asyncio.timeout(size.of(80, 900)),
    ):
        desks = [
            agent_client(desk_house, agent, proxy.port, talks[n % watching], is_stream=n % 4 == 0)
            for n in range(agents)
        ]
        widgets = [
            visitor_client(desk_house, visitor, proxy.port, is_stream=n % 5 == 0)
            for n, visitor in enumerate(crowd.each)
        ]
        clients = [*desks, *widgets]
        staying = [asyncio.create_task(client.stay()) for client in clients]
        await asyncio.gather(*(client.live.wait() for client in clients))

        traffic = [
            asyncio.create_task(crowd.write(10**9, pause_s=size.of(0.5, 2.0))),
            asyncio.create_task(_work(agent, talks)),
        ]
        thrown, restarted = await _cut(desk_house, proxy, cuts, restarts, pause_s)
        for task in traffic:
            task.cancel()
        await asyncio.gather(*traffic, return_exceptions=True)

        fresh = [await agent_state(agent, talks[n % watching]) for n in range(agents)]
        fresh += [await visitor_state(desk_house, visitor) for visitor in crowd.each]
        agreed_s = await _agree(clients, [fingerprint(it, without=PER_AGENT) for it in fresh])
        for task in staying:
            task.cancel()
        await asyncio.gather(*staying, return_exceptions=True)
    crowd.leave()

    by_cut, by_restart = _recoveries(clients, restarted)
    record(
        clients=len(clients),
        cuts=thrown,
        web_kills=restarts,
        messages=len(crowd.tally.acknowledged),
        catch_up_p99_s=p99(by_cut),
        after_restart_max_s=max(by_restart, default=0.0),
        states_differing=sum(not _is_like(c, f) for c, f in zip(clients, fresh, strict=True)),
        agreed_s=agreed_s,
        fetched_anew=sum(client.resets for client in clients),
    )
    assert thrown >= cuts
    assert all(_is_like(c, f) for c, f in zip(clients, fresh, strict=True))
    assert p99(by_cut) <= size.of(3 * CATCH_UP_S, CATCH_UP_S)


async def _cut(
    house: House, proxy: FaultProxy, cuts: int, restarts: int, pause_s: float
) -> tuple[int, list[float]]:
    """Cut connections at random, and kill the web process now and then; how many, and when."""
    thrown, restarted = 0, list[float]()
    while thrown < cuts:
        if len(restarted) < restarts and thrown >= cuts * (len(restarted) + 0.5) / restarts:
            restarted.append(time.monotonic())
            await asyncio.to_thread(_restart, house)
        thrown += proxy.cut(random.randint(1, 2))
        await asyncio.sleep(pause_s * random.random() * 2)
    return thrown, restarted


def _restart(house: House) -> None:
    house.wait_back("web-0", house.kill("web-0"))
    house.wait_ready()


async def _work(agent: httpx.AsyncClient, talks: list[str]) -> None:
    """What an agent does meanwhile; a request that meets the restart is lost, as it may be."""
    for turn in range(10**9):
        path = f"/v1/conversations/{talks[turn % len(talks)]}"
        status = ("pending", "open", "resolved")[turn % 3]
        try:
            await agent.put(f"{path}/status", json={"status": status})
            await agent.put(f"{path}/priority", json={"priority": ("high", "normal")[turn % 2]})
        except httpx.TransportError:
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.1)


async def _agree(clients: list[Client], wanted: list[str]) -> float:
    """Wait until each client holds its wanted state, or until it may be given up; seconds."""
    began = time.monotonic()
    while time.monotonic() - began < AGREE_S:
        if all(
            fingerprint(client.state, without=PER_AGENT) == hash_
            for client, hash_ in zip(clients, wanted, strict=True)
        ):
            break
        await asyncio.sleep(0.1)
    return time.monotonic() - began


def _is_like(client: Client, fresh: dict[str, dict[str, object]]) -> bool:
    return fingerprint(client.state, without=PER_AGENT) == fingerprint(fresh, without=PER_AGENT)


def _recoveries(clients: list[Client], restarted: list[float]) -> tuple[list[float], list[float]]:
    """Seconds from losing a connection to having caught up: after cuts, and around restarts."""
    by_cut, by_restart = list[float](), list[float]()
    for client in clients:
        for lost, back in client.recoveries:
            of_restart = any(at - 1 <= lost <= at + RESTART_S for at in restarted)
            (by_restart if of_restart else by_cut).append(back - lost)
    return by_cut, by_restart
