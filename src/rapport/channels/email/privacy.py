"""Mail: told, and forgotten, the messages as they came too."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Final

from rapport.channels.email.erasing import repository
from rapport.channels.email.erasing.repository import ErasingRepository
from rapport.channels.email.receiving.raw import forget, path_of
from rapport.kernel.context import Ctx
from rapport.kernel.personal import (
    Counts,
    Effect,
    Enclosure,
    Kind,
    Match,
    Reach,
    Room,
    Table,
    Things,
    rooms,
)

AT_ONCE: Final = 200


async def _belongings(ctx: Ctx, things: Things) -> Things:
    return frozenset(await ErasingRepository(ctx).unfiled(things))


async def _files(ctx: Ctx, things: Things, place: Any) -> tuple[Sequence[Enclosure], Any]:
    portion = await repository.ORIGINALS(ctx, things, place)
    found = [row["id"] for row in portion.rows]
    return [
        Enclosure(id_, f"{id_}.eml", path_of(ctx.workspace_id, id_)) for id_ in found
    ], portion.next


async def _close(ctx: Ctx, things: Things) -> None:
    """Forget the addresses first: once the customers are gone, nobody knows whose they were."""
    await ErasingRepository(ctx).correspondents(things)


async def _erase(ctx: Ctx, things: Things) -> Counts:
    rows = ErasingRepository(ctx)
    originals = await rows.originals(things, up_to=AT_ONCE)
    await forget(ctx, *originals)
    return Counter(
        originals=len(originals),
        mails=len(await rows.details(things)),
        known=len(await rows.known(things)),
    )


async def _aged(ctx: Ctx, reach: Reach, effect: Effect, limit: int) -> Sequence[Match]:
    return await ErasingRepository(ctx).aged(reach, limit)


async def _remove(ctx: Ctx, ids: Collection[Any], effect: Effect) -> int:
    removed = await ErasingRepository(ctx).remove(ids)
    await forget(ctx, *removed)
    return len(removed)


rooms.add(
    Room(
        key="email",
        about="Mail that came, as it came, and what is known about their addresses.",
        tables=(
            Table("mails", "Who sent each mail, to whom, and what it quoted.", repository.MAILS),
            Table("originals", "The messages as they came.", repository.ORIGINALS),
            Table("addresses", "Whether mail to them arrived.", repository.ADDRESSES),
        ),
        enclosures=_files,
        belongings=_belongings,
        close=_close,
        erase=_erase,
        kinds=(
            Kind(
                key="email.originals",
                effects=("delete",),
                per_inbox=True,
                forgets=False,
                find=_aged,
                remove=_remove,
            ),
        ),
    )
)
