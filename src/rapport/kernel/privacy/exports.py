"""Telling a person everything that is known about them: asked for, made by a job, gone soon."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rapport.kernel import jobs
from rapport.kernel.audit import service as audit
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.store import FileStore, path_of
from rapport.kernel.personal import Rooms, identify
from rapport.kernel.personal import rooms as all_rooms
from rapport.kernel.privacy.errors import ExportNotReady
from rapport.kernel.privacy.models import Export
from rapport.kernel.privacy.repository import ExportRepository
from rapport.kernel.privacy.telling import OnRoom, Telling

KEPT: Final = timedelta(days=3)
LINK_LIFETIME: Final = timedelta(minutes=5)
LEFT_LYING: Final = timedelta(hours=1)


async def ask(ctx: Ctx, person_id: UUID) -> Export:
    """Have an export of a person made; while one is being made, that one is returned.

    Raises:
        NotFound: no such person in this workspace.
    """
    who = await identify(ctx, person_id)
    exports = ExportRepository(ctx)
    known = await exports.unfinished(who.id)
    export = known or await exports.add(
        person_id=who.id, asked_by=str(ctx.actor), asked_by_name=ctx.actor.name
    )
    await jobs.defer(ctx, export_person, lock=f"privacy:{who.id}", export_id=str(export.id))
    if known is None:
        details: dict[str, object] = {"export_id": str(export.id)}
        await audit.record(
            ctx, "person.export_asked", subject=f"{who.kind}:{who.id}", details=details
        )
    return export


async def take_up(ctx: Ctx) -> None:
    """Queue again what was asked for an hour ago and is not there: its job may have given up."""
    for export in await ExportRepository(ctx).left_lying(ctx.now() - LEFT_LYING):
        lock = f"privacy:{export.person_id}"
        await jobs.defer(ctx, export_person, lock=lock, export_id=str(export.id))


async def get(ctx: Ctx, export_id: UUID) -> Export:
    """One export. Raises ExportNotFound."""
    return await ExportRepository(ctx).get(export_id)


async def page(
    ctx: Ctx, *, person_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Export]:
    """The latest first, of everybody or of one person."""
    return await ExportRepository(ctx).page(person_id=person_id, before=before, limit=limit)


async def link(ctx: Ctx, export_id: UUID) -> tuple[str, datetime]:
    """A path under which the file can be had for five minutes, and when it ends.

    Raises:
        ExportNotFound: no such export in this workspace.
        ExportNotReady: it is being made, has failed, or is gone.
    """
    export = await get(ctx, export_id)
    if not _is_there(export, ctx.now()):
        raise ExportNotReady
    until = ctx.now() + LINK_LIFETIME
    token = ctx.port(LinkSigner).token(ctx.workspace_id, export.id, until=until)
    who = await identify(ctx, export.person_id)
    await audit.record(
        ctx,
        "person.export_fetched",
        subject=f"{who.kind}:{who.id}",
        details={"export_id": str(export.id)},
    )
    return f"/exports/{token}", until


async def fetch(database: Database, token: str) -> tuple[Export, AsyncIterator[bytes]]:
    """The file behind a link.

    Raises:
        LinkRefused: altered, of another installation, or expired.
        ExportNotFound, ExportNotReady: it is gone.
    """
    opened = database.ports.get(LinkSigner).read(token, now=database.now())
    async with database.begin(opened.workspace_id, SYSTEM) as ctx:
        export = await get(ctx, opened.file_id)
    if not _is_there(export, database.now()):
        raise ExportNotReady
    path = path_of(opened.workspace_id, export.id)
    return export, await database.ports.get(FileStore).read(path)


def _is_there(export: Export, now: datetime) -> bool:
    return export.status == "ready" and export.expires_at is not None and export.expires_at > now


@jobs.task("privacy.export")
async def export_person(workspace_id: str, export_id: str) -> None:
    """Write the export of a person; broken off, it begins again."""
    await make(jobs.worker_database(), UUID(workspace_id), UUID(export_id))


async def make(
    database: Database, workspace_id: UUID, export_id: UUID, *, rooms: Rooms = all_rooms
) -> None:
    """Write everything that all rooms hold into one file in the store, portion by portion."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        export = await ExportRepository(ctx).get(export_id, lock=True)
        if export.status not in {"waiting", "running"}:
            return
        export.status, export.steps_done, export.steps_total = "running", 0, len(rooms.known)
        things = await rooms.things_of(ctx, frozenset([export.person_id]))
    try:
        telling = Telling(database, workspace_id, rooms, things, on_room=_progress(export_id))
        size = await database.ports.get(FileStore).put_pieces(
            path_of(workspace_id, export_id), telling.pieces()
        )
    except Exception as error:
        if not jobs.may_help(error):
            async with database.begin(workspace_id, SYSTEM) as ctx:
                (await ExportRepository(ctx).get(export_id, lock=True)).status = "failed"
        raise
    async with database.begin(workspace_id, SYSTEM) as ctx:
        export = await ExportRepository(ctx).get(export_id, lock=True)
        if export.status == "gone":  # the person was erased meanwhile
            await ctx.port(FileStore).delete(path_of(workspace_id, export_id))
            return
        export.status, export.size_bytes = "ready", size
        export.finished_at, export.expires_at = ctx.now(), ctx.now() + KEPT


def _progress(export_id: UUID) -> OnRoom:
    async def note(ctx: Ctx, steps: int, counts: Counter[str]) -> None:
        export = await ExportRepository(ctx).get(export_id, lock=True)
        export.steps_done, export.counts = steps, dict(counts)

    return note


async def expire(ctx: Ctx) -> int:
    """Delete the files of exports whose time is over; how many there were."""
    return await _forget(ctx, await ExportRepository(ctx).expired(ctx.now(), 100))


async def forget_those_of(ctx: Ctx, people: Sequence[UUID]) -> int:
    """Delete the exports of some people, whatever their age; how many there were."""
    return await _forget(ctx, await ExportRepository(ctx).kept_of(people, 100))


async def _forget(ctx: Ctx, exports: Sequence[Export]) -> int:
    for export in exports:
        export.status = "gone"
    await ctx.session.flush()
    paths = [path_of(ctx.workspace_id, export.id) for export in exports]
    await ctx.port(FileStore).delete(*paths)
    return len(exports)
