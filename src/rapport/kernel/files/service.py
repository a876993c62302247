"""Receiving, attaching and describing files: one way in and one way out for all of Rapport."""

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from rapport.kernel.context import Ctx
from rapport.kernel.files.errors import FileNotFound, FileTooLarge
from rapport.kernel.files.kinds import kind_of
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.models import File
from rapport.kernel.files.names import clean_name
from rapport.kernel.files.repository import FileRepository
from rapport.kernel.files.schemas import FileOut
from rapport.kernel.files.store import FileStore, path_of
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings

MAX_ATTACHMENTS: Final = 10
INLINE: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Kinds that were drawn anew by us and may be shown instead of saved."""
_KEPT_UNSENT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sent it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was examined and may be kept: a picture is drawn anew, the name is clean."""

    name: str
    content_type: str
    content: bytes
    preview: bytes | None
    width: int | None
    height: int | None


async def prepare(upload: Upload, *, max_bytes: int) -> Prepared:
    """Examine an upload. Needs no transaction, so that none stays open meanwhile.

    Raises:
        FileTooLarge: longer than `max_bytes`.
        FileKindForbidden: a web page, SVG, program, script, or nothing we know.
        ImageUnreadable: damaged, or more pixels than we are willing to draw.
    """
    if len(upload.content) > max_bytes:
        raise FileTooLarge
    kind = await asyncio.to_thread(kind_of, upload.content, upload.name)
    name = clean_name(upload.name, extension=kind.extension_for(upload.name))
    if not kind.is_image:
        return Prepared(name, kind.content_type, upload.content, None, None, None)
    # Imported only here: Pillow takes 5 MB in each process, and most never see a picture.
    from rapport.kernel.files.images import redrawn  # noqa: PLC0415

    picture = await asyncio.to_thread(redrawn, upload.content, kind)
    return Prepared(
        name, kind.content_type, picture.content, picture.preview, picture.width, picture.height
    )


async def store(ctx: Ctx, upload: Upload | Prepared) -> File:
    """Keep a file. It belongs to the actor until it is attached, and is swept away after a day.

    Raises:
        FileTooLarge, FileKindForbidden, ImageUnreadable: see `prepare`.
        Unreachable: the file storage did not take it.
    """
    if isinstance(upload, Upload):
        upload = await prepare(upload, max_bytes=ctx.port(Settings).max_file_bytes)
    objects, file_id = ctx.port(FileStore), new_id()
    file = await FileRepository(ctx).add(
        id=file_id,
        name=upload.name,
        content_type=upload.content_type,
        size_bytes=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        width=upload.width,
        height=upload.height,
        has_preview=upload.preview is not None,
        uploaded_by=str(ctx.actor),
    )
    await objects.put(path_of(ctx.workspace_id, file_id), upload.content)
    if upload.preview is not None:
        await objects.put(path_of(ctx.workspace_id, file_id, preview=True), upload.preview)
    return file


async def attach(ctx: Ctx, ids: Collection[UUID], owner_kind: str, owner_id: UUID) -> None:
    """Attach files to what they were uploaded for, e.g. a message: all of them or none.

    Only the actor who uploaded a file may attach it, and only once. Attaching the same files to
    the same owner again changes nothing.

    Raises:
        FileNotFound: not here, uploaded by somebody else, or attached to something else.
    """
    wanted = set(ids)
    if not wanted:
        return
    repository = FileRepository(ctx)
    if await repository.attach(wanted, owner_kind, owner_id) == len(wanted):
        return
    mine = {file.id for file in await repository.of_owner(owner_kind, owner_id)}
    if not wanted <= mine:
        raise FileNotFound


async def detach(ctx: Ctx, owner_kind: str, owner_id: UUID) -> None:
    """Give back what was attached to something that does not come about.

    The files are as if they had just been uploaded, by whoever did that.
    """
    await FileRepository(ctx).detach(owner_kind, owner_id)


async def describe_many(ctx: Ctx, ids: Collection[UUID]) -> dict[UUID, FileOut]:
    """Files as clients see them, with fresh links, by id; those that do not exist are left out."""
    if not ids:
        return {}
    return {file.id: describe(ctx, file) for file in await FileRepository(ctx).many(set(ids))}


def describe(ctx: Ctx, file: File) -> FileOut:
    """A file as clients see it, with links that work for a day."""
    signer = ctx.port(LinkSigner)
    url = signer.sign(ctx.workspace_id, file.id, now=ctx.now())
    preview = None
    if file.content_type in INLINE:
        preview = url
        if file.has_preview:
            preview = signer.sign(ctx.workspace_id, file.id, now=ctx.now(), preview=True)
    return FileOut(
        id=file.id,
        name=file.name,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        url=url,
        preview_url=preview,
        width=file.width,
        height=file.height,
    )


async def get(ctx: Ctx, file_id: UUID) -> File:
    """One file.

    Raises:
        FileNotFound: not in this workspace.
    """
    return await FileRepository(ctx).get(file_id)


async def remove(ctx: Ctx, ids: Collection[UUID]) -> int:
    """Delete files for good, with their previews; how many there were. Repeating it is harmless.

    Raises:
        Unreachable: the file storage did not answer; nothing is forgotten, try again.
    """
    if not ids:
        return 0
    removed = await FileRepository(ctx).forget(ids)
    paths = [path_of(ctx.workspace_id, i, preview=p) for i in ids for p in (False, True)]
    await ctx.port(FileStore).delete(*paths)
    return removed


async def remove_of(ctx: Ctx, owner_kind: str, owner_ids: Collection[UUID]) -> int:
    """Delete what is attached to some things. See `remove`."""
    found = await FileRepository(ctx).of_owners(owner_kind, owner_ids)
    return await remove(ctx, [file.id for file in found])


async def sweep(ctx: Ctx, *, limit: int = 500) -> Sequence[UUID]:
    """Delete uploads that were never attached to anything for a day; which those were.

    Raises:
        Unreachable: the file storage did not answer; nothing is lost, the next sweep goes on.
    """
    ids = await FileRepository(ctx).take_unattached(ctx.now() - _KEPT_UNSENT, limit)
    paths = [path_of(ctx.workspace_id, i, preview=p) for i in ids for p in (False, True)]
    await ctx.port(FileStore).delete(*paths)
    return ids
