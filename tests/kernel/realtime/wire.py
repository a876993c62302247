"""Talking to the realtime application without a network."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

SOON_S = 5
Frame = dict[str, Any]


class Wire:
    """One WebSocket client. `taking` cleared means that the network takes nothing more."""

    def __init__(self) -> None:
        self.taking = asyncio.Event()
        self.taking.set()
        self.code: int | None = None
        self._up: asyncio.Queue[Message] = asyncio.Queue()
        self._down: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._up.put_nowait({"type": "websocket.connect"})

    async def receive(self) -> Message:
        return await self._up.get()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        await self.taking.wait()
        if message["type"] == "websocket.send":
            self._down.put_nowait(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.code = message["code"]
            self._up.put_nowait({"type": "websocket.disconnect", "code": self.code})
            self._down.put_nowait(None)

    def say(self, **frame: Any) -> None:
        """Send a frame to the server."""
        self.say_raw(json.dumps(frame))

    def say_raw(self, text: str) -> None:
        self._up.put_nowait({"type": "websocket.receive", "text": text})

    def hang_up(self) -> None:
        self._up.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def hello(self, *topics: str, cursor: str | None = None) -> Frame:
        """Say hello and wait for the answer."""
        self.say(type="hello", cursor=cursor, topics=list(topics))
        return await self.next("ready")

    async def next(self, *types: str) -> Frame:
        """The next frame, of one of these types when given."""
        async with asyncio.timeout(SOON_S):
            while True:
                frame = await self._down.get()
                assert frame is not None, f"closed with {self.code}"
                if not types or frame["type"] in types:
                    return frame

    async def closes(self) -> int:
        """Wait for the end, and return the close code."""
        async with asyncio.timeout(SOON_S):
            while await self._down.get() is not None:
                continue
        assert self.code is not None
        return self.code

    async def events(self, count: int) -> list[Frame]:
        """The next so many event frames."""
        return [await self.next("event") for _ in range(count)]

    def waiting(self) -> list[Frame]:
        """The frames that have come by now."""
        found = []
        while not self._down.empty():
            frame = self._down.get_nowait()
            if frame is not None:
                found.append(frame)
        return found


@asynccontextmanager
async def connected(
    app: ASGIApp, *, headers: dict[str, str] | None = None, path: str = "/v1/realtime"
) -> AsyncIterator[Wire]:
    """A WebSocket client whose connection ends with the block."""
    wire = Wire()
    scope = {
        "type": "websocket",
        "path": path,
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
    }
    task = asyncio.ensure_future(app(scope, wire.receive, wire.send))
    try:
        yield wire
    finally:
        wire.taking.set()
        wire.hang_up()
        await asyncio.wait([task], timeout=SOON_S)


class Streamed:
    """The answer to a GET, as it arrives."""

    def __init__(self) -> None:
        self.status = 0
        self.body: asyncio.Queue[bytes] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.ended = asyncio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body.put_nowait(message.get("body", b""))
            if not message.get("more_body", False):
                self.ended.set()

    async def ends(self) -> None:
        """Wait until the answer is complete."""
        async with asyncio.timeout(SOON_S):
            await self.ended.wait()

    async def next(self, *types: str) -> Frame:
        """The next server-sent event, of one of these types when given."""
        async with asyncio.timeout(SOON_S):
            while True:
                chunk = (await self.body.get()).decode()
                (line,) = [row for row in chunk.splitlines() if row.startswith("data: ")]
                frame: Frame = json.loads(line.removeprefix("data: "))
                if not types or frame["type"] in types:
                    return frame


@asynccontextmanager
async def getting(
    app: ASGIApp, path: str, *, headers: dict[str, str] | None = None, **query: str
) -> AsyncIterator[Streamed]:
    """A GET whose answer is read as it comes."""
    answer = Streamed()
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": urlencode(query).encode(),
        "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
    }
    task = asyncio.ensure_future(app(scope, answer.receive, answer.send))
    try:
        yield answer
    finally:
        answer.gone.set()
        await asyncio.wait([task], timeout=SOON_S)


async def get_json(app: ASGIApp, path: str, **query: str) -> tuple[int, Any]:
    """The status and body of a GET."""
    async with getting(app, path, headers=None, **query) as answer, asyncio.timeout(SOON_S):
        body = await answer.body.get()
        return answer.status, json.loads(body)
