"""Sending what is due, in a worker process."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from rapport.channels.delivery import claiming, repository
from rapport.channels.delivery.claiming import Leased
from rapport.channels.delivery.ports import Line, Outcome, Result, sender_of
from rapport.kernel.database.engine import Database
from rapport.kernel.jobs import may_help
from rapport.kernel.settings.process import Settings

log = structlog.get_logger(__name__)

Inbox = tuple[UUID, UUID]
"""Workspace and inbox."""

POLL_S: Final = 1.0
PACE_S: Final = 0.1
"""The least time between two looks, however fast the log grows."""
MAX_LANES: Final = 16
"""How many inboxes send at once in one process."""
PAUSES_S: Final = (5.0, 15.0, 60.0)
"""How long an inbox rests whose server does not let messages through, ever longer."""
NOTE_TRIES: Final = 60
"""How many seconds a settled attempt waits for a database that is away."""


class Outbox:
    """Sends the due deliveries of all workspaces, those of an inbox one after another.

    Several processes may run one: each delivery is leased by the one that sends it.
    """

    def __init__(self, database: Database, growth: asyncio.Event | None = None) -> None:
        """Look when `growth` says that there may be something new, and once a second anyway."""
        settings = database.ports.find(Settings)
        self._database = database
        self._lease = timedelta(seconds=settings.delivery_lease_s if settings else 60)
        self._growth = growth or asyncio.Event()
        self._lanes: dict[Inbox, asyncio.Task[None]] = {}
        self._rest: dict[Inbox, tuple[int, float]] = {}

    async def run(self) -> None:
        """Send until cancelled; what is being sent then is finished by the next process."""
        try:
            while True:
                try:
                    await self._look()
                except Exception as error:
                    log.warning("outbox_stumbled", exc_info=error)
                    await asyncio.sleep(POLL_S)
                await asyncio.sleep(PACE_S)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._growth.wait()
                self._growth.clear()
        finally:
            for lane in self._lanes.values():
                lane.cancel()
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def work(self, workspace_id: UUID) -> None:
        """Send what is due now in a workspace; returns when nothing is left that can be sent."""
        self._rest.clear()
        while True:
            await self._look(only=workspace_id)
            if not self._lanes:
                return
            await asyncio.gather(*self._lanes.values())

    async def _look(self, only: UUID | None = None) -> None:
        """Have a lane for every inbox with something due, unless it rests."""
        async with self._database.connect() as session:
            waiting = await repository.due(session, self._database.now())
        for inbox in [it for it in waiting if only in {None, it[0]}]:
            if len(self._lanes) >= MAX_LANES:
                return
            _, until = self._rest.get(inbox, (0, 0.0))
            if inbox not in self._lanes and until <= asyncio.get_running_loop().time():
                self._open(inbox)

    def _open(self, inbox: Inbox) -> None:
        lane = asyncio.create_task(self._drain(inbox), name=f"outbox {inbox[1]}")
        self._lanes[inbox] = lane

        def close(_: object) -> None:
            self._lanes.pop(inbox, None)
            self._growth.set()

        lane.add_done_callback(close)

    async def _drain(self, inbox: Inbox) -> None:
        """Send what is due in one inbox, until nothing is or its server does not take it."""
        way = _Way(self._database, inbox)
        try:
            while True:
                claimed = await claiming.claim(self._database, *inbox, self._lease)
                if claimed is None:
                    return
                if not isinstance(claimed, Leased):
                    continue
                outcome = await self._send(await way.by(claimed.delivery.channel), claimed)
                await self._note(claimed, outcome)
                if outcome.blocks_inbox:
                    self._pause(inbox, outcome.retry_after_s)
                    return
                self._rest.pop(inbox, None)
        except Exception as error:
            self._pause(inbox, None)
            log.error("outbox_stumbled", inbox_id=str(inbox[1]), exc_info=error)
        finally:
            await way.close()

    def _pause(self, inbox: Inbox, seconds: float | None) -> None:
        times, _ = self._rest.get(inbox, (0, 0.0))
        usual = PAUSES_S[min(times, len(PAUSES_S) - 1)]
        until = asyncio.get_running_loop().time() + (usual if seconds is None else seconds)
        self._rest[inbox] = (times + 1, until)

    async def _send(self, line: Line, leased: Leased) -> Outcome:
        """Send one, keeping its lease as long as that takes."""
        prolonging = asyncio.create_task(self._prolong(leased), name="outbox lease")
        try:
            return await line.send(leased.delivery, leased.body)
        except Exception as error:
            log.error("delivery_failed", delivery_id=str(leased.delivery.id), exc_info=error)
            return Outcome(Result.UNKNOWN, reason=claiming.INTERNAL)
        finally:
            prolonging.cancel()

    async def _prolong(self, leased: Leased) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                await claiming.prolong(self._database, leased, self._lease)
            except Exception as error:
                log.warning("delivery_lease", exc_info=error)

    async def _note(self, leased: Leased, outcome: Outcome) -> None:
        """Note what became of it; a database that is away is waited for."""
        for _ in range(NOTE_TRIES):
            try:
                await claiming.settle(self._database, leased, outcome)
            except Exception as error:
                if not may_help(error):
                    raise
                await asyncio.sleep(1)
            else:
                return


class _Way:
    """The lines out of one inbox, one for each channel that is asked for."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        self._database = database
        self._inbox = inbox
        self._lines: dict[str, Line] = {}

    async def by(self, channel: str) -> Line:
        if channel not in self._lines:
            sender = sender_of(channel)
            assert sender is not None
            self._lines[channel] = sender.line(self._database, *self._inbox)
        return self._lines[channel]

    async def close(self) -> None:
        for line in self._lines.values():
            with contextlib.suppress(Exception):
                await line.close()
