"""How long conversations, their files, and visitors who never wrote may be kept."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from rapport.conversations.aging.repository import AgedRepository
from rapport.conversations.erasing.repository import ErasingRepository
from rapport.customers import service as customers
from rapport.kernel.context import Ctx
from rapport.kernel.files import service as files
from rapport.kernel.personal import Effect, Kind, Match, Reach


async def _resolved(ctx: Ctx, reach: Reach, effect: Effect, limit: int) -> Sequence[Match]:
    return await AgedRepository(ctx).resolved(reach, limit, emptied=effect == "delete")


async def _remove_resolved(ctx: Ctx, ids: Collection[UUID], effect: Effect) -> int:
    rows = ErasingRepository(ctx)
    if effect == "delete":
        owners = Counter(await rows.remove(ids))
    else:
        owners = Counter(await rows.take_off(ids, await customers.nobody(ctx)))
    for customer_id, count in sorted(owners.items()):
        await customers.count_conversation(ctx, customer_id, by=-count)
    return sum(owners.values())


async def _files(ctx: Ctx, reach: Reach, effect: Effect, limit: int) -> Sequence[Match]:
    return await AgedRepository(ctx).files(reach, limit)


async def _remove_files(ctx: Ctx, ids: Collection[UUID], effect: Effect) -> int:
    return await files.remove(ctx, ids)


async def _visitors(ctx: Ctx, reach: Reach, effect: Effect, limit: int) -> Sequence[Match]:
    return await AgedRepository(ctx).visitors(reach, limit)


async def _remove_visitors(ctx: Ctx, ids: Collection[UUID], effect: Effect) -> int:
    return await customers.remove(ctx, ids)


KINDS: Final = (
    Kind(
        key="conversations.resolved",
        effects=("anonymise", "delete"),
        per_inbox=True,
        forgets=True,
        find=_resolved,
        remove=_remove_resolved,
    ),
    Kind(
        key="conversations.files",
        effects=("delete",),
        per_inbox=True,
        forgets=False,
        find=_files,
        remove=_remove_files,
    ),
    Kind(
        key="customers.visitors",
        effects=("delete",),
        per_inbox=False,
        forgets=True,
        find=_visitors,
        remove=_remove_visitors,
    ),
)
