"""Pictures that a text of ours shows: files of this server, which a mail carries along."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Final
from uuid import UUID

from rapport.channels.email.sending.message import Enclosed
from rapport.kernel.context import Ctx
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileNotFound, LinkRefused
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.models import File
from rapport.kernel.files.store import FileStore, path_of

MAX_PICTURES: Final = 30
_SHOWN: Final = re.compile(r' src="(/files/([^"]{1,400}))"')
_WHENEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A link that was good when the text was written stays good for what the text shows."""


async def carried(ctx: Ctx, html: str, domain: str) -> tuple[str, list[Enclosed], set[UUID]]:
    """The HTML with its pictures named by content ids, the pictures, and which files these are."""
    found: dict[UUID, Enclosed] = {}
    for written, token in dict.fromkeys(_SHOWN.findall(html)):
        file_id = _named(ctx, unescape(token))
        if file_id is None or (file_id not in found and len(found) == MAX_PICTURES):
            continue
        if file_id not in found:
            enclosed = await _enclosed(ctx, file_id, domain)
            if enclosed is None:
                continue
            found[file_id] = enclosed
        html = html.replace(f' src="{written}"', f' src="cid:{found[file_id].cid}"')
    return html, list(found.values()), set(found)


def _named(ctx: Ctx, token: str) -> UUID | None:
    try:
        link = ctx.port(LinkSigner).read(token, now=_WHENEVER)
    except LinkRefused:
        return None
    return link.file_id if link.workspace_id == ctx.workspace_id else None


async def _enclosed(ctx: Ctx, file_id: UUID, domain: str) -> Enclosed | None:
    try:
        file = await files.get(ctx, file_id)
        if file.content_type not in files.INLINE:
            return None
        return enclosure(file, await content_of(ctx, file), cid=f"{file.id.hex}@{domain}")
    except FileNotFound:
        return None


async def content_of(ctx: Ctx, file: File) -> bytes:
    """The bytes of a file.

    Raises:
        FileNotFound: it is gone from the store.
        Unreachable: the store did not answer.
    """
    pieces = await ctx.port(FileStore).read(path_of(ctx.workspace_id, file.id))
    return b"".join([piece async for piece in pieces])


def enclosure(file: File, content: bytes, *, cid: str | None = None) -> Enclosed:
    """A file as a mail carries it."""
    kind = file.content_type.partition(";")[0].strip()
    if not re.fullmatch(r"[a-z]+/[\w.+-]+", kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    return Enclosed(file.name, kind, content, cid)
