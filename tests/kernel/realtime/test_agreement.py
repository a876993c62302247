from uuid import UUID

import pytest

from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import emit, log
from tests.kernel.realtime.agreement import State, assert_agreement
from tests.kernel.realtime.conftest import Chimed


async def fetch(ctx: Ctx) -> State:
    """The last chime of each number, from the log itself."""
    events = [record.event for record in await log.of_workspace(ctx, log.BEGINNING)]
    chimes = [event for event in events if isinstance(event, Chimed)]
    return {"chime": {str(c.number): {"id": str(c.number), "tower": c.tower} for c in chimes}}


async def test_events_applied_to_a_stale_state_give_a_fresh_fetch(
    database: Database, workspace: UUID, agent: Actor
) -> None:
    async def change(ctx: Ctx) -> None:
        await emit(ctx, Chimed(tower="north", number=1))
        await emit(ctx, Chimed(tower="north", number=2))

    frames = await assert_agreement(
        database, workspace, agent, topics={"inbox"}, fetch=fetch, change=change
    )

    assert [frame["chime"]["id"] for frame in frames] == ["1", "2"]


async def test_the_comparison_notices_a_client_that_falls_behind(
    database: Database, workspace: UUID, agent: Actor
) -> None:
    async def change(ctx: Ctx) -> None:
        await emit(ctx, Chimed(tower="north", number=1))

    with pytest.raises(AssertionError):
        await assert_agreement(
            database,
            workspace,
            agent,
            topics={"inbox"},
            fetch=fetch,
            change=change,
            reduce=lambda state, frame: None,
        )
