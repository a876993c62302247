"""Row 35: two machines that answer each other stop."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.make.answers import Desk, open_desk

MOST = 5


@pytest.fixture
async def desk(
    database: Database, workspace: UUID, clock: Clock, settings: Settings
) -> AsyncIterator[Desk]:
    async with open_desk(database, workspace, clock, settings) as desk:
        await desk.change(acknowledge=True)
        yield desk


async def ping_pong(desk: Desk, **headers: Any) -> int:
    """Let a machine answer each mail of ours, and ours each of its mails; how often we wrote."""
    last: dict[str, Any] = {}
    for number in range(20):
        before = len(desk.sink.taken)
        talk = await desk.get(f"Ping {number}", **{**headers, **last})
        await desk.machine_says(talk, f"Pong {number}")
        await desk.listen()
        await desk.work()
        if len(desk.sink.taken) == before:
            break
        last = {"In_Reply_To": desk.sink.taken[-1].id}
        desk.clock.forward(seconds=20)
    return len(desk.sink.taken)


async def test_row_35_a_machine_that_says_so_is_answered_by_none_of_ours(desk: Desk) -> None:
    assert await ping_pong(desk, Auto_Submitted="auto-replied") == 0


async def test_row_35_a_machine_that_hides_it_is_answered_five_times_at_most(desk: Desk) -> None:
    assert 0 < await ping_pong(desk) <= MOST


async def test_row_35_starting_anew_each_time_helps_no_machine(desk: Desk) -> None:
    for number in range(20):
        talk = await desk.get(f"Ping {number}", subject=f"New {number}")
        await desk.machine_says(talk, f"Pong {number}")
        await desk.listen()
        await desk.work()

    assert 0 < len(desk.sink.taken) <= MOST
