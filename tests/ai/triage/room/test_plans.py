"""What lists cost does not grow with what was read before."""

from typing import Any

import pytest
from sqlalchemy import text

from rapport.ai.triage.labelling import repository as labelling
from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id


async def plan(ctx: Ctx, statement: str, **values: Any) -> str:
    """How a statement runs where tables are large: no table is read from end to end."""
    await ctx.session.execute(text("SET LOCAL enable_seqscan = off"))
    await ctx.session.execute(text("SET LOCAL enable_bitmapscan = off"))
    await ctx.session.execute(text("SET LOCAL enable_sort = off"))  # where it can be avoided
    found = await ctx.session.execute(
        text(f"EXPLAIN {statement}"), {"workspace_id": ctx.workspace_id, **values}
    )
    return "\n".join(row[0] for row in found)


async def test_the_queue_reads_the_weeks_it_shows_and_sorts_no_more_than_a_page(ctx: Ctx) -> None:
    found = await plan(
        ctx,
        str(labelling._QUEUE),
        weeks=[2_900, 2_901],
        doubt=2.0,
        before=new_id(),
        up_to=21,
    )

    assert "Index Scan Backward using ix_triage_readings_queue" in found
    assert "Seq Scan" not in found


@pytest.mark.parametrize(
    ("step", "index"),
    [
        ("typed", "pk_triage_examples"),
        ("labelled", "uq_triage_examples_message"),
        ("tagged", "pk_conversation_tags"),
    ],
)
async def test_examples_are_walked_by_their_keys(ctx: Ctx, step: str, index: str) -> None:
    values: dict[str, Any] = {"after": new_id(), "up_to": 500}
    if step == "tagged":
        values["nobody"] = new_id()

    found = await plan(ctx, str(labelling.STEPS[step]), **values)

    assert index in found
    assert "Seq Scan" not in found


async def test_a_conversations_readings_are_walked_by_their_order(ctx: Ctx) -> None:
    found = await plan(
        ctx,
        "SELECT * FROM triage_readings WHERE workspace_id = :workspace_id"
        " AND conversation_id = :id AND seq < 5 ORDER BY seq DESC LIMIT 21",
        id=new_id(),
    )

    assert "Index Scan Backward using ix_triage_readings_conversation" in found
