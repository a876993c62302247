"""Calls that may be repeated: their results are about customers."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import text

from rapport.kernel.actions.results import PURPOSE
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Portion, Room, Table, Things, rooms
from rapport.kernel.secrets import vault

_ABOUT = "workspace_id = :workspace_id AND split_part(result->>'sealed', '.', 2) = ANY(:things)"
_FIND = text(
    f"SELECT id, created_at, action, actor, result->>'sealed' AS sealed FROM action_runs "  # noqa: S608
    f"WHERE {_ABOUT} AND id > :after ORDER BY id LIMIT 200"
)
_ERASE = text(
    "UPDATE action_runs SET key = 'erased:' || id, arguments_hash = '', result = NULL "  # noqa: S608
    f"WHERE {_ABOUT} RETURNING id"
)


async def _runs(ctx: Ctx, things: Things, after: Any) -> Portion:
    values = {**_values(ctx, things), "after": after or UUID(int=0)}
    found = (await ctx.session.execute(_FIND, values)).mappings().all()
    rows = []
    for row in found:
        shown = {name: row[name] for name in ("id", "created_at", "action", "actor")}
        rows.append(shown | {"result": await vault.open(ctx, PURPOSE, row["sealed"])})
    return Portion(rows, found[-1]["id"] if found else None)


async def _erase(ctx: Ctx, things: Things) -> Counts:
    found = await ctx.session.execute(_ERASE, _values(ctx, things))
    return Counter(runs=len(found.all()))


def _values(ctx: Ctx, things: Things) -> dict[str, Any]:
    return {"workspace_id": ctx.workspace_id, "things": [str(thing) for thing in things]}


rooms.add(
    Room(
        key="actions",
        about="What was done on somebody's behalf and may be asked for again.",
        tables=(Table("runs", "Calls of actions that named them, with what came of each.", _runs),),
        erase=_erase,
    )
)
