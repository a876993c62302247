"""A TCP proxy on the loopback that makes the network as bad as a test wants it."""

import asyncio
import contextlib
import random
import struct
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from types import TracebackType
from typing import Final, Self

CHUNK: Final = 16 * 1024


@dataclass(eq=False, slots=True)
class _Link:
    """One connection through the proxy: two streams, and whether it still carries anything."""

    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    is_mute: bool = False

    def reset(self) -> None:
        """Break both ends as a pulled plug does: with a reset, without a farewell."""
        for writer in self.writers:
            sock = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class FaultProxy:
    """Passes everything on to `port`, until it is told otherwise. An async context manager.

    All methods act at once, on open connections and on those to come, and may be called while
    traffic flows.
    """

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        """Stand in front of `host`:`port`; `self.port` is ours once entered."""
        self.port = 0
        self.accepted = 0
        """Connections ever accepted."""
        self._target = (host, port)
        self._delay_s = 0.0
        self._bytes_per_s: float | None = None
        self._is_mute = False
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._links)

    def lead_to(self, port: int) -> None:
        """Lead new connections there; where nobody listens, they are closed at once."""
        self._target = (self._target[0], port)

    def delay(self, seconds: float) -> None:
        """Hold every piece back for `seconds`, in each direction."""
        self._delay_s = seconds

    def throttle(self, bytes_per_s: float) -> None:
        """Let at most so much through, for each connection and direction."""
        self._bytes_per_s = bytes_per_s

    def cut(self, count: int | None = None) -> int:
        """Reset `count` open connections chosen at random, or all; returns how many there were.

        New ones are accepted as before.
        """
        chosen = list(self._links)
        if count is not None:
            chosen = random.sample(chosen, min(count, len(chosen)))
        for link in chosen:
            self._links.discard(link)
            link.reset()
        return len(chosen)

    def half_open(self) -> None:
        """Let nothing through any more, without telling either end.

        What is sent into connections that are open now is lost for good; new ones are accepted and
        as silent, until `heal`.
        """
        self._is_mute = True
        for link in self._links:
            link.is_mute = True

    def heal(self) -> None:
        """A good network again. Connections that fell silent are reset, the others go on."""
        self._delay_s, self._bytes_per_s, self._is_mute = 0.0, None, False
        for link in [link for link in self._links if link.is_mute]:
            self._links.discard(link)
            link.reset()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        link = _Link([writer], self._is_mute)
        self._links.add(link)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there_reader, there_writer = await asyncio.open_connection(*self._target)
            link.writers.append(there_writer)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(link, reader, there_writer))
                group.create_task(self._pass_on(link, there_reader, writer))
        except* (OSError, asyncio.CancelledError):
            link.reset()
        finally:
            self._links.discard(link)
            self._tasks.discard(task)
            for end in link.writers:
                end.close()

    async def _pass_on(
        self, link: _Link, source: asyncio.StreamReader, target: asyncio.StreamWriter
    ) -> None:
        """Carry one direction until its source ends, then end the target as well."""
        while piece := await source.read(CHUNK):
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            if self._bytes_per_s is not None:
                await asyncio.sleep(len(piece) / self._bytes_per_s)
            if not link.is_mute:
                target.write(piece)
                await target.drain()
        if not link.is_mute and target.can_write_eof():
            target.write_eof()
