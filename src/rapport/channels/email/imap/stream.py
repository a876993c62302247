"""Reading responses off a connection, within limits, and writing commands on it."""

import asyncio
import io
import re
import ssl
from typing import Final

from rapport.channels.email.imap.errors import Disconnected, Nonsense
from rapport.channels.email.imap.responses import Response, response_of

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
"""A search that finds half a million messages is one line."""
MAX_LITERALS: Final = 1_000
MAX_SMALL_LITERAL: Final = 256 * 1024
QUIET_S: Final = 30.0
"""A server that owes an answer and sends nothing for so long is gone."""
_CHUNK: Final = 64 * 1024
_LITERAL: Final = re.compile(rb"~?\{(\d{1,10})\+?\}$")


class Stream:
    """The two directions of one connection."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        quiet_s: float = QUIET_S,
    ) -> None:
        """Read from `reader`, whose limit is that of a line, and write to `writer`."""
        self._reader, self._writer = reader, writer
        self._quiet_s = quiet_s
        self.max_literal = MAX_SMALL_LITERAL
        """How long a literal may be; who fetches messages raises it."""

    async def response(self, *, may_be_quiet: bool = False) -> Response:
        """The next response. With `may_be_quiet` it may take any time until it begins.

        Raises:
            Disconnected: there will be none.
            TimeoutError: the server is silent.
            Nonsense: no response, or one beyond the limits.
        """
        line = await self._line(None if may_be_quiet else self._quiet_s)
        parts: list[bytes] = []
        while announced := _LITERAL.search(line):
            if len(parts) >= 2 * MAX_LITERALS:
                raise Nonsense("too many literals")
            parts += [line[: announced.start()], await self._literal(int(announced[1]))]
            line = await self._line(self._quiet_s)
        return response_of([*parts, line])

    async def send(self, data: bytes) -> None:
        """Write, and wait while the server does not take it.

        Raises:
            Disconnected: nobody takes it any more.
            TimeoutError: the server takes nothing.
        """
        try:
            async with asyncio.timeout(self._quiet_s):
                self._writer.write(data)
                await self._writer.drain()
        except TimeoutError:
            raise
        except OSError as error:
            raise Disconnected(str(error)) from error

    async def protect(self, context: ssl.SSLContext, host: str) -> None:
        """Go on under TLS, with a server that proves to be `host`.

        Raises:
            ssl.SSLError: it does not, or there is no TLS to be had.
            Nonsense: somebody put words before the TLS that we should believe came under it.
            Disconnected: it hung up.
            TimeoutError: the server is silent.
        """
        if await self._left_over():
            raise Nonsense("something was said between STARTTLS and TLS")
        try:
            async with asyncio.timeout(self._quiet_s):
                await self._writer.start_tls(context, server_hostname=host)
        except (TimeoutError, ssl.SSLError):
            raise
        except OSError as error:
            raise Disconnected(str(error)) from error

    async def close(self) -> None:
        """Hang up without a word; never raises."""
        self._writer.close()
        try:
            async with asyncio.timeout(1):
                await self._writer.wait_closed()
        except (OSError, TimeoutError, ssl.SSLError):
            self._writer.transport.abort()

    async def _left_over(self) -> bytes:
        """What was read from the network and not asked for yet."""
        try:
            async with asyncio.timeout(0):
                return await self._reader.read(1)
        except TimeoutError:
            return b""

    async def _line(self, patience_s: float | None) -> bytes:
        """The next line, without its end."""
        try:
            async with asyncio.timeout(patience_s):
                line = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as error:
            raise Nonsense("a line that does not end") from error
        except (asyncio.IncompleteReadError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise Disconnected("the connection ended") from error
        return line.rstrip(b"\r\n")

    async def _literal(self, size: int) -> bytes:
        if size > self.max_literal:
            raise Nonsense(f"a literal of {size} bytes")
        content, left = io.BytesIO(), size
        while left:
            try:
                async with asyncio.timeout(self._quiet_s):
                    piece = await self._reader.read(min(left, _CHUNK))
            except TimeoutError:
                raise
            except OSError as error:
                raise Disconnected(str(error)) from error
            if not piece:
                raise Disconnected("the connection ended within a message")
            content.write(piece)
            left -= len(piece)
        return content.getvalue()
