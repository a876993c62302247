"""The visitors of `rapport bench ingest`, in a process of their own and as cheap as can be.

Reads what to do as JSON from its standard input and answers as JSON on its standard output.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any, cast

import uvloop

BODY = "Hello, my parcel with the blue jacket has not arrived yet. Could you have a look, please?"


@dataclass(slots=True)
class Tally:
    """What was answered."""

    acknowledged: list[tuple[int, int]] = field(default_factory=list)
    """Which visitor's which message."""
    latencies_ms: list[float] = field(default_factory=list)
    refused: int = 0
    until: float = 0.0
    measured_from: float = 0.0


class Visitor(asyncio.Protocol):
    """One kept-alive connection that writes one message after another."""

    def __init__(
        self, number: int, head: bytes, tally: Tally, done: "asyncio.Future[None]"
    ) -> None:
        """Write to the conversation that `head` addresses."""
        self._number = number
        self._head = head
        self._tally = tally
        self._done = done
        self._count = 0
        self._sent_at = 0.0
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Write the first message."""
        self._transport = cast("asyncio.Transport", transport)
        self._write()

    def connection_lost(self, _: Exception | None) -> None:
        """Stop."""
        if not self._done.done():
            self._done.set_result(None)

    def _write(self) -> None:
        self._count += 1
        body = f'{{"client_id":"{self._number}-{self._count}","body":"{BODY}"}}'.encode()
        self._sent_at = time.perf_counter()
        assert self._transport is not None
        self._transport.write(b"%scontent-length: %d\r\n\r\n%s" % (self._head, len(body), body))

    def data_received(self, data: bytes) -> None:
        """Read one answer, and write the next message."""
        data = self._received + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._received = data
            return
        at = data.find(b"content-length: ")
        length = int(data[at + 16 : data.find(b"\r", at)]) if 0 <= at < end else 0
        if len(data) < end + 4 + length:
            self._received = data
            return
        self._received = b""
        now = time.perf_counter()
        if data.startswith(b"HTTP/1.1 201"):
            self._tally.acknowledged.append((self._number, self._count))
            if now >= self._tally.measured_from:
                self._tally.latencies_ms.append((now - self._sent_at) * 1_000)
        else:
            self._tally.refused += 1
        if now < self._tally.until:
            self._write()
        else:
            assert self._transport is not None
            self._transport.close()


async def post(plan: dict[str, Any]) -> dict[str, Any]:
    """Let every visitor write until the time is over."""
    loop = asyncio.get_running_loop()
    tally = Tally()
    tally.measured_from = time.perf_counter() + plan["warm_up_s"]
    tally.until = tally.measured_from + plan["seconds"]
    ends = []
    for number, visitor in enumerate(plan["visitors"]):
        head = (
            f"POST /widget/v1/conversations/{visitor['conversation_id']}/messages HTTP/1.1\r\n"
            f"host: 127.0.0.1:{plan['port']}\r\nauthorization: Bearer {visitor['token']}\r\n"
            "content-type: application/json\r\n"
        ).encode()
        done: asyncio.Future[None] = loop.create_future()
        ends.append(done)
        await loop.create_connection(
            lambda n=number, h=head, d=done: Visitor(n, h, tally, d),  # type: ignore[misc]
            "127.0.0.1",
            plan["port"],
        )
    await asyncio.gather(*ends)
    return {
        "acknowledged": tally.acknowledged,
        "latencies_ms": sorted(tally.latencies_ms),
        "refused": tally.refused,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(post(json.load(sys.stdin)))))
