"""Rows about somebody, read in portions by a statement of the room that holds them."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx
from rapport.kernel.personal import Portion, Rows, Things

AT_ONCE: Final = 200
NO_ID: Final = UUID(int=0)


def rows_of(statement: str, *, after: Mapping[str, Any] | None = None) -> Rows:
    """Read by `statement`, which orders by the columns of `after`, begins behind them and says so.

    It may use `:workspace_id`, `:things` (an array of uuid), `:up_to`, and `:after_<column>` for
    each column of `after`, whose values come before all rows; by default `id`.
    """
    start = dict(after or {"id": NO_ID})
    prepared = text(statement)

    async def read(ctx: Ctx, things: Things, place: Any) -> Portion:
        reached = dict(zip(start, place, strict=True)) if place is not None else start
        values = {
            "workspace_id": ctx.workspace_id,
            "things": list(things),
            "up_to": AT_ONCE,
            **{f"after_{column}": value for column, value in reached.items()},
        }
        found = (await ctx.session.execute(prepared, values)).mappings().all()
        more = len(found) == AT_ONCE
        return Portion(
            [dict(row) for row in found],
            [found[-1][column] for column in start] if more else None,
        )

    return read
