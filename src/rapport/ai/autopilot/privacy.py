"""What the assistant was asked: told, and forgotten. How it decided stays."""

from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from rapport.ai.autopilot.erasing.repository import ANSWERS, ErasingRepository
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Counts, Effect, Kind, Match, Reach, Room, Table, Things, rooms


async def _erase(ctx: Ctx, things: Things) -> Counts:
    return Counter(answers=await ErasingRepository(ctx).scrub(things))


async def _old(ctx: Ctx, reach: Reach, effect: Effect, limit: int) -> Sequence[Match]:
    return await ErasingRepository(ctx).old(reach, limit)


async def _remove(ctx: Ctx, ids: Collection[UUID], effect: Effect) -> int:
    return await ErasingRepository(ctx).remove(ids)


rooms.add(
    Room(
        key="assistant",
        about="What the assistant was asked, and what it made of it.",
        tables=(Table("answers", "Each question with the decision and its reason.", ANSWERS),),
        erase=_erase,
        kinds=(
            Kind(
                key="assistant.answers",
                effects=("delete",),
                per_inbox=True,
                forgets=False,
                find=_old,
                remove=_remove,
            ),
        ),
    )
)
