"""The log and its dead letters: events carry ids, but an error may quote what it was about."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Portion, Room, Table, Things, rooms

_ABOUT = """
    d.workspace_id = :workspace_id AND EXISTS (
        SELECT FROM events e, jsonb_each_text(e.payload) AS v
        WHERE e.workspace_id = d.workspace_id AND e.tx = d.event_tx AND e.id = d.event_id
          AND (e.subject_id::text = ANY(:things) OR v.value = ANY(:things))
    )
"""
_FIND = text(
    "SELECT d.id, d.created_at, d.reader, d.name, d.error FROM dead_letters d "  # noqa: S608
    f"WHERE d.id > :after AND {_ABOUT} ORDER BY d.id LIMIT 200"
)
_ERASE = text(
    "UPDATE dead_letters d SET error = split_part(d.error, ':', 1) || ': erased' "  # noqa: S608
    f"WHERE d.error NOT LIKE '%: erased' AND {_ABOUT} RETURNING d.id"
)


async def _letters(ctx: Ctx, things: Things, after: Any) -> Portion:
    values = {**_values(ctx, things), "after": after or UUID(int=0)}
    found = (await ctx.session.execute(_FIND, values)).mappings().all()
    return Portion([dict(row) for row in found], found[-1]["id"] if found else None)


async def _erase(ctx: Ctx, things: Things) -> Counts:
    found = await ctx.session.execute(_ERASE, _values(ctx, things))
    return Counter(dead_letters=len(found.all()))


def _values(ctx: Ctx, things: Things) -> dict[str, Any]:
    return {"workspace_id": ctx.workspace_id, "things": [str(thing) for thing in things]}


rooms.add(
    Room(
        key="events",
        about="Work that failed. The log itself holds ids only.",
        tables=(Table("dead_letters", "Failures that were about them.", _letters),),
        erase=_erase,
    )
)
