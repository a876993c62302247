"""Uploading by agents, and downloading by whoever holds a signed link."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from rapport.kernel.auth.http import authenticate_agent
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden, Unreachable
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import (
    FileKindForbidden,
    FileNotFound,
    FileTooLarge,
    ImageUnreadable,
    LinkRefused,
    UploadMalformed,
)
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.models import File
from rapport.kernel.files.schemas import FileOut
from rapport.kernel.files.store import FileStore, path_of
from rapport.kernel.files.uploads import MULTIPART_BODY, read_upload
from rapport.kernel.http import Principal, problems
from rapport.kernel.settings.process import Settings

UPLOAD_PROBLEMS = problems(
    Forbidden, UploadMalformed, FileTooLarge, FileKindForbidden, ImageUnreadable, Unreachable
)
_LONGEST_CACHE_S: Final = 3600

router = APIRouter(tags=["files"])
downloads = APIRouter(tags=["files"])


async def receive(request: Request, principal: Principal) -> FileOut:
    """Read, examine and keep the one file of a request, for whoever sends it.

    The database is not asked for anything until the whole file has been read and examined.

    Raises:
        UploadMalformed, FileTooLarge, FileKindForbidden, ImageUnreadable: nothing was kept.
        Unreachable: the file storage did not take it; nothing was kept.
    """
    database: Database = request.app.state.database
    max_bytes = database.ports.get(Settings).max_file_bytes
    prepared = await files.prepare(
        await read_upload(request, max_bytes=max_bytes), max_bytes=max_bytes
    )
    async with database.begin(principal.workspace_id, principal.actor) as ctx:
        return files.describe(ctx, await files.store(ctx, prepared))


@router.post(
    "/files",
    status_code=201,
    response_model=FileOut,
    responses=UPLOAD_PROBLEMS,
    openapi_extra=MULTIPART_BODY,
)
async def upload_file(request: Request) -> FileOut:
    """Upload one file, to be attached to a message within a day."""
    principal = await authenticate_agent(request)
    if "files.write" not in principal.actor.permissions:
        raise Forbidden("This needs the permission 'files.write'.")
    return await receive(request, principal)


@downloads.get(
    "/files/{token}",
    response_class=StreamingResponse,
    responses=problems(LinkRefused, FileNotFound),
)
async def download_file(token: str, request: Request) -> StreamingResponse:
    """The bytes of a file, for whoever holds its signed link while it works."""
    database: Database = request.app.state.database
    now = database.now()
    link = database.ports.get(LinkSigner).read(token, now=now)
    async with database.begin(link.workspace_id, SYSTEM) as ctx:
        file = await files.get(ctx, link.file_id)
    preview = link.preview and file.has_preview
    path = path_of(link.workspace_id, link.file_id, preview=preview)
    pieces: AsyncIterator[bytes] = await database.ports.get(FileStore).read(path)
    return StreamingResponse(
        pieces,
        media_type="image/webp" if preview else file.content_type,
        headers=headers_of(file, preview=preview, expires_at=link.expires_at, now=now),
    )


def headers_of(file: File, *, preview: bool, expires_at: datetime, now: datetime) -> dict[str, str]:
    """What makes a browser show a picture, save anything else, and run nothing."""
    inline = preview or file.content_type in files.INLINE
    fallback = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    disposition = "inline" if inline else "attachment"
    max_age = max(0, min(_LONGEST_CACHE_S, int((expires_at - now).total_seconds())))
    headers = {
        "content-disposition": (
            f"{disposition}; filename=\"{fallback}\"; filename*=UTF-8''{quote(file.name, safe='')}"
        ),
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "cache-control": f"private, max-age={max_age}, immutable",
    }
    if not preview:
        headers["content-length"] = str(file.size_bytes)
    return headers
