"""The other end of an SMTP connection, which says what it likes."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self


class Wire:
    """One connection. An async context manager; the greeting is in `greeting`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.greeting = ""

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.greeting = await self.hear()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.writer.close()

    async def hear(self) -> str:
        """One answer, all its lines; "" when the other end has hung up."""
        lines = []
        while line := (await self.reader.readline()).decode():
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    async def say(self, line: str | bytes) -> str:
        """A command, and its answer."""
        self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return await self.hear()

    async def begin(self, sender: str, recipients: Sequence[str], *, hello: str = "EHLO") -> str:
        """Everything up to the message; the answer to DATA."""
        await self.say(f"{hello} client.example")
        await self.say(f"MAIL FROM:<{sender}>")
        for recipient in recipients:
            await self.say(f"RCPT TO:<{recipient}>")
        return await self.say("DATA")

    async def send(self, message: bytes) -> str:
        """A message without lines that begin with a dot, and the answer to it."""
        self.writer.write(message + b"\r\n.\r\n")
        return await self.hear()
