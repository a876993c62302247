"""What was read in somebody's messages: told, and forgotten with them.

A model that has learned from a message keeps no text of it; the next one learns without it.
"""

from collections import Counter

from rapport.ai.triage.erasing.repository import LABELS, READINGS, ErasingRepository
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Room, Table, Things, rooms


async def _erase(ctx: Ctx, things: Things) -> Counts:
    rows = ErasingRepository(ctx)
    done = Counter(
        readings=await rows.readings(things),
        labels=await rows.labels(things),
        triaged=await rows.hands(things),
    )
    return +done


rooms.add(
    Room(
        key="triage",
        about="What was read in their messages, and what people said about it.",
        tables=(
            Table("readings", "What each message was taken to be about, and how.", READINGS),
            Table("labels", "What colleagues said their messages are about.", LABELS),
        ),
        erase=_erase,
    )
)
