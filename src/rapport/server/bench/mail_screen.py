"""How long an agent waits for a mail: from a mail server that takes it to a frame on their socket.

The worker watches the account by IDLE, and the real web process tells the agent.
"""

import asyncio
import contextlib
import json
import re
import time
from pathlib import Path
from typing import Final
from uuid import UUID

from rapport.kernel.auth import members, sessions
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.server.bench.environment import web_process
from rapport.server.bench.mail_corpus import ADDRESS
from rapport.server.bench.mail_server import USER, MailServer
from rapport.server.bench.sockets import Listener

PATIENCE_S: Final = 30.0
_NUMBER: Final = re.compile(rb"Kettle (\d+) ")


async def waits(
    folder: Path,
    database: Database,
    workspace_id: UUID,
    server: MailServer,
    *,
    count: int = 100,
    rate: float = 4.0,
) -> list[float]:
    """The seconds of each of `count` mails that came at a steady `rate`, sorted.

    Raises:
        TimeoutError: one of them never came.
    """
    async with database.begin(workspace_id, SYSTEM) as ctx:
        user_id = await members.create(
            ctx, email="agent@bench.example", name="Agent", role=Role.AGENT
        )
        token = await sessions.start(ctx, user_id)
    with contextlib.ExitStack() as stack:
        web = web_process(folder, database.url)
        port, _ = await asyncio.to_thread(stack.enter_context, web)
        screen = _Screen(count)
        await screen.connect(port, token)
        begun = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            screen.sent[number] = time.perf_counter()
            await asyncio.to_thread(server.deliver, f"{USER}@bench.example", _letter(number))
        async with asyncio.timeout(PATIENCE_S):
            await screen.is_full.wait()
        return sorted(screen.seen[number] - at for number, at in screen.sent.items())


def _letter(number: int) -> bytes:
    return (
        f"From: Person {number} <kettle{number}@home.example>\r\nTo: {ADDRESS}\r\n"
        f"Subject: A kettle\r\nMessage-ID: <kettle.{number}@home.example>\r\n\r\n"
        f"Kettle {number} does not boil.\r\n"
    ).encode()


class _Screen:
    """What an agent's connection hears."""

    def __init__(self, count: int) -> None:
        self.sent: dict[int, float] = {}
        self.seen: dict[int, float] = {}
        self.is_full = asyncio.Event()
        self._is_ready = asyncio.Event()
        self._count = count

    async def connect(self, port: int, token: str) -> None:
        hello = json.dumps({"type": "hello", "cursor": None, "topics": ["inbox"]})
        host = f"127.0.0.1:{port}"
        headers = f"Origin: http://{host}\r\nHost: {host}\r\nCookie: rapport_session={token}\r\n"
        await asyncio.get_running_loop().create_connection(
            lambda: Listener("/v1/realtime", hello, self._hear, headers), "127.0.0.1", port
        )
        async with asyncio.timeout(PATIENCE_S):
            await self._is_ready.wait()

    def _hear(self, text: bytes) -> None:
        if text.startswith(b'{"type":"ready"'):
            self._is_ready.set()
        found = _NUMBER.search(text)
        if found:
            self.seen.setdefault(int(found[1]), time.perf_counter())
        if len(self.seen) == self._count:
            self.is_full.set()
