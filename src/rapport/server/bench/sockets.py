"""A WebSocket client that does as little as can be: the benchmark's 2,000 listeners."""

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import cast

HOST = "Host: bench\r\n"
_CLOSE, _PING, _PONG, _TEXT = 0x8, 0x9, 0xA, 0x1


class Listener(asyncio.Protocol):
    """Connects, says one thing, and passes on every text frame."""

    def __init__(
        self, address: str, hello: str, hear: Callable[[bytes], None], headers: str = HOST
    ) -> None:
        """Say `hello` at `address`; call `hear` with the text of each frame.

        `headers` are the other lines of the handshake, the host's among them, with their breaks.
        """
        self._address = address
        self._hello = hello
        self._headers = headers
        self._hear = hear
        self._buffer = bytearray()
        self._is_open = False
        self.transport: asyncio.Transport | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._address} HTTP/1.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\n{self._headers}\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember it."""
        self.lost = True

    def data_received(self, data: bytes) -> None:
        """Read frames."""
        self._buffer += data
        if not self._is_open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._buffer[: end + 4]
            self._is_open = True
            self._send(_TEXT, self._hello.encode())
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode == _TEXT:
                self._hear(payload)
            elif opcode == _PING:
                self._send(_PONG, payload)

    def _frame(self) -> tuple[int, bytes] | None:
        """Take one whole frame off the buffer; a server's frames are not masked."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            start = 4
            length = struct.unpack_from("!H", buffer, 2)[0] if len(buffer) >= start else 1 << 62
        elif length == 127:
            start = 10
            length = struct.unpack_from("!Q", buffer, 2)[0] if len(buffer) >= start else 1 << 62
        if len(buffer) < start + length:
            return None
        frame = (buffer[0] & 0x0F, bytes(buffer[start : start + length]))
        del buffer[: start + length]
        return frame

    def _send(self, opcode: int, payload: bytes) -> None:
        """Send a frame of at most 65,535 bytes, masked with zeros."""
        assert self.transport is not None
        size = len(payload)
        head = bytes([0x80 | opcode, 0x80 | (size if size < 126 else 126)])
        extended = struct.pack("!H", size) if size >= 126 else b""
        self.transport.write(head + extended + bytes(4) + payload)
