"""The people of `rapport bench deliver`, in a process of their own and as cheap as can be.

Reads what to do as JSON from its standard input and answers as JSON on its standard output.
"""

import asyncio
import contextlib
import json
import re
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, cast

import uvloop

from rapport.server.bench.sockets import Listener

WARM_UP_S: Final = 2.0
PATIENCE_S: Final = 30.0
AT_ONCE: Final = 100
POSTERS: Final = 24
_NUMBER: Final = re.compile(rb"Parcel (\d+) ")


class Poster(asyncio.Protocol):
    """A kept-alive connection that carries one request at a time."""

    def __init__(self, traffic: "Traffic") -> None:
        """Tell `traffic` when the answer is there."""
        self._traffic = traffic
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be free."""
        self._transport = cast("asyncio.Transport", transport)
        self._traffic.is_free(self)

    def post(self, request: bytes) -> None:
        """Send a request."""
        assert self._transport is not None
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Read the answer to its end."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        at = self._received.find(b"content-length: ")
        if end < 0 or not 0 <= at < end:
            return
        length = int(self._received[at + 16 : self._received.find(b"\r", at)])
        if len(self._received) >= end + 4 + length:
            if not self._received.startswith(b"HTTP/1.1 201"):
                self._traffic.refused += 1
            self._received = b""
            self._traffic.is_free(self)


class Traffic:
    """What is written and heard."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """Prepare for `plan`."""
        self._port: int = plan["port"]
        self._people: list[dict[str, str]] = plan["people"]
        self._rate: float = plan["rate"]
        self._seconds: float = plan["seconds"]
        self._free: deque[Poster] = deque()
        self._due: deque[bytes] = deque()
        self._sent_at: list[float] = []
        self._writers = [person for person in self._people if "post" in person]
        self._agents = len(self._people) - len(self._writers)
        self._measured_from = round(WARM_UP_S * self._rate)
        self._goal: Callable[[], bool] = lambda: False
        self._reached = asyncio.Event()
        self.ready = 0
        self.refused = 0
        self.agents_ms: list[float] = []
        self.own_ms: list[float] = []

    async def run(self) -> dict[str, Any]:
        """Connect everybody, write at the rate, and wait for what is under way."""
        await self._connect()
        loop = asyncio.get_running_loop()
        for _ in range(POSTERS):
            await loop.create_connection(lambda: Poster(self), "127.0.0.1", self._port)
        count = round((WARM_UP_S + self._seconds) * self._rate)
        begun = time.perf_counter()
        for number in range(count):
            due = begun + number / self._rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._sent_at.append(due)
            self._due.append(self._request(number))
            self._pump()
        measured = count - self._measured_from
        expected = measured * (self._agents + 1)
        with contextlib.suppress(TimeoutError):
            await self._reach(lambda: len(self.agents_ms) + len(self.own_ms) >= expected)
        heard = sorted(self.agents_ms + self.own_ms)
        return {
            "sent": measured,
            "refused": self.refused,
            "missing": expected - len(heard),
            "latencies_ms": heard,
            "own_ms": sorted(self.own_ms),
        }

    def is_free(self, poster: Poster) -> None:
        """A connection can carry the next request."""
        self._free.append(poster)
        self._pump()

    def _pump(self) -> None:
        while self._free and self._due:
            self._free.popleft().post(self._due.popleft())

    def _request(self, number: int) -> bytes:
        writer = self._writers[number % len(self._writers)]
        text = f"Parcel {number} has not arrived yet. Could you have a look at it, please?"
        body = f'{{"type":"event","client_id":"m{number}","body":"{text}"}}'
        if writer["token"] != "none":  # noqa: S105 - the bare server's people have none
            body = f'{{"client_id":"m{number}","body":"{text}"}}'
        return (
            f"POST {writer['post']} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\n"
            f"authorization: Bearer {writer['token']}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}"
        ).encode()

    async def _reach(self, goal: Callable[[], bool]) -> None:
        """Wait until what was heard makes `goal` true, but not for ever."""
        self._goal = goal
        self._reached.clear()
        if not goal():
            await asyncio.wait_for(self._reached.wait(), PATIENCE_S)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        for start in range(0, len(self._people), AT_ONCE):
            group = self._people[start : start + AT_ONCE]
            await asyncio.gather(
                *(
                    loop.create_connection(
                        lambda it=it: self._listener(it),  # type: ignore[misc]
                        "127.0.0.1",
                        self._port,
                    )
                    for it in group
                )
            )
            wanted = start + len(group)
            await self._reach(lambda wanted=wanted: self.ready >= wanted)  # type: ignore[misc]

    def _listener(self, person: dict[str, str]) -> Listener:
        topics = [person["topic"]] if "topic" in person else []
        hello = json.dumps({"type": "hello", "cursor": None, "topics": topics})
        heard = self.own_ms if "post" in person else self.agents_ms

        def hear(text: bytes) -> None:
            if text.startswith(b'{"type":"ready"'):
                self.ready += 1
            elif (found := _NUMBER.search(text)) is not None:
                number = int(found[1])
                if number >= self._measured_from:
                    heard.append((time.perf_counter() - self._sent_at[number]) * 1_000)
            if self._goal():
                self._reached.set()

        return Listener(person["address"], hello, hear, person["headers"])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(Traffic(json.load(sys.stdin)).run())))
