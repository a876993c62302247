"""What one web process knows holds in the other: sessions, limits, who is here, who writes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from tests.faults.desk import agent_client, visitor_client
from tests.faults.listening import Client, Frame
from tests.faults.visitors import Tally, Visitor
from tests.scale.street import Street

AT_ONCE_S = 2.0
"""Far below the ten seconds for which a process may remember."""


def port_of(street: Street, name: str) -> int:
    return int(street.members[name].environment["RAPPORT_PORT"])


def at(street: Street, name: str, visitor: Visitor) -> httpx.AsyncClient:
    """A visitor's browser that talks to one process, past the proxy."""
    headers = {"authorization": f"Bearer {visitor.token}"}
    url = f"http://127.0.0.1:{port_of(street, name)}/widget/v1"
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=10)


@asynccontextmanager
async def listening(client: Client) -> AsyncIterator[list[Frame]]:
    """Everything that a client is told about who is here and who writes."""
    heard: list[Frame] = []
    frames = client._frames

    async def recorded(cursor: str | None) -> AsyncIterator[Frame]:
        async for frame in frames(cursor):
            heard.append(frame)
            yield frame

    client._frames = recorded  # type: ignore[method-assign]
    task = asyncio.create_task(client.stay())
    async with asyncio.timeout(10):
        await client.live.wait()
    yield heard
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def eventually(heard: list[Frame], **wanted: object) -> Frame:
    """The first frame that says `wanted`."""
    async with asyncio.timeout(10):
        while True:
            for frame in heard:
                if frame.items() >= wanted.items():
                    return frame
            await asyncio.sleep(0.02)


async def status(browser: httpx.AsyncClient, wanted: int, **headers: str) -> None:
    """Until this process answers the visitor so."""
    while (await browser.get("/conversations", headers=headers)).status_code != wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def arrived(street: Street) -> Visitor:
    visitor = Visitor(0, street.port, Tally())
    await visitor.arrive(await asyncio.to_thread(street.open_chat))
    return visitor


async def test_a_session_that_ends_in_one_process_ends_in_all_at_once(street: Street) -> None:
    visitor = await arrived(street)
    async with at(street, "web-0", visitor) as here, at(street, "web-1", visitor) as there:
        for process in (here, there):
            assert (await process.get("/conversations")).status_code == 200
        socket = visitor_client(street, visitor, port_of(street, "web-1"))
        async with listening(socket):
            assert (await here.post("/sign-out", json={})).status_code == 204

            async with asyncio.timeout(AT_ONCE_S):
                await status(there, 401)
                while socket.losses == 0:  # noqa: ASYNC110 - until the other process hangs up
                    await asyncio.sleep(0.02)
    visitor.hang_up()


async def test_new_rules_of_a_chat_hold_in_all_processes_at_once(street: Street) -> None:
    visitor = await arrived(street)
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(at(street, "web-1", visitor))
        agent = await stack.enter_async_context(street.agent())
        foreign = {"origin": "https://elsewhere.example"}
        assert (await there.get("/conversations", headers=foreign)).status_code == 200
        inboxes = (await agent.get("/v1/inboxes")).raise_for_status().json()
        newest = max(inboxes, key=lambda inbox: inbox["id"])["id"]

        changed = await agent.patch(
            f"/v1/inboxes/{newest}/webchat", json={"allowed_origins": ["https://shop.example"]}
        )
        assert changed.status_code == 200, changed.text

        async with asyncio.timeout(AT_ONCE_S):
            await status(there, 403, **foreign)
    visitor.hang_up()


async def test_agents_see_each_other_and_who_writes_across_processes(street: Street) -> None:
    visitor = await arrived(street)
    async with street.agent() as agent, at(street, "web-1", visitor) as widget:
        me = (await agent.get("/v1/me")).raise_for_status().json()["user"]["id"]
        window = agent_client(street, agent, port_of(street, "web-0"), visitor.conversation_id)
        async with listening(window) as heard:
            path = f"/conversations/{visitor.conversation_id}/typing"
            assert (await widget.post(path, json={"on": True})).status_code == 204
            typing = await eventually(heard, type="typing", on=True)
            assert typing["conversation_id"] == visitor.conversation_id

            away = visitor_client(street, visitor, port_of(street, "web-1"))
            async with listening(away) as told:
                await eventually(told, type="presence", agents_online=True)
            there = agent_client(street, agent, port_of(street, "web-1"))
            async with listening(there) as seen:
                assert me in (await eventually(seen, type="presence"))["agents"]
    visitor.hang_up()


async def test_a_process_that_has_just_started_knows_who_is_here(street: Street) -> None:
    visitor = await arrived(street)
    async with AsyncExitStack() as stack:
        agent = await stack.enter_async_context(street.agent())
        window = agent_client(street, agent, port_of(street, "web-0"))
        await stack.enter_async_context(listening(window))
        await asyncio.to_thread(street.roll, "web-1")
        widget = visitor_client(street, visitor, port_of(street, "web-1"))
        told = await stack.enter_async_context(listening(widget))

        assert (await eventually(told, type="presence"))["agents_online"] is True
    visitor.hang_up()


async def test_each_process_has_a_door_for_machines_of_its_own(street: Street) -> None:
    async with httpx.AsyncClient(timeout=10) as machine:
        for member in street.members.values():
            url = f"http://127.0.0.1:{member.environment['RAPPORT_MONITOR_PORT']}"
            assert (await machine.get(f"{url}/health/live")).json() == {"live": True}
            assert (await machine.get(f"{url}/health/ready")).json()["ready"] is True
            assert "process_resident_memory_bytes" in (await machine.get(f"{url}/metrics")).text
            through_a_proxy = {"x-forwarded-for": "203.0.113.9"}
            refused = await machine.get(f"{url}/metrics", headers=through_a_proxy)
            assert refused.status_code == 403
            assert (await machine.get(f"{url}/v1/me")).status_code == 404
        assert (await machine.get(f"{street.url}/metrics")).status_code == 403
