"""One WebSocket, from handshake to close."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Send

from rapport.kernel.errors import Forbidden, RapportError
from rapport.kernel.http import Principal
from rapport.kernel.realtime import frames
from rapport.kernel.realtime.frames import (
    MAX_FRAME_CHARS,
    ClientFrame,
    Hello,
    Ping,
    Subscribe,
    Typing,
    Unsubscribe,
    Viewing,
)
from rapport.kernel.realtime.hub import RESTARTS, UNAUTHENTICATED, Hub
from rapport.kernel.realtime.subscribers import SLOW, Socket

logger = structlog.get_logger(__name__)

HELLO_S = 10.0
MAX_PER_ACTOR = 64
"""Connections one actor may have to one process."""
BURST = 60
PER_SECOND = 10.0
"""Frames a client may send: so many at once, and so many per second in the long run."""
FORBIDDEN = 4403
TOO_MANY = 4429
TOO_LARGE = 1009
PROTOCOL = 1002


class _Closing(Exception):
    """The conversation with this client is over."""

    def __init__(self, code: int) -> None:
        self.code = code


class _Allowance:
    """How much a client may still send: a bucket that fills steadily."""

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        self._left = float(BURST)
        self._at = time.monotonic()

    def spend(self) -> None:
        now = time.monotonic()
        self._left = min(float(BURST), self._left + (now - self._at) * PER_SECOND) - 1
        self._at = now
        if self._left < 0:
            raise _Closing(TOO_MANY)


async def serve_websocket(
    hub: Hub, recognise: Callable[[], Awaitable[Principal]], receive: Receive, send: Send
) -> None:
    """Run one connection until either side ends it; `recognise` checks its credentials.

    A refusal is told by a close code after the handshake, since browsers hide the status of a
    failed one: 4401 sign in, 4403 not from there, 4429 too much, 1012 this process
    stops, 1013 come back with your cursor.
    """
    await receive()  # websocket.connect
    if hub.leaving:
        await _refuse(send, RESTARTS)
        return
    try:
        principal = await recognise()
    except RapportError as error:
        await _refuse(send, FORBIDDEN if isinstance(error, Forbidden) else UNAUTHENTICATED)
        return
    if hub.topics.of_actor(principal.actor.id) >= MAX_PER_ACTOR:
        await _refuse(send, TOO_MANY)
        return
    await send({"type": "websocket.accept"})
    socket = Socket(principal, send, asyncio.current_task())
    socket.verify = recognise
    try:
        await _converse(hub, socket, receive)
    except _Closing as closing:
        await _close(send, closing.code)
    except asyncio.CancelledError:
        if not socket.closed:  # the server stops; otherwise it was us who dropped it
            raise
    except (OSError, SQLAlchemyError) as error:
        logger.warning("websocket_without_database", error=str(error))
        await _close(send, SLOW)
    finally:
        hub.leave(socket)


async def _converse(hub: Hub, socket: Socket, receive: Receive) -> None:
    allowance = _Allowance()
    try:
        async with asyncio.timeout(HELLO_S):
            hello = await _next(receive, allowance)
    except (TimeoutError, msgspec.MsgspecError):
        raise _Closing(PROTOCOL) from None
    if hello is None:
        return
    if not isinstance(hello, Hello):
        raise _Closing(PROTOCOL)
    await hub.admit(socket, hello.cursor, hello.topics)
    del hello
    while True:
        try:
            frame = await _next(receive, allowance)
        except msgspec.MsgspecError as error:
            socket.push(frames.error("frame_invalid", str(error)))
            continue
        if frame is None:
            return
        await _obey(hub, socket, frame)


async def _next(receive: Receive, allowance: _Allowance) -> ClientFrame | None:
    """The client's next frame; None when it has gone."""
    message = await receive()
    if message["type"] == "websocket.disconnect":
        return None
    allowance.spend()
    text = message.get("text") or ""
    if len(text) > MAX_FRAME_CHARS:
        raise _Closing(TOO_LARGE)
    return frames.decoder.decode(text)


async def _obey(hub: Hub, socket: Socket, frame: ClientFrame) -> None:
    match frame:
        case Subscribe(topics=topics):
            await hub.subscribe(socket, topics)
        case Unsubscribe(topics=topics):
            hub.unsubscribe(socket, topics)
        case Typing(conversation_id=conversation, on=on, note=note):
            await hub.typing(socket.principal, conversation, on=on, note=note)
        case Viewing(conversation_id=viewed):
            hub.viewing(socket, viewed)
        case Ping():
            socket.push(frames.heartbeat(hub.safe, socket.sent))
        case Hello():
            socket.push(frames.error("frame_invalid", "Say hello once."))


async def _refuse(send: Send, code: int) -> None:
    try:
        await send({"type": "websocket.accept"})
    except OSError:
        return
    await _close(send, code)


async def _close(send: Send, code: int) -> None:
    try:
        await send({"type": "websocket.close", "code": code})
    except OSError:
        logger.debug("websocket_gone_before_close", code=code)
