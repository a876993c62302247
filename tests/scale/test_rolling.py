"""Processes are replaced one after the other while people write, and nobody notices."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from tests.faults.desk import PER_AGENT, agent_client, agent_state, visitor_client, visitor_state
from tests.faults.house import until
from tests.faults.listening import Client, State, fingerprint
from tests.faults.visitors import Visitors, check, readers_behind
from tests.scale.street import Street

WRITERS = 10
MESSAGES = 200


async def test_replacing_processes_fails_no_request_and_loses_nothing(street: Street) -> None:
    key, rolled = street.open_chat(), asyncio.Event()
    async with AsyncExitStack() as stack:
        visitors = await stack.enter_async_context(Visitors(street.port, key, WRITERS))
        agent = await stack.enter_async_context(street.agent())
        threads = [visitor.conversation_id for visitor in visitors.each]
        windows = [agent_client(street, agent, street.port, *threads) for _ in range(4)]
        widgets = [visitor_client(street, visitor, street.port) for visitor in visitors.each]
        listening = [asyncio.create_task(each.stay()) for each in (*windows, *widgets)]
        await _all_live(windows, widgets)

        async with asyncio.TaskGroup() as group:
            group.create_task(visitors.write(MESSAGES, pause_s=0.15, until=rolled))
            for name in ("web-0", "worker-0", "web-1"):
                await asyncio.to_thread(street.roll, name)
            rolled.set()

        await asyncio.to_thread(until, lambda: readers_behind(street.database_url) == 0, 30)
        await _all_live(windows, widgets)
        shown = await agent_state(agent, *threads)
        for window in windows:
            await _until_equal(window, shown, without=PER_AGENT)
        for widget, visitor in zip(widgets, visitors.each, strict=True):
            await _until_equal(widget, await visitor_state(street, visitor))
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)

    tally = visitors.tally
    assert tally.statuses.keys() <= {200, 201}, "A request failed, or was refused a connection."
    assert check(street.database_url, visitors).is_clean
    assert all(each.losses >= 1 for each in (*windows, *widgets)), "All were sent elsewhere once."
    assert all(each.resets == 0 for each in (*windows, *widgets)), "All caught up by their cursors."


async def _all_live(*groups: list[Client]) -> None:
    async with asyncio.timeout(20):
        for each in (client for group in groups for client in group):
            await each.live.wait()


async def _until_equal(client: Client, shown: State, *, without: Sequence[str] = ()) -> None:
    """Until somebody knows by events alone what a fresh fetch has shown."""
    truth = fingerprint(shown, without=without)
    async with asyncio.timeout(20):
        while fingerprint(client.state, without=without) != truth:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
