"""Naming problems after what their customers say."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from rapport.ai.recurring import naming, openings
from rapport.ai.recurring.calling.repository import CallingRepository
from rapport.ai.recurring.events import ProblemChanged
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

AT_ONCE: Final = 20
_THEIRS: Final = 60
_OTHERS: Final = 200


async def name_some(ctx: Ctx) -> int:
    """Name problems that have no name, or twice as many conversations as when they got one.

    Returns how many were looked at. A name that a person gave stays.
    """
    calling = CallingRepository(ctx)
    waiting = await calling.nameless(AT_ONCE)
    for row in waiting:
        name = await _name(ctx, row.id)
        await calling.name(row.id, name, max(1, row.conversation_count))
        await emit(ctx, ProblemChanged(problem_id=row.id), subject=row.id)
    return len(waiting)


async def _name(ctx: Ctx, problem_id: UUID) -> str:
    """A name in the language of most."""
    calling = CallingRepository(ctx)
    rows = await calling.speaking(problem_id, _THEIRS)
    others = await calling.others(problem_id, _OTHERS)
    spoken = Counter(row.language or "" for row in rows)
    if not spoken:
        return ""
    language = max(sorted(spoken), key=spoken.__getitem__)
    theirs = [row for row in rows if (row.language or "") == language]
    texts = await _texts(ctx, [*theirs, *others])
    return naming.name(
        [(row.customer_id, texts[row.conversation_id]) for row in theirs],
        [texts[row.conversation_id] for row in others],
    )


async def _texts(ctx: Ctx, rows: Sequence[Any]) -> dict[UUID, str]:
    """What was asked in conversations, without what is somebody's; nobody's name is in any."""
    asked = await openings.read(ctx, [row.conversation_id for row in rows])
    names = {row.name or "" for row in rows}
    names |= {message.author.name for messages in asked.values() for message in messages}
    return {
        row.conversation_id: openings.text_of(asked.get(row.conversation_id, ()), names)
        for row in rows
    }
