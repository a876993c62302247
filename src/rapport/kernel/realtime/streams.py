"""Server-sent events and long polling, for networks that let no WebSocket through."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from starlette.requests import HTTPConnection
from starlette.types import Receive, Send

from rapport.kernel.errors import Overloaded, TooMany
from rapport.kernel.http import Principal
from rapport.kernel.realtime.catch_up import CaughtUp
from rapport.kernel.realtime.frames import Frame, encoder
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.realtime.subscribers import MAX_HELD, SLOW, Subscriber
from rapport.kernel.realtime.websocket import MAX_PER_ACTOR

MAX_TIMEOUT_S = 55.0
GATHER_S = 0.02
"""What happens this shortly after the first event is in the same answer."""
HELD_BACK_S = 0.25
"""How soon to look again for an event that an older transaction holds back."""
_HEADERS = [(b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]


class Mailbox(Subscriber):
    """A connection whose frames are fetched from a queue; None in it means the end."""

    __slots__ = ("queue",)

    def __init__(self, principal: Principal) -> None:
        """Start empty."""
        super().__init__(principal)
        self.queue: asyncio.Queue[Frame | None] = asyncio.Queue()

    def transmit(self, frame: Frame) -> None:
        """See `Subscriber.transmit`."""
        if self.queue.qsize() >= MAX_HELD:
            self.drop(SLOW)
        else:
            self.queue.put_nowait(frame)

    async def transmit_and_wait(self, frame: Frame) -> None:
        """See `Subscriber.transmit_and_wait`. The queue holds all that a catch-up can bring."""
        self.queue.put_nowait(frame)

    def drop(self, code: int) -> None:
        """See `Subscriber.drop`."""
        self.closed = True
        self.queue.put_nowait(None)


async def stream(
    hub: Hub, principal: Principal, connection: HTTPConnection, receive: Receive, send: Send
) -> None:
    """`GET …/stream?cursor=&topics=a,b`: all frames as server-sent events, until either side ends.

    `Last-Event-ID` takes the place of `cursor` when a browser reconnects by itself.
    """
    cursor, topics = _wishes(connection)
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), *_HEADERS]
    async with _mailbox(hub, principal, receive) as mailbox:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await hub.admit(mailbox, connection.headers.get("last-event-id") or cursor, topics)
        while (frame := await mailbox.queue.get()) is not None:
            await send({"type": "http.response.body", "body": _sse(frame), "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def poll(
    hub: Hub, principal: Principal, connection: HTTPConnection, receive: Receive, send: Send
) -> None:
    """`GET …/poll?cursor=&topics=&timeout_s=25`: the events after `cursor`, once there is one.

    Without a cursor it answers the head at once. Events appear here once no older transaction
    runs, so that the answer's cursor has all of them behind it.
    """
    cursor, topics = _wishes(connection)
    async with _mailbox(hub, principal, receive) as mailbox:
        await hub.admit(mailbox, None, topics)
        if cursor is None:
            answer = CaughtUp(hub.safe, [])
        else:
            deadline = time.monotonic() + _seconds(connection.query_params.get("timeout_s"))
            answer = await _wait(hub, mailbox, cursor, deadline)
    body = encoder.encode(
        {
            "cursor": str(answer.head),
            "reset": answer.missed is None,
            "events": [msgspec.Raw(frame.text.encode()) for frame in answer.missed or ()],
        }
    )
    headers = [(b"content-type", b"application/json"), *_HEADERS]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _wait(hub: Hub, mailbox: Mailbox, cursor: str, deadline: float) -> CaughtUp:
    """What follows `cursor`, waiting for the first event until `deadline`."""
    while True:
        answer = await hub.catch_up(mailbox, cursor)
        if answer.missed is None:
            return answer
        finished = [f for f in answer.missed if f.cursor and f.cursor < answer.head]
        left = deadline - time.monotonic()
        if finished or left <= 0 or mailbox.closed:
            return CaughtUp(answer.head, finished)
        held_back = len(finished) < len(answer.missed)
        await _event(mailbox, min(left, HELD_BACK_S) if held_back else left)


async def _event(mailbox: Mailbox, timeout_s: float) -> None:
    """Wait for an event, or the end."""
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                frame = await mailbox.queue.get()
                if frame is None or frame.cursor:
                    break
            await asyncio.sleep(GATHER_S)
    except TimeoutError:
        return


@asynccontextmanager
async def _mailbox(hub: Hub, principal: Principal, receive: Receive) -> AsyncIterator[Mailbox]:
    """A connection that ends when the client goes."""
    if hub.topics.of_actor(principal.actor.id) >= MAX_PER_ACTOR:
        raise TooMany("You have too many connections open.", retry_after=5)
    if hub.leaving:
        raise Overloaded(retry_after=1)
    mailbox = Mailbox(principal)
    watch = asyncio.create_task(_watch(mailbox, receive))
    try:
        yield mailbox
    finally:
        watch.cancel()
        hub.leave(mailbox)


async def _watch(mailbox: Mailbox, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    mailbox.drop(SLOW)


def _wishes(connection: HTTPConnection) -> tuple[str | None, list[str]]:
    query = connection.query_params
    topics = [topic for topic in query.get("topics", "").split(",") if topic]
    return query.get("cursor") or None, topics


def _seconds(written: str | None) -> float:
    try:
        return min(max(float(written or 25), 0.0), MAX_TIMEOUT_S)
    except ValueError:
        return 25.0


def _sse(frame: Frame) -> bytes:
    name = f"id: {frame.cursor}\n" if frame.cursor else ""
    return f"{name}data: {frame.text}\n\n".encode()
