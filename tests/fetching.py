"""A mailbox that is fetched by IMAP, and the connector that does it, in the test's own process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from rapport.channels.email.events import MailboxHealthChanged
from rapport.channels.email.models import Folder, RawMail
from rapport.channels.email.receiving.imap.connector import Connector
from rapport.channels.email.receiving.imap.following import Pace
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import Incoming, Secrets
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events.log import BEGINNING, of_workspace
from rapport.kernel.settings.process import Settings
from tests.make import mailboxes
from tests.make.mailboxes import Box

QUICK: Final = Pace(
    poll_s=60,
    backoff=[timedelta(milliseconds=30)],
    patience=[timedelta(milliseconds=50)],
)


class Fetched:
    """An inbox whose mail lies on a server of the test."""

    def __init__(self, database: Database, box: Box) -> None:
        self.database = database
        self.box = box

    @classmethod
    async def make(
        cls,
        database: Database,
        workspace: UUID,
        port: int,
        *,
        secrets: dict[str, Any] | None = None,
        allow: Sequence[str] = (),
        **incoming: Any,
    ) -> "Fetched":
        """By default it signs in as `ada` with `secret`, without TLS, and fetches the INBOX."""
        given = {
            "kind": "imap",
            "host": "127.0.0.1",
            "port": port,
            "security": "plain",
            "user": "ada",
        }
        wanted = Incoming.model_validate(given | incoming)
        box = await mailboxes.mailbox(
            database,
            workspace,
            secrets=secrets or {"imap_password": "secret"},
            incoming=wanted.model_dump(mode="json"),
        )
        let_through(database, f"{wanted.host}:{wanted.port}", *allow)
        return cls(database, box)

    async def change(self, *, secrets: dict[str, Any] | None = None, **incoming: Any) -> None:
        """Set it up otherwise, as an administrator does."""
        async with self.database.begin(self.box.workspace_id, SYSTEM) as ctx:
            mailbox = await settings.mailbox(ctx, self.box.inbox_id)
            mailbox.incoming = mailbox.incoming | incoming
            if secrets is not None:
                await settings.change_secrets(ctx, mailbox, Secrets.model_validate(secrets))
            await settings.touched(ctx, mailbox)

    async def raws(self) -> list[bytes]:
        """The messages that are kept, in the order of their keeping."""
        rows = await mailboxes.kept(self.database, self.box)
        return [await mailboxes.content(self.database, row) for row in rows]

    async def count(self, state: str | None = None) -> int:
        """How many messages are kept, or are in a state."""
        counting = select(func.count()).where(RawMail.inbox_id == self.box.inbox_id)
        if state is not None:
            counting = counting.where(RawMail.state == state)
        async with self.database.begin(self.box.workspace_id, SYSTEM) as ctx:
            return await ctx.session.scalar(counting) or 0

    async def rows(self) -> list[RawMail]:
        return await mailboxes.kept(self.database, self.box)

    async def folders(self, workspace_id: UUID | None = None) -> dict[str, Folder]:
        """What is known of its folders."""
        async with self.database.begin(workspace_id or self.box.workspace_id, SYSTEM) as ctx:
            found = select(Folder).where(Folder.inbox_id == self.box.inbox_id)
            return {row.name: row for row in await ctx.session.scalars(found)}

    async def folder(self, name: str = "INBOX") -> Folder:
        return (await self.folders())[name]

    async def told(self) -> list[tuple[str, str | None]]:
        """What the log tells of its health."""
        async with self.database.begin(self.box.workspace_id, SYSTEM) as ctx:
            records = await of_workspace(ctx, BEGINNING, names=["email.health_changed"])
        events = [record.event for record in records]
        return [(it.state, it.error) for it in events if isinstance(it, MailboxHealthChanged)]

    async def is_listening(self) -> bool:
        """Whether there was nothing more to fetch, the last time."""
        folders = (await self.folders()).values()
        return bool(folders) and all(row.state == "listening" for row in folders)


def let_through(database: Database, *pairs: str) -> None:
    """Let this process reach some places on this machine."""
    known = database.ports.get(Settings)
    allow = [*known.egress_allow, *pairs]
    database.ports.provide(Settings, known.model_copy(update={"egress_allow": allow}))


@asynccontextmanager
async def following(
    database: Database, *, pace: Pace = QUICK, **options: Any
) -> AsyncIterator[Connector]:
    """A connector that runs."""
    growth = asyncio.Event()
    database.after_commit.append(growth.set)
    quick = {"rest_s": 0.02, "look_s": 0.2}
    connector = Connector(database, growth, pace=pace, **(quick | options))
    task = asyncio.create_task(connector.run())
    try:
        yield connector
    finally:
        database.after_commit.remove(growth.set)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], Awaitable[bool]], *, within_s: float = 20) -> None:
    """Ask again and again until it holds."""
    async with asyncio.timeout(within_s):
        while True:
            if await true():
                return
            await asyncio.sleep(0.02)  # what it waits for is done by tasks of their own
