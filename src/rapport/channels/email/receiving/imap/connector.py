"""Which mailboxes this process follows."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from rapport.channels.email.receiving.imap import repository
from rapport.channels.email.receiving.imap.following import Follower, Pace
from rapport.channels.email.receiving.imap.places import Place, account_of, server_of
from rapport.channels.email.receiving.imap.repository import FolderRepository, Wanted
from rapport.channels.email.receiving.imap.signing_in import Line
from rapport.channels.email.settings import reaching
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import Incoming
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events.locks import ReaderLocks
from rapport.kernel.settings.process import Settings

log = structlog.get_logger(__name__)

LOOK_S: Final = 5.0
"""How long a change of the settings, or the end of another worker, may go unnoticed."""
REST_S: Final = 1.0
"""The least time from one look to the next, however much happens."""


@dataclass(frozen=True, slots=True)
class _Running:
    """A mailbox that is followed, as it was set up then."""

    wanted: Wanted
    task: asyncio.Task[None]


class Connector:
    """Follows every mailbox that is fetched by IMAP and that no other process follows."""

    def __init__(
        self,
        database: Database,
        growth: asyncio.Event | None = None,
        *,
        pace: Pace | None = None,
        line: Line | None = None,
        look_s: float = LOOK_S,
        rest_s: float = REST_S,
    ) -> None:
        """Follow for `database`; `growth` tells when settings may have changed."""
        self._database = database
        self._growth = growth or asyncio.Event()
        self._pace = pace or Pace()
        self._line = line
        self._look_s, self._rest_s = look_s, rest_s
        self._locks = ReaderLocks(database)
        self._running: dict[UUID, _Running] = {}

    @property
    def followed(self) -> frozenset[UUID]:
        """The mailboxes that this process follows now."""
        return frozenset(self._running)

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                try:
                    await self._look()
                except Exception as error:  # noqa: BLE001 - those that are followed are followed on
                    log.warning("imap_look_failed", error=type(error).__name__)
                await asyncio.sleep(self._rest_s)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._look_s):
                        await self._growth.wait()
                self._growth.clear()
        finally:
            await self._stop(*self._running)
            await self._locks.close()

    async def _look(self) -> None:
        """Follow what is to be followed, as it is set up now, and nothing else."""
        async with self._database.connect() as session:
            wanted = await repository.to_fetch(session)
        ours = {each.inbox_id: each for each in wanted if await self._is_ours(each)}
        await self._stop(
            *(
                inbox_id
                for inbox_id, running in self._running.items()
                if ours.get(inbox_id) != running.wanted or running.task.done()
            )
        )
        for inbox_id in ours.keys() - self._running.keys():
            task = asyncio.create_task(self._follow(ours[inbox_id]), name=f"imap {inbox_id}")
            self._running[inbox_id] = _Running(ours[inbox_id], task)

    async def _is_ours(self, wanted: Wanted) -> bool:
        """Whether this process holds a mailbox' lock, or can take it.

        The lock saves work. That no mail is kept twice is promised by the cursor.
        """
        return await self._locks.hold(f"imap {wanted.inbox_id}")

    async def _stop(self, *inbox_ids: UUID) -> None:
        tasks = [self._running.pop(inbox_id).task for inbox_id in inbox_ids]
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):  # its settings cannot be read; tried again
                log.error("imap_not_followed", exc_info=ended)

    async def _follow(self, wanted: Wanted) -> None:
        """Follow the folders of one mailbox, each over a connection of its own."""
        incoming = await self._incoming(wanted)
        line, account, server = self._way_out(), account_of(incoming), server_of(incoming)
        async with asyncio.TaskGroup() as group:
            for folder in incoming.folders:
                place = Place(wanted.workspace_id, wanted.inbox_id, folder, account, server)
                follower = Follower(line, place, incoming, self._pace)
                group.create_task(follower.run(), name=f"imap {wanted.inbox_id} {folder}")

    async def _incoming(self, wanted: Wanted) -> Incoming:
        """How a mailbox is set up. What is known of folders that it has no more is forgotten."""
        async with self._database.begin(wanted.workspace_id, SYSTEM) as ctx:
            incoming = settings.incoming_of(await settings.mailbox(ctx, wanted.inbox_id))
            await FolderRepository(ctx, wanted.inbox_id).prune(incoming.folders)
            return incoming

    def _way_out(self) -> Line:
        if self._line is None:
            self._line = Line(self._database, reaching.tls(self._database.ports.get(Settings)))
        return self._line
