"""Following one folder: as long as its mailbox is set up so, whatever its server does."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from rapport.channels.email.imap import Connection, Examined
from rapport.channels.email.receiving.imap import health
from rapport.channels.email.receiving.imap.fetching import Fetcher
from rapport.channels.email.receiving.imap.health import State
from rapport.channels.email.receiving.imap.keeping import CursorMoved
from rapport.channels.email.receiving.imap.places import Cursor, Place
from rapport.channels.email.receiving.imap.problems import needs_somebody, problem_of
from rapport.channels.email.receiving.imap.repository import FolderRepository
from rapport.channels.email.receiving.imap.signing_in import Line
from rapport.channels.email.settings.problems import Problem
from rapport.channels.email.settings.schemas import Incoming
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.patience import DatabaseAway, is_away

log = structlog.get_logger(__name__)

POLL_S: Final = 60.0
"""How long news may go unheard: servers, routers and notifications fail in many ways."""
BACKOFF: Final = tuple(timedelta(seconds=s) for s in (1, 2, 5, 10, 30, 60))
PATIENCE: Final = tuple(timedelta(seconds=s) for s in (30, 60, 300, 900))
"""Between tries of what will fail until somebody does something, and may lock the account."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done."""

    poll_s: float = POLL_S
    backoff: Sequence[timedelta] = BACKOFF
    patience: Sequence[timedelta] = PATIENCE


class Follower:
    """Keeps up with one folder."""

    def __init__(self, line: Line, place: Place, incoming: Incoming, pace: Pace) -> None:
        """Follow `place`, whose mailbox is set up as `incoming`."""
        self._line, self._place, self._incoming, self._pace = line, place, incoming, pace
        self._database = line.database
        self._fetcher = Fetcher(line.database, place, line.settings.max_mail_bytes, incoming.since)
        self._failures = 0
        """Sessions in a row that did not come to listen."""
        self._is_again = False
        self._state: State | None = None

    async def run(self) -> None:
        """Follow until cancelled; never raises anything else."""
        try:
            while True:
                try:
                    await self._session()
                except Exception as error:  # noqa: BLE001 - the other folders go on
                    pause = await self._stumbled(error)
                    await asyncio.sleep(pause.total_seconds())
        finally:
            health.forget(self._place)

    async def _session(self) -> None:
        """One connection, from signing in until it breaks."""
        connection = await self._line.connect(self._place, self._incoming)
        try:
            cursor = await self._open(connection, await connection.examine(self._place.folder))
            await self._say("catching_up")
            while True:
                cursor = await self._fetcher.catch_up(connection, cursor, is_again=self._is_again)
                self._failures, self._is_again = 0, False
                await self._listening()
                await connection.idle(self._pace.poll_s)
        finally:
            await connection.close()

    async def _open(self, connection: Connection, found: Examined) -> Cursor:
        """How far the folder was read; nothing, when the server or the settings are others now."""
        async with self._database.begin(self._place.workspace_id, SYSTEM) as ctx:
            folders = FolderRepository(ctx, self._place.inbox_id)
            row = await folders.open(self._place.folder)
            known = Cursor(row.uid_validity or 0, row.last_uid)
            goes_on = (row.account, row.uid_validity) == (self._place.account, found.uid_validity)
            went_back = found.uid_next is not None and found.uid_next <= known.last_uid
            if goes_on and not went_back:
                return known
            self._is_again = await folders.has_mail()
            await folders.change(
                self._place.folder,
                account=self._place.account,
                uid_validity=found.uid_validity,
                last_uid=0,
            )
        if known.uid_validity:
            log.warning("imap_numbered_anew", **self._named())
        return Cursor(found.uid_validity, 0)

    async def _listening(self) -> None:
        """Note that there is nothing left to fetch, and that the server has just answered."""
        if self._state != "listening":
            await self._say("listening")
            return
        now = self._database.now()
        async with self._database.begin(self._place.workspace_id, SYSTEM) as ctx:
            folders = FolderRepository(ctx, self._place.inbox_id)
            await folders.change(self._place.folder, seen_at=now, behind=0)
        health.answered(self._place, now)

    async def _say(self, state: State, error: Problem | None = None) -> None:
        async with self._database.begin(self._place.workspace_id, SYSTEM) as ctx:
            folders = FolderRepository(ctx, self._place.inbox_id)
            await folders.open(self._place.folder)
            has_answered = state in {"catching_up", "listening"}
            await health.say(ctx, self._place, state, error=error, answered=has_answered)
        health.observe(self._place, up=state != "failing")
        if has_answered:
            health.answered(self._place, self._database.now())
        self._state = state

    async def _stumbled(self, error: Exception) -> timedelta:
        """Note what went wrong; how long to wait."""
        was, self._state = self._state, None
        if is_away(error) or isinstance(error, DatabaseAway):
            log.warning("imap_without_database", **self._named())
            return self._pace.backoff[0]
        if isinstance(error, CursorMoved):
            return self._pace.backoff[0]
        problem = problem_of(error, by_oauth=self._incoming.auth == "oauth")
        if problem is None:
            log.error("imap_stumbled", **self._named(), exc_info=error)
            problem = "unexpected_answer"
        self._failures += 1
        is_hiccup = was == "listening" and problem == "disconnected"
        try:
            if is_hiccup:  # servers restart; it is no news before they stay away
                await self._say("connecting")
            else:
                await self._failing(problem)
        except Exception as again:  # noqa: BLE001 - it is tried again all the same
            log.warning("imap_health_not_noted", **self._named(), error=type(again).__name__)
        steps = self._pace.patience if needs_somebody(problem) else self._pace.backoff
        return steps[min(self._failures, len(steps)) - 1]

    async def _failing(self, problem: Problem) -> None:
        log.warning("imap_failing", **self._named(), problem=problem, failures=self._failures)
        health.failed(problem)
        await self._say("failing", problem)

    def _named(self) -> dict[str, str]:
        return {"inbox_id": str(self._place.inbox_id), "folder": self._place.folder}
