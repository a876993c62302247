"""What came of somebody's conversations is theirs: shown to them, and forgotten with them."""

from sqlalchemy import text

import rapport.ai.solved.privacy
import rapport.conversations.privacy  # noqa: F401 - they tell what there is
from rapport.kernel.context import Ctx
from rapport.kernel.personal import rooms
from rapport.kernel.privacy import retention
from rapport.kernel.privacy.schemas import RuleIn
from tests.ai.solved.conftest import RESET, Desk


async def traces(ctx: Ctx) -> int:
    """Rows of the search that solved conversations have."""
    found = await ctx.session.execute(
        text(
            "SELECT (SELECT count(*) FROM source_documents WHERE workspace_id = :w) "
            "+ (SELECT count(*) FROM chunks WHERE workspace_id = :w AND text = :reset)"
        ),
        {"w": ctx.workspace_id, "reset": RESET},
    )
    return int(found.scalar_one())


async def test_what_is_told_is_exported_and_erased_at_once(desk: Desk) -> None:
    await desk.use()
    talk = await desk.solve()
    await desk.take()
    room = rooms.known["solved"]
    (table,) = room.tables
    mine = frozenset({talk.customer_id, talk.id})
    async with desk.begin() as ctx:
        before = await traces(ctx)
        (row,) = (await table.rows(ctx, mine, None)).rows
        await room.close(ctx, mine)
        left = await traces(ctx)
        erased = await room.erase(ctx, mine)

    assert (before, left) == (2, 0)
    assert (row["id"], row["state"], row["answer"]) == (talk.id, "in_use", RESET)
    assert erased == {}
    assert await desk.rows() == []


async def test_a_conversation_whose_time_is_over_takes_it_along(desk: Desk) -> None:
    await desk.use()
    await desk.solve()
    await desk.take()
    desk.clock.forward(days=30)
    rule = RuleIn(kind="conversations.resolved", effect="delete", after_days=10, is_enabled=True)
    async with desk.begin() as ctx:
        made = await retention.add(ctx, rule)
    await retention.run(desk.database, desk.workspace_id, made.id)

    async with desk.begin() as ctx:
        assert await traces(ctx) == 0
    assert await desk.rows() == []
