import numpy as np
import psycopg
from sqlalchemy import select

import rapport.ai.recurring.privacy  # noqa: F401 - registers the room
from rapport.ai.recurring.erasing.repository import CONVERSATIONS
from rapport.ai.recurring.models import ProblemCustomer, ProblemFace
from rapport.kernel.personal import rooms
from tests.ai.recurring.conftest import REFUND, Desk

ROOM = rooms.known["recurring"]


async def middles(desk: Desk) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    async with desk.begin() as ctx:
        rows = await ctx.session.scalars(
            select(ProblemFace).where(ProblemFace.workspace_id == ctx.workspace_id)
        )
        return [np.array(row.embedding) for row in rows]


async def test_a_problem_is_derived_anew_without_whoever_is_erased(desk: Desk) -> None:
    ids = [await desk.ask(text) for text in (*REFUND, "Refund for my tent is not on my account")]
    await desk.look()
    (before,) = await middles(desk)
    customer = next(iter(desk.customers.values()))
    things = frozenset({customer.id, ids[0]})

    async with desk.begin() as ctx:
        assert sum((await ROOM.erase(ctx, things)).values()) == 2
    async with desk.begin() as ctx:
        assert sum((await ROOM.erase(ctx, things)).values()) == 0
        left = await ctx.session.scalars(
            select(ProblemCustomer.customer_id).where(
                ProblemCustomer.workspace_id == ctx.workspace_id
            )
        )
        assert customer.id not in set(left)

    (after,) = await middles(desk)
    assert not np.allclose(before, after)
    assert ids[0] not in await desk.places()
    (problem,) = await desk.problems()
    assert (problem.name, problem.conversation_count) == ("", 4)

    await desk.look()
    (problem,) = await desk.problems()
    assert "refund" in problem.name


async def test_somebody_is_told_which_issue_their_conversations_are(desk: Desk) -> None:
    ids = [await desk.ask(text) for text in REFUND]
    await desk.look()

    async with desk.begin() as ctx:
        portion = await CONVERSATIONS(ctx, frozenset({ids[0]}), None)

    (row,) = portion.rows
    assert row["id"] == ids[0]
    assert "refund" in row["problem"]
    assert portion.next is None


async def test_no_table_holds_a_word_that_only_one_customer_said(desk: Desk) -> None:
    texts = [f"{text}. zqcanary{place}" for place, text in enumerate(REFUND)]
    for text in texts:
        await desk.ask(text, name="Zqcanarius")
    await desk.look()

    with psycopg.connect(desk.database.url) as owner:
        for table in ("problems", "problem_conversations", "problem_products"):
            found = owner.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%zqcanar%'"
            ).fetchone()
            assert found == (0,), table
