"""HTTP/1.1 by uvicorn, with one system call per answer."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Protocol(HttpToolsProtocol):
    """Joins the head of an answer with its body.

    uvicorn writes the two by themselves, and each wakes the client: together they were a fifth of a
    message's time on the hot lane. Sockets that become WebSockets get the bare transport back.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with a transport that joins writes."""
        joined = Joined(cast("asyncio.Transport", transport), self.loop)
        super().connection_made(cast("asyncio.Transport", joined))

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over as it came."""
        joined = cast("Joined", self.transport)
        joined.flush()
        self.transport = joined.bare
        super().handle_websocket_upgrade()


class Joined:
    """A transport that sends two writes at once if they come in one turn of the event loop.

    The first is held back until the second comes or the turn is over, whichever is first.
    """

    __slots__ = ("_held", "_loop", "bare")

    def __init__(self, bare: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Write to `bare`."""
        self.bare = bare
        self._loop = loop
        self._held: bytes | memoryview = b""

    def write(self, data: bytes | memoryview) -> None:
        """Send, now or at the end of this turn."""
        if self._held:
            held, self._held = self._held, b""
            self.bare.write(b"".join((held, data)))
        elif data:
            self._held = data
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Send what is held back."""
        if self._held:
            held, self._held = self._held, b""
            self.bare.write(held)

    def close(self) -> None:
        """Send what is held back, and end the connection."""
        self.flush()
        self.bare.close()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the bare transport's."""
        return getattr(self.bare, name)
