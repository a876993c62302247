"""Forgetting a person: asked for with their name, done by a job, remembered without it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from rapport.kernel import jobs
from rapport.kernel.audit import service as audit
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.personal import Rooms, Things, identify
from rapport.kernel.personal import rooms as all_rooms
from rapport.kernel.privacy import forgetting
from rapport.kernel.privacy.errors import ConfirmationDiffers
from rapport.kernel.privacy.models import Erasure
from rapport.kernel.privacy.repository import ErasureRepository

AGAIN_AFTER: Final = timedelta(minutes=10)
"""What was under way while a person was forgotten has ended by then: it is forgotten as well."""

LEFT_LYING: Final = timedelta(hours=1)


async def ask(ctx: Ctx, person_id: UUID, *, confirmation: str, reason: str) -> Erasure:
    """Have a person forgotten, with everybody merged into them. It cannot be undone.

    `confirmation` is their name as shown; spaces around it and case do not matter. While it is
    under way asking again returns the same erasure; afterwards it forgets what came in since.

    Raises:
        NotFound: no such person in this workspace.
        ConfirmationDiffers: somebody else's name.
    """
    who = await identify(ctx, person_id)
    if confirmation.strip().casefold() != who.label.strip().casefold():
        raise ConfirmationDiffers
    erasures = ErasureRepository(ctx)
    known = await erasures.unfinished(who.id)
    erasure = known or await erasures.add(
        person_id=who.id, asked_by=str(ctx.actor), asked_by_name=ctx.actor.name, reason=reason
    )
    # Also for a known one: its job may have given up while the database or the files were away.
    await jobs.defer(ctx, erase_person, lock=f"privacy:{who.id}", erasure_id=str(erasure.id))
    if known is not None:
        return known
    await audit.record(
        ctx, "person.erasure_asked", subject=f"{who.kind}:{who.id}", details={"reason": reason}
    )
    return erasure


async def take_up(ctx: Ctx) -> None:
    """Queue again what was asked for an hour ago and is not done: its job may have given up."""
    for erasure in await ErasureRepository(ctx).left_lying(ctx.now() - LEFT_LYING):
        lock = f"privacy:{erasure.person_id}"
        await jobs.defer(ctx, erase_person, lock=lock, erasure_id=str(erasure.id))


async def get(ctx: Ctx, erasure_id: UUID) -> Erasure:
    """One erasure. Raises ErasureNotFound."""
    return await ErasureRepository(ctx).get(erasure_id)


async def page(
    ctx: Ctx, *, person_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Erasure]:
    """The latest first, of everybody or of one person."""
    return await ErasureRepository(ctx).page(person_id=person_id, before=before, limit=limit)


@jobs.task("privacy.erase")
async def erase_person(workspace_id: str, erasure_id: str) -> None:
    """Forget a person; broken off, it goes on where it was."""
    await carry_out(jobs.worker_database(), UUID(workspace_id), UUID(erasure_id))


async def carry_out(
    database: Database, workspace_id: UUID, erasure_id: UUID, *, rooms: Rooms = all_rooms
) -> None:
    """Forget in all rooms, a bounded part in each transaction, and note how far it has come."""
    try:
        things = await _begin(database, workspace_id, erasure_id, rooms)
        for room in rooms:
            while True:
                async with database.begin(workspace_id, SYSTEM) as ctx:
                    counts = await forgetting.erase_some(ctx, room, things)
                    erasure = await ErasureRepository(ctx).get(erasure_id, lock=True)
                    erasure.counts = dict(Counter(erasure.counts) + counts)
                    erasure.steps_done += not counts
                if not counts:
                    break
        await _end(database, workspace_id, erasure_id)
    except Exception as error:
        if not jobs.may_help(error):
            async with database.begin(workspace_id, SYSTEM) as ctx:
                (await ErasureRepository(ctx).get(erasure_id, lock=True)).status = "failed"
        raise


async def _begin(database: Database, workspace_id: UUID, erasure_id: UUID, rooms: Rooms) -> Things:
    """Shut the doors, in a transaction of its own, and say what is to be forgotten."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        erasure = await ErasureRepository(ctx).get(erasure_id, lock=True)
        if erasure.status != "done":
            erasure.status = "running"
        erasure.steps_done, erasure.steps_total = 0, len(rooms.known)
        person = frozenset([erasure.person_id])
        await forgetting.close(ctx, rooms, await rooms.things_of(ctx, person))
    async with database.begin(workspace_id, SYSTEM) as ctx:
        return await rooms.things_of(ctx, person)


async def _end(database: Database, workspace_id: UUID, erasure_id: UUID) -> None:
    async with database.begin(workspace_id, SYSTEM) as ctx:
        erasure = await ErasureRepository(ctx).get(erasure_id, lock=True)
        if erasure.status == "done":
            return  # this was the second time
        erasure.status, erasure.finished_at = "done", ctx.now()
        await jobs.defer(
            ctx,
            erase_person,
            at=ctx.now() + AGAIN_AFTER,
            lock=f"privacy:{erasure.person_id}",
            erasure_id=str(erasure.id),
        )
        who = await identify(ctx, erasure.person_id)
        await audit.record(
            ctx,
            "person.erased",
            subject=f"{who.kind}:{who.id}",
            details={"erasure_id": str(erasure.id), "counts": erasure.counts},
        )
