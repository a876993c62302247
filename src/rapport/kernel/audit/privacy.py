"""The record of who did what: it names people outside by their ids only, and is never changed."""

import json
import re
from typing import Any, Final

from rapport.kernel.audit.repository import AuditRepository, Wanted
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Portion, Room, Table, Things, rooms

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def _deeds(ctx: Ctx, things: Things, after: Any) -> Portion:
    wanted = {str(thing) for thing in things}
    rows = await AuditRepository(ctx).portion(Wanted(), after=after or 0)
    named = [row for row in rows if not wanted.isdisjoint(_ID.findall(row.body))]
    told = [{"number": row.seq, **json.loads(row.body)} for row in named]
    return Portion(told, rows[-1].seq if rows else None)


rooms.add(
    Room(
        key="audit",
        about="The record of who did what in the workspace. It is never changed.",
        tables=(Table("deeds", "What was done about them, by whom and when.", _deeds),),
    )
)
