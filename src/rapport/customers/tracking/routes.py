"""Where senders put events: the form of Segment's HTTP tracking API, so that theirs fit.

See https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/. Open to every
origin and without cookies: the write key is all that counts, and it reads nothing.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from rapport.customers.errors import WriteKeyNotFound
from rapport.customers.permissions import MANAGE
from rapport.customers.tracking import calls as reading
from rapport.customers.tracking import service as tracking
from rapport.customers.tracking import write_keys
from rapport.customers.tracking.errors import EventMalformed, EventTooLarge, WriteKeyUnknown
from rapport.customers.tracking.limits import SenderLimits
from rapport.customers.tracking.repository import Sender, sender_of
from rapport.customers.tracking.schemas import (
    NewWriteKeyOut,
    ReceivedOut,
    WriteKeyIn,
    WriteKeyOut,
    WriteKeysOut,
)
from rapport.kernel.auth.http import AgentRoute, address
from rapport.kernel.auth.tokens import digest
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden, RapportError, TooMany
from rapport.kernel.http import Permitted, answer_error, problems

router = APIRouter(tags=["tracking"])
keys = APIRouter(prefix="/write-keys", tags=["tracking"], route_class=AgentRoute)
CanManage = Annotated[Ctx, Depends(Permitted(MANAGE))]

_LONGEST_KEY: Final = 200
_OPEN: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-allow-methods": "POST",
    "access-control-max-age": "86400",
    "cross-origin-resource-policy": "cross-origin",
}
_SHORT: Final = {"identify": "i", "track": "t", "page": "p", "screen": "s", "group": "g"}
_SHORT_ALIAS: Final = "a"
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
    "security": [{"writeKey": []}],
}
Handler = Callable[[Request], Awaitable[Response]]


async def _receive(request: Request, kind: str | None) -> Response:
    """Deal with the event, or for no kind the batch of events, in a request's body."""
    try:
        body = await request.body()
        found = reading.parse(body)
        sender = await _sender(request, found)
        database = _database(request)
        now = database.now()
        if kind is None:
            received = reading.several(found, now)
        else:
            received = [reading.single(kind, body, now)]
        actor = Actor("api_key", sender.id, name=sender.name)
        async with database.begin(sender.workspace_id, actor) as ctx:
            await tracking.receive(ctx, sender, received)
    except RapportError as error:
        answer: Response = answer_error(error)
    else:
        answer = JSONResponse(ReceivedOut(success=True).model_dump())
    answer.headers.update(_OPEN)
    return answer


async def _sender(request: Request, found: dict[str, Any]) -> Sender:
    """Who sends, by the write key in the header, else in the body.

    Raises:
        WriteKeyUnknown: there is none, or it was taken back.
        TooMany: it is used too often.
    """
    key = _basic(request.headers.get("authorization", "")) or found.get("writeKey")
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY:
        raise WriteKeyUnknown
    database = _database(request)
    async with database.connect() as session:
        sender = await sender_of(session, digest(key))
    if sender is None:
        raise WriteKeyUnknown
    SenderLimits.of(database).take(sender, address(request))
    return sender


def _basic(header: str) -> str | None:
    """The user name of Basic authentication; a colon behind it may be missing."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return None
    return text.partition(":")[0] or None


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _endpoint(kind: str | None) -> Handler:
    async def handle(request: Request) -> Response:
        return await _receive(request, kind)

    return handle


_REFUSALS: Final = problems(WriteKeyUnknown, EventMalformed, EventTooLarge, TooMany)
_ABOUT: Final = {
    "identify": ("identify_person", "Say who somebody is, and what is known about them."),
    "track": ("track_event", "Tell that somebody did something."),
    "page": ("track_page", "Tell that somebody looked at a page; kept if they allow it."),
    "screen": ("track_screen", "Tell that somebody looked at a screen of an app."),
    "group": ("track_group", "Say which company somebody belongs to."),
    "alias": ("alias_person", "Say that an id was somebody's before they were known."),
}
for _kind, (_name, _told) in _ABOUT.items():
    router.add_api_route(
        f"/{_kind}",
        _endpoint(_kind),
        methods=["POST"],
        name=_name,
        description=_told,
        response_model=ReceivedOut,
        responses=_REFUSALS,
        openapi_extra=_BODY,
    )
    router.add_api_route(
        f"/{_SHORT.get(_kind, _SHORT_ALIAS)}",
        _endpoint(_kind),
        methods=["POST"],
        include_in_schema=False,
    )
router.add_api_route(
    "/batch",
    _endpoint(None),
    methods=["POST"],
    name="track_batch",
    description="Up to 2,500 events in one request, in their order; each is taken once.",
    response_model=ReceivedOut,
    responses=_REFUSALS,
    openapi_extra=_BODY,
)
for _path in ("/import", "/b"):
    router.add_api_route(_path, _endpoint(None), methods=["POST"], include_in_schema=False)


async def _preflight(_: Request) -> Response:
    return Response(status_code=204, headers=_OPEN)


for _path in [
    *(f"/{kind}" for kind in _ABOUT),
    *(f"/{short}" for short in (*_SHORT.values(), _SHORT_ALIAS, "b")),
    *("/batch", "/import"),
]:
    router.add_api_route(_path, _preflight, methods=["OPTIONS"], include_in_schema=False)


@keys.get("", responses=problems(Forbidden))
async def list_write_keys(ctx: CanManage) -> WriteKeysOut:
    """All write keys, the latest first."""
    found = await write_keys.everything(ctx)
    return WriteKeysOut(items=[WriteKeyOut.model_validate(row) for row in found])


@keys.post("", status_code=201, responses=problems(Forbidden))
async def create_write_key(body: WriteKeyIn, ctx: CanManage) -> NewWriteKeyOut:
    """Make a write key; this answer is the only one that shows it."""
    row, key = await write_keys.create(ctx, name=body.name, kind=body.kind)
    return NewWriteKeyOut(**WriteKeyOut.model_validate(row).model_dump(), key=key)


@keys.delete("/{write_key_id}", status_code=204, responses=problems(Forbidden, WriteKeyNotFound))
async def revoke_write_key(write_key_id: UUID, ctx: CanManage) -> None:
    """Take a write key back."""
    await write_keys.revoke(ctx, write_key_id)
