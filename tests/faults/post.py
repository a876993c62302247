"""A house that takes mail in by SMTP and sends it by SMTP to a world that tests play."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import aiosmtplib
import psutil
import psycopg
from aiosmtpd.smtp import SMTP, Envelope, Session

from rapport.kernel.database.engine import Database
from tests.faults.house import House, free_port
from tests.make.mail import FRONT
from tests.make.mailboxes import Box, mailbox


class World:
    """A mail server outside, that takes everything. An async context manager."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.answer: Callable[[EmailMessage], list[bytes]] = lambda _: []
        """What its machines write back to each mail."""
        self.back_to: tuple[str, int] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, loop=loop, hostname="world.test"), "127.0.0.1", self.port
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.raw.append(envelope.content)
        self.mails.append(mail)
        task = asyncio.create_task(self._write_back(mail))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return "250 OK"

    async def _write_back(self, mail: EmailMessage) -> None:
        assert self.back_to is not None
        for answer in self.answer(mail):
            await send(self.back_to[1], answer, to=self.back_to[0])


class Watch:
    """The most memory one process takes while it is watched. An async context manager."""

    def __init__(self, house: House, name: str) -> None:
        self._process = psutil.Process(house.processes()[name])
        self.before_mb = self.most_mb = self._now()

    @property
    def cpu_s(self) -> float:
        """How long it has worked so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    @property
    def grown_mb(self) -> float:
        return self.most_mb - self.before_mb

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def _now(self) -> float:
        rss: int = self._process.memory_info().rss
        return rss / 1e6

    async def _watch(self) -> None:
        while True:
            self.most_mb = max(self.most_mb, self._now())
            await asyncio.sleep(0.01)


class Post:
    """A running house with one mailbox, whose front vouches for whoever it says."""

    def __init__(self, house: House, port: int, box: Box, database: Database) -> None:
        self.house = house
        self.port = port
        self.box = box
        self.database = database

    async def waiting(self) -> int:
        """How many messages were not read yet."""
        return await self.number("SELECT count(*) FROM email_raw WHERE state = 'received'")

    async def states(self) -> dict[str, int]:
        """How many messages there are of each state."""
        query = "SELECT state, count(*) FROM email_raw GROUP BY state"
        return {str(row[0]): int(row[1]) for row in await self._rows(query)}

    async def read_all(self, timeout_s: float) -> float:
        """Wait until everything is read; how many seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(timeout_s):
            while await self.waiting():  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.01)
        return loop.time() - began

    async def settled(self, quiet_s: float, timeout_s: float, look: Callable[[], Any]) -> None:
        """Wait until nothing waits and what `look` sees has not changed for so long."""
        loop = asyncio.get_running_loop()
        seen, since = look(), loop.time()
        async with asyncio.timeout(timeout_s):
            while loop.time() - since < quiet_s:
                await asyncio.sleep(0.05)
                if look() != seen or await self.waiting():
                    seen, since = look(), loop.time()

    async def asked(self) -> list[tuple[UUID, int]]:
        """Every message of a customer: its conversation and its place there."""
        query = "SELECT conversation_id, seq FROM messages WHERE author_kind = 'customer'"
        return [(row[0], row[1]) for row in await self._rows(query)]

    async def number(self, query: str) -> int:
        """One number from the database."""
        return int((await self._rows(query))[0][0])

    async def _rows(self, query: str) -> list[Any]:
        async with await psycopg.AsyncConnection.connect(self.house.database_url) as owner:
            return await (await owner.execute(query.encode())).fetchall()


@asynccontextmanager
async def running_post(
    template: Path, *, world: World | None = None, **values: Any
) -> AsyncIterator[Post]:
    """A house with a mailbox; `values` are of `make_mailbox`. It sends to `world`, if given."""
    port = free_port()
    environment = {"RAPPORT_SMTP_PORT": str(port)}
    if world is not None:
        environment["RAPPORT_EGRESS_ALLOW"] = json.dumps([f"127.0.0.1:{world.port}"])
        values["outgoing"] = {
            "kind": "smtp",
            "host": "127.0.0.1",
            "port": world.port,
            "security": "plain",
        }
    house = House(template=template, environment=environment, fsync=False)
    try:
        await asyncio.to_thread(house.start)
        database = Database(house.database_url, pool_size=4)
        box = await mailbox(database, await _workspace(house), **values)
        if world is not None:
            world.back_to = (box.address, port)
        await _listening(port)
        yield Post(house, port, box, database)
        await database.dispose()
    finally:
        await asyncio.to_thread(house.close)


async def send(port: int, raw: bytes, *, to: str, sender: str = "ada@home.example") -> str:
    """Hand over one message; what was answered."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        _, answer = await client.sendmail(sender, [to], raw, mail_options=["BODY=8BITMIME"])
        return answer


def vouched(sender: str) -> bytes:
    """The field by which the mail server in front says that a sender is who they say."""
    domain = sender.rpartition("@")[2]
    return f"Authentication-Results: {FRONT}; dmarc=pass header.from={domain}\r\n".encode()


async def _listening(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


async def _workspace(house: House) -> UUID:
    async with await psycopg.AsyncConnection.connect(house.database_url) as owner:
        found = await (
            await owner.execute("SELECT id FROM workspaces ORDER BY created_at, id LIMIT 1")
        ).fetchone()
    assert found is not None
    workspace_id: UUID = found[0]
    return workspace_id
