"""Where mail providers call: no session, no cookie, only what proves that it is them."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from rapport.channels.email.receiving.hooks import service as hooks
from rapport.channels.email.receiving.hooks.calls import Call
from rapport.channels.email.receiving.hooks.errors import (
    HookMalformed,
    HookNotFound,
    HookUnsigned,
    NotificationTooLarge,
)
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable
from rapport.kernel.http import problems
from rapport.kernel.settings.process import Settings

ENCODING: Final = 1.5
"""How much longer a message may be in a provider's form than as it is."""
FORM_BYTES: Final = 1024 * 1024
SMALL_BYTES: Final = 1024 * 1024
"""Bodies up to this are read whenever they come; larger ones a few at a time."""
LARGE_AT_ONCE: Final = 2
READ_S: Final = 120.0
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A call in the provider's own form.",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_REFUSALS: Final = problems(
    HookNotFound, HookUnsigned, HookMalformed, NotificationTooLarge, Unreachable
)

router = APIRouter(tags=["hooks"], prefix="/hooks/email")
_large = asyncio.Semaphore(LARGE_AT_ONCE)


def most_bytes(settings: Settings) -> int:
    """How long the body of a call may be."""
    return int(settings.max_mail_bytes * ENCODING) + FORM_BYTES


@router.post("/{provider}/{key}", responses=_REFUSALS, openapi_extra=_BODY)
async def take_mail_hook(
    provider: Annotated[str, Path(max_length=20)],
    key: Annotated[str, Path(max_length=100)],
    request: Request,
) -> JSONResponse:
    """Take in what a mail provider posts: a message, or what became of one of ours.

    Answered with 200 once everything is stored. The same call again is answered so, too, and
    changes nothing.
    """
    return await _take(provider, key, request)


@router.post("/{provider}/{key}/mime", responses=_REFUSALS, openapi_extra=_BODY)
async def take_mime_mail_hook(
    provider: Annotated[str, Path(max_length=20)],
    key: Annotated[str, Path(max_length=100)],
    request: Request,
) -> JSONResponse:
    """The same. Mailgun sends messages as they came to addresses that end in `mime` only."""
    return await _take(provider, key, request)


async def _take(provider: str, key: str, request: Request) -> JSONResponse:
    database: Database = request.app.state.database
    headers = {name.lower(): value for name, value in request.headers.items()}
    caller = await hooks.admit(database, provider, key, headers)
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) <= SMALL_BYTES:
        await hooks.take(database, caller, Call(headers, await _body(request)))
    else:
        async with _large:
            await hooks.take(database, caller, Call(headers, await _body(request)))
    return JSONResponse({"ok": True})


async def _body(request: Request) -> bytes:
    """The whole body.

    Raises:
        NotificationTooLarge: it is longer than accepted.
        HookMalformed: it broke off.
    """
    most = most_bytes(request.app.state.database.ports.get(Settings))
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_S):
            async for piece in request.stream():
                size += len(piece)
                if size > most:
                    raise NotificationTooLarge
                pieces.append(piece)
    except (ClientDisconnect, TimeoutError) as error:
        raise HookMalformed("The call broke off.") from error
    return b"".join(pieces)
