"""Clients that hear what happens and come back when they are cut off, as the browsers' do."""

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import random
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

Frame = dict[str, Any]
State = dict[str, dict[str, Any]]
"""Things by id, by the name they have in frames: `conversation`, `message`."""
SILENCE_S: Final = 40.0
AGAIN_S: Final = 0.05
"""Tests are less patient than browsers, which wait half a second."""
_LOST = (ConnectionError, asyncio.IncompleteReadError, TimeoutError, OSError, EOFError)
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_UPGRADE: Final = (
    "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    "sec-websocket-key: {}\r\n"
)


class Position:
    """Where a client stands in the log: what `web/packages/realtime/src/position.ts` does."""

    def __init__(self) -> None:
        """Begin at the head."""
        self.last: str | None = None
        self.complete: str | None = None
        self.proved: str | None = None
        self._applied: dict[tuple[Any, ...], None] = {}

    def accept(self, frame: Frame) -> bool:
        """Whether an event is new; if so it counts as applied."""
        key = (frame["cursor"], frame["name"], frame.get("topic"), frame.get("part", 0))
        if frame["cursor"] != self.last:
            self.complete, self.last = self.last or self.complete, frame["cursor"]
        if key in self._applied:
            return False
        self._applied[key] = None
        if len(self._applied) > 2_000:
            del self._applied[next(iter(self._applied))]
        return True

    def prove(self, head: str) -> None:
        """All up to `head` has come."""
        self.proved = head
        if self.last is None or _place(self.last) <= _place(head):
            self.last = head
        if self.complete is None or _place(self.complete) <= _place(head):
            self.complete = head

    def jump(self, head: str) -> None:
        """Begin again at `head`."""
        self.last = self.complete = self.proved = head

    def doubt(self) -> None:
        """Go back to where nothing was missing."""
        self.complete = self.proved


@dataclass(eq=False)
class Client:
    """One connection that is made again whenever it breaks, and the state it keeps by it."""

    port: int
    host: str
    """The server's own name; `port` may be a proxy's."""
    path: str
    headers: Mapping[str, str]
    topics: Sequence[str]
    fetch: Callable[[], Awaitable[State]]
    is_stream: bool = False
    heard: Callable[[Frame], None] = lambda frame: None
    state: State = field(default_factory=dict)
    losses: int = 0
    resets: int = 0
    gaps: int = 0
    """Heartbeats whose count was not what had come."""
    recoveries: list[tuple[float, float]] = field(default_factory=list)
    """When a connection was lost, and when the next one had caught up."""
    live: asyncio.Event = field(default_factory=asyncio.Event)
    position: Position = field(default_factory=Position)
    _lost_at: float | None = None

    async def stay(self) -> None:
        """Listen until cancelled."""
        while True:
            with contextlib.suppress(*_LOST):
                await self._listen()
            self.live.clear()
            self.losses += 1
            if self._lost_at is None:
                self._lost_at = time.monotonic()
            await asyncio.sleep(AGAIN_S * random.random())

    async def _listen(self) -> None:
        received, resumed = 0, self.position.complete
        async with asyncio.timeout(None) as patience:
            async for frame in self._frames(resumed):
                patience.reschedule(asyncio.get_running_loop().time() + SILENCE_S)
                kind = frame["type"]
                if kind == "ready" and resumed is None:
                    await self._begin(frame["cursor"])
                elif kind == "reset":
                    self.resets += 1
                    await self._begin(frame["cursor"])
                elif kind == "event":
                    received += 1
                    self._apply(frame)
                elif kind == "heartbeat":
                    if frame["count"] != received:
                        self.gaps += 1
                        self.position.doubt()
                        return
                    self.position.prove(frame["cursor"])
                    self._caught_up()

    async def _begin(self, head: str) -> None:
        """Fetch everything."""
        self.state = await self.fetch()
        self.position.jump(head)
        self._caught_up()

    def _caught_up(self) -> None:
        if self._lost_at is not None:
            self.recoveries.append((self._lost_at, time.monotonic()))
            self._lost_at = None
        self.live.set()

    def _apply(self, frame: Frame) -> None:
        if not self.position.accept(frame):
            return
        for kind in ("conversation", "message"):
            thing = frame.get(kind)
            if thing is not None:
                self.state.setdefault(kind, {})[thing["id"]] = thing
        self.heard(frame)

    async def _frames(self, cursor: str | None) -> AsyncIterator[Frame]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            if self.is_stream:
                stream = self._events(reader, writer, cursor)
            else:
                stream = self._texts(reader, writer, cursor)
            async for text in stream:
                yield json.loads(text)
        finally:
            writer.close()

    async def _events(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cursor: str | None
    ) -> AsyncIterator[bytes]:
        """The data of server-sent events."""
        wishes = {"cursor": cursor or "", "topics": ",".join(self.topics)}
        joint = "&" if "?" in self.path else "?"
        path, _, query = self.path.partition("?")
        await self._ask(writer, f"{path}/stream?{query}{joint if query else ''}{urlencode(wishes)}")
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(head)
        async for line in _lines(reader):
            if line.startswith(b"data: "):
                yield line.removeprefix(b"data: ")

    async def _texts(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cursor: str | None
    ) -> AsyncIterator[bytes]:
        """The text frames of a WebSocket."""
        await self._ask(
            writer, self.path, _UPGRADE.format(base64.b64encode(os.urandom(16)).decode())
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(head)
        hello = {"type": "hello", "cursor": cursor, "topics": list(self.topics)}
        writer.write(masked(_TEXT, json.dumps(hello).encode()))
        while True:
            opcode, payload = await _read(reader)
            if opcode == _TEXT:
                yield payload
            elif opcode == _PING:
                writer.write(masked(_PONG, payload))
            elif opcode == _CLOSE:
                return

    async def _ask(self, writer: asyncio.StreamWriter, path: str, more: str = "") -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(f"GET {path} HTTP/1.1\r\nhost: {self.host}\r\n{lines}{more}\r\n".encode())
        await writer.drain()


async def _lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The whole lines of a chunked body (RFC 9112, section 7.1), wherever its chunks break."""
    rest = b""
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        rest += await reader.readexactly(size)
        await reader.readexactly(2)
        *lines, rest = rest.split(b"\n")
        for line in lines:
            yield line


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, length = await reader.readexactly(2)
    if length == 126:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", await reader.readexactly(8))
    return first & 0x0F, await reader.readexactly(length)


def masked(opcode: int, payload: bytes) -> bytes:
    """A client's frame of at most 65,535 bytes, masked with zeros."""
    size = len(payload)
    head = bytes([0x80 | opcode, 0x80 | min(size, 126)])
    return head + (struct.pack("!H", size) if size >= 126 else b"") + bytes(4) + payload


def fingerprint(state: State, *, without: Sequence[str] = ()) -> str:
    """A hash of a state; fields called as in `without` do not count."""
    plain = {
        kind: {
            id_: {name: value for name, value in thing.items() if name not in without}
            for id_, thing in things.items()
        }
        for kind, things in state.items()
        if things
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def p99(values: Sequence[float]) -> float:
    """The value that one in a hundred exceeds; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))] if values else 0.0


def _place(cursor: str) -> tuple[int, int]:
    tx, _, number = cursor.rpartition("-")
    return int(tx), int(number)
