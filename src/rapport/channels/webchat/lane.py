"""The hot lane: messages and typing from widgets, past the framework, into the batcher.

It answers byte for byte what the routes of the same address document (a test compares the two) at
a fraction of their cost. Whatever it does not know how to do fast, such as files, it hands on.
"""

import re
import time
from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import structlog
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rapport.channels.webchat.errors import MessageEmpty
from rapport.channels.webchat.limits import TYPING, VisitorLimits
from rapport.channels.webchat.repository import Visitor
from rapport.channels.webchat.schemas import MAX_ATTACHMENTS, MAX_BODY_CHARS, MAX_CLIENT_ID_CHARS
from rapport.channels.webchat.visitors import admitted, principal_of
from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.ports import Ingest, NewMessage, Stored
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import TooLarge
from rapport.kernel.http import answer_error, problem_response, refusal
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.telemetry import metrics

log = structlog.get_logger(__name__)

PREFIX: Final = "/widget/v1/"
MAX_BODY_BYTES: Final = 64 * 1024
_HOT = re.compile(r"/widget/v1/conversations/([0-9a-fA-F-]{36})/(messages|typing)")

_OPEN: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"retry-after"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
_PREFLIGHT: Final = (
    *_OPEN,
    (b"access-control-allow-methods", b"GET, POST, PATCH, PUT"),
    (b"access-control-allow-headers", b"authorization, content-type"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
)
_JSON: Final = (*_OPEN, (b"content-type", b"application/json"))


class _MessageIn(msgspec.Struct, forbid_unknown_fields=True):
    client_id: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=MAX_CLIENT_ID_CHARS, pattern=r"^[\x21-\x7e]+$"),
    ]
    body: Annotated[str, msgspec.Meta(max_length=MAX_BODY_CHARS, pattern=r"^[^\x00]*$")]
    attachment_ids: Annotated[list[UUID], msgspec.Meta(max_length=MAX_ATTACHMENTS)] = []


class _TypingIn(msgspec.Struct, forbid_unknown_fields=True):
    on: bool


_read_message = msgspec.json.Decoder(_MessageIn).decode
_read_typing = msgspec.json.Decoder(_TypingIn).decode


class _Gone(Exception):
    """The client hung up before it had said everything."""


class WidgetLane:
    """Everything under `/widget/v1/`: opens it to all origins, and serves the hot addresses."""

    def __init__(
        self, app: ASGIApp, database: Database, ingest: Ingest, hub: Hub | None = None
    ) -> None:
        """Hand to `app` whatever is not hot."""
        self._app = app
        self._database = database
        self._ingest = ingest
        self._hub = hub
        self._limits = VisitorLimits.of(database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await _answer(send, 204, _PREFLIGHT)
            return
        hot = _HOT.fullmatch(scope["path"]) if scope["method"] == "POST" else None
        if hot is None:
            await self._app(scope, receive, _opened(send))
            return
        began, status = time.perf_counter(), 0
        metrics.started()
        try:
            status = await self._serve(hot, scope, receive, send)
        except _Gone:
            return
        except Exception as error:  # noqa: BLE001 - it is logged and answered
            problem = _problem(error, scope["path"])
            status = problem.status_code
            await problem(scope, receive, _opened(send))
        finally:
            route = f"{PREFIX}conversations/{{conversation_id}}/{hot[2]}"
            metrics.finished("POST", route, status, time.perf_counter() - began)

    async def _serve(self, hot: re.Match[str], scope: Scope, receive: Receive, send: Send) -> int:
        """Serve a hot address; returns the status, or 0 when it was handed on."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        visitor = await admitted(self._database, _token(headers), _origin(headers))
        try:
            conversation_id = UUID(hot[1])
        except ValueError:
            await self._app(scope, receive, _opened(send))
            return 0
        if hot[2] == "typing":
            self._limits.take(TYPING, str(visitor.session_id))
            body = _read_typing(await _body(headers, receive))
            if self._hub is not None and not await self._hub.typing(
                principal_of(visitor), conversation_id, on=body.on
            ):
                raise ConversationNotFound
            await _answer(send, 204, _OPEN)
            return 204
        raw = await _body(headers, receive)
        message = _read_message(raw)
        if message.attachment_ids:
            await self._app(scope, _again(raw, receive), _opened(send))
            return 0
        if not message.body.strip():
            raise MessageEmpty
        client = scope.get("client")
        self._limits.take_message(str(visitor.session_id), client[0] if client else "")
        stored = await self._ingest.submit(_new(visitor, conversation_id, message))
        await _answer(send, 201, _JSON, _told(visitor, message, stored))
        return 201


def _new(visitor: Visitor, conversation_id: UUID, message: _MessageIn) -> NewMessage:
    return NewMessage(
        workspace_id=visitor.workspace_id,
        conversation_id=conversation_id,
        body=message.body,
        author_kind="customer",
        author_id=visitor.customer_id,
        author_name=visitor.name,
        by_visitor=True,
        client_id=message.client_id,
    )


def _told(visitor: Visitor, message: _MessageIn, stored: Stored) -> bytes:
    """The message as its author sees it: a `VisitorMessage`."""
    told: dict[str, Any] = {
        "id": stored.id,
        "conversation_id": stored.conversation_id,
        "seq": stored.seq,
        "author": {"kind": "me", "name": visitor.name},
        "body": stored.body,
        "html": stored.html,
        "cards": [],
        "attachments": [],
        "client_id": message.client_id,
        "created_at": stored.created_at,
    }
    return msgspec.json.encode(told)


def _token(headers: Mapping[bytes, bytes]) -> str:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def _origin(headers: Mapping[bytes, bytes]) -> str | None:
    """The page's origin, unless it is one of ours."""
    origin = headers.get(b"origin")
    if origin is None or origin.partition(b"://")[2].lower() == headers.get(b"host", b"").lower():
        return None
    return origin.decode("latin-1")


async def _body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """The request's body, at most 64 KiB.

    Raises:
        TooLarge: it is longer, or says it will be.
        _Gone: the client hung up.
    """
    declared = headers.get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > MAX_BODY_BYTES:
        raise TooLarge("At most 65,536 bytes are accepted here.")
    pieces, size = list[bytes](), 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Gone
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > MAX_BODY_BYTES:
            raise TooLarge("At most 65,536 bytes are accepted here.")
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that tells a body that was read already once more."""
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _opened(send: Send) -> Send:
    """A `send` that lets pages of every origin read the answer, and nobody keep it."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in _OPEN}
            kept = [pair for pair in message["headers"] if pair[0].lower() not in ours]
            message["headers"] = [*kept, *_OPEN]
        await send(message)

    return with_headers


async def _answer(
    send: Send, status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes = b""
) -> None:
    if body:
        headers = (*headers, (b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


def _problem(error: Exception, path: str) -> Response:
    """The answer that a route of the same address would give to this error."""
    refused = refusal(error)
    if refused is not None:
        return answer_error(refused)
    if not isinstance(error, msgspec.DecodeError | UnicodeDecodeError | RecursionError):
        log.error("request_failed", path=path, exc_info=error)
        title = "Something went wrong on our side."
        return problem_response(500, "internal_error", title, "It was logged; try again.")
    title = "The request does not fit what this address accepts."
    what, _, where = str(error).partition(" - at `$")
    field = "body" + where.rstrip("`")
    return problem_response(422, "request_invalid", title, f"{field}: {what}", fields={field: what})
