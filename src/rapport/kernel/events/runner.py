"""Running the readers, in a worker process."""

import asyncio
import contextlib
import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from uuid import UUID

import psycopg
import sqlalchemy.exc
import structlog

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log, progress, readers
from rapport.kernel.events.locks import ReaderLocks
from rapport.kernel.events.log import BEGINNING, Cursor, Recorded
from rapport.kernel.events.progress import Block, CursorMoved
from rapport.kernel.events.readers import Reader
from rapport.kernel.events.wake import LogListener

logger = structlog.get_logger(__name__)

MAX_FAILURES = 5
BACKOFF = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120))
BATCH = 200
FAR = 1_000
"""After so many transactions that did not concern a reader its cursor is moved all the same."""
IDLE_S = 5.0
HORIZON_S = 0.02
"""How soon to look again when a transaction that still runs holds events back."""
GATHER_S = 0.01
"""What is committed within this time is read together."""
RELOAD_S = 5.0
"""How soon a reader notices that its cursor was moved from outside."""
PACE_S = 0.05
"""The least time from one reading to the next: each costs a reader several statements, and under
load it brings what many commits left."""
_GONE = (psycopg.OperationalError, sqlalchemy.exc.OperationalError, sqlalchemy.exc.TimeoutError)


@dataclass(slots=True)
class _Progress:
    """What this process knows of one reader's position."""

    saved: Cursor = BEGINNING
    """The cursor in the database."""
    seen: Cursor = BEGINNING
    """How far it has looked: beyond `saved` where nothing concerned it."""
    waiting: dict[UUID, Block] = field(default_factory=dict)
    loaded_at: float = -math.inf
    """When `saved` and `waiting` were read from the database, in monotonic seconds."""
    growth: asyncio.Event = field(default_factory=asyncio.Event)


class ReaderRunner:
    """Keeps all readers up with the log, each in one process at a time."""

    def __init__(
        self,
        database: Database,
        listener: LogListener,
        among: Sequence[Reader] | None = None,
        *,
        backoff: Sequence[timedelta] = BACKOFF,
    ) -> None:
        """Run the registered readers, or those given, when `listener` says that the log grew."""
        self._database = database
        self._readers = readers.registered() if among is None else list(among)
        self._backoff = backoff
        self._growth = listener.on_growth()
        self._progress = {reader.key: _Progress() for reader in self._readers}
        self._locks = ReaderLocks(database)

    async def run(self) -> None:
        """Run until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch(), name="log-watch")
                for reader in self._readers:
                    group.create_task(self._follow(reader), name=f"reader {reader.key}")
        finally:
            await self._locks.close()

    async def catch_up(self, key: str) -> None:
        """Handle all that is readable for one reader now, due retries included.

        For tests and the command line; needs no `run`.
        """
        reader = readers.find(key, self._readers)
        known = self._progress[key]
        await self._load(reader, known)
        while await self._read_on(reader, known):
            pass
        await self._retry(reader, known)

    async def _watch(self) -> None:
        """Wake those readers of whose kinds of event more has become readable."""
        told, pause = BEGINNING, 0.0
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):  # `wait_for` may swallow being cancelled
                    await self._growth.wait()
                    await asyncio.sleep(GATHER_S)
            self._growth.clear()
            try:
                async with self._database.connect() as session:
                    state, names = await log.news(session, told)
            except _GONE:
                pause = 1.0
                continue
            pause = HORIZON_S if state.tip.tx >= state.horizon else IDLE_S
            told = max(told, state.readable)
            for reader in self._readers:
                if names is None or not names.isdisjoint(reader.names):
                    self._progress[reader.key].growth.set()

    async def _follow(self, reader: Reader) -> None:
        known = self._progress[reader.key]
        loop = asyncio.get_running_loop()
        next_at = loop.time()
        while True:
            pause, is_ours = IDLE_S, False
            try:
                if await self._locks.hold(reader.key):
                    pause = await self._drain(reader)
                    is_ours = True
            except CursorMoved:
                pause = 0
            except _GONE as error:
                logger.warning("reader_without_database", reader=reader.key, error=str(error))
                pause = 1
            except Exception as error:
                logger.error("reader_stumbled", reader=reader.key, exc_info=error)
                pause = IDLE_S
            if not is_ours:
                known.loaded_at = -math.inf
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await known.growth.wait()
                await asyncio.sleep(max(0.0, next_at - loop.time()))
            next_at = loop.time() + PACE_S
            known.growth.clear()

    async def _drain(self, reader: Reader) -> float:
        """Handle what there is; returns how many seconds may pass before the next look."""
        known = self._progress[reader.key]
        if known.waiting or time.monotonic() - known.loaded_at >= RELOAD_S:
            await self._load(reader, known)
        while await self._read_on(reader, known) == BATCH:
            pass
        return await self._retry(reader, known)

    async def _load(self, reader: Reader, known: _Progress) -> None:
        """Learn from the database where the reader is, and which workspaces wait."""
        async with self._database.connect() as session:
            saved = await progress.load(
                session, reader.key, start=reader.start, at=self._database.now()
            )
            waiting = await progress.blocks(session, reader.key)
        known.waiting = {block.workspace_id: block for block in waiting}
        known.loaded_at = time.monotonic()
        if saved != known.saved:
            known.saved = known.seen = saved

    async def _read_on(self, reader: Reader, known: _Progress) -> int:
        """Handle the next events; how many there were."""
        rows = await self._next(reader, known)
        for run in _runs(rows):
            await self._take(reader, known, run)
        await self._save(reader, known, is_due=bool(rows))
        return len(rows)

    async def _take(self, reader: Reader, known: _Progress, run: list[Recorded]) -> None:
        """Handle a run of events of one workspace, as many together as the reader takes."""
        concerned = await self._sifted(reader, run)
        for at in range(0, len(concerned), reader.together):
            share = concerned[at : at + reader.together]
            if share[0].workspace_id in known.waiting:
                break
            if len(share) == 1 or not await self._handle_together(reader, known, share):
                await self._handle_one_by_one(reader, known, share)
        known.seen = run[-1].cursor

    async def _sifted(self, reader: Reader, run: list[Recorded]) -> Sequence[Recorded]:
        """Those of a run that concern the reader; all of them when it cannot tell.

        Its handler looks at each of them again anyway.
        """
        if reader.sift is None:
            return run
        try:
            async with self._database.begin(run[0].workspace_id, SYSTEM) as ctx:
                return await reader.sift(ctx, run)
        except Exception as error:
            logger.warning("reader_sifts_nothing", reader=reader.key, exc_info=error)
            return run

    async def _handle_together(
        self, reader: Reader, known: _Progress, share: Sequence[Recorded]
    ) -> bool:
        """Handle several events and move the cursor, in one transaction; False when that fails.

        Which of them it was shows when they are handled one by one.
        """
        last, now = share[-1].cursor, self._database.now
        try:
            async with self._database.begin(share[0].workspace_id, SYSTEM) as ctx:
                async with asyncio.timeout(reader.timeout_s):
                    await reader.handle(ctx, share)
                await progress.advance(ctx.session, reader.key, known.saved, last, at=now())
        except CursorMoved:
            raise
        except Exception as error:
            logger.warning(
                "reader_goes_one_by_one", reader=reader.key, events=len(share), exc_info=error
            )
            return False
        known.saved = known.seen = last
        return True

    async def _handle_one_by_one(
        self, reader: Reader, known: _Progress, share: Sequence[Recorded]
    ) -> None:
        for row in share:
            if row.workspace_id in known.waiting:
                return
            await self._handle(reader, known, row)

    async def _next(self, reader: Reader, known: _Progress) -> list[Recorded]:
        """The next events that concern the reader; without any, look no more at the others."""
        async with self._database.connect() as session:
            state, found = await log.next_after(
                session, known.seen, names=reader.names, limit=BATCH
            )
        if not found:
            known.seen = max(known.seen, state.readable)
        return found

    async def _save(self, reader: Reader, known: _Progress, *, is_due: bool) -> None:
        """Keep how far the reader has looked, when that is due or very far."""
        if known.seen > known.saved and (is_due or known.seen.tx - known.saved.tx > FAR):
            async with self._database.connect() as session:
                await progress.advance(
                    session, reader.key, known.saved, known.seen, at=self._database.now()
                )
            known.saved = known.seen

    async def _handle(self, reader: Reader, known: _Progress, row: Recorded) -> None:
        """Handle one event and move the cursor, in one transaction; or let its workspace wait."""
        now = self._database.now
        try:
            async with self._database.begin(row.workspace_id, SYSTEM) as ctx:
                async with asyncio.timeout(reader.timeout_s):
                    await reader.handle(ctx, [row])
                await progress.advance(ctx.session, reader.key, known.saved, row.cursor, at=now())
        except CursorMoved:
            raise
        except Exception as error:
            logger.warning("reader_failed", reader=reader.key, kind=row.name, exc_info=error)
            async with self._database.begin(row.workspace_id, SYSTEM) as ctx:
                delay = self._backoff[0]
                await progress.block(ctx, reader.key, row, delay=delay)
                await progress.advance(ctx.session, reader.key, known.saved, row.cursor, at=now())
            position = Cursor(row.tx, row.id - 1)
            known.waiting[row.workspace_id] = Block(row.workspace_id, position, 1, now() + delay)
        known.saved = known.seen = row.cursor

    async def _retry(self, reader: Reader, known: _Progress) -> float:
        """Go on in the workspaces whose time has come; returns the seconds until the next."""
        pause = IDLE_S
        for block in known.waiting.values():
            current: Block | None = block
            while current is not None and current.retry_at <= self._database.now():
                current = await self._step(reader, known, current)
            if current is not None:
                left = (current.retry_at - self._database.now()).total_seconds()
                pause = min(pause, max(left, 0.01))
        return pause

    async def _step(self, reader: Reader, known: _Progress, block: Block) -> Block | None:
        """Handle the next event of a waiting workspace; None when it has caught up."""
        async with self._database.begin(block.workspace_id, SYSTEM) as ctx:
            rows = await log.of_workspace(
                ctx, block.position, names=reader.names, up_to=known.saved, limit=1
            )
            if not rows:
                await progress.unblock(ctx, reader.key)
                return None
        (row,) = rows
        try:
            async with self._database.begin(block.workspace_id, SYSTEM) as ctx:
                async with asyncio.timeout(reader.timeout_s):
                    await reader.handle(ctx, [row])
                await progress.move_block(
                    ctx, reader.key, block.position, row.cursor, delay=timedelta()
                )
        except CursorMoved:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the others go on
            return await self._failed(reader, block, row, error)
        return Block(block.workspace_id, row.cursor, 0, self._database.now())

    async def _failed(self, reader: Reader, block: Block, row: Recorded, error: Exception) -> Block:
        """Count a failure; after the last one lay the event aside and go on behind it."""
        attempts = block.attempts + 1
        logger.warning(
            "reader_failed", reader=reader.key, kind=row.name, attempts=attempts, exc_info=error
        )
        async with self._database.begin(block.workspace_id, SYSTEM) as ctx:
            if attempts >= MAX_FAILURES:
                await progress.bury(ctx, reader.key, row, error, attempts=attempts)
                to, attempts, delay = row.cursor, 0, timedelta()
            else:
                delay = self._backoff[min(attempts, len(self._backoff)) - 1]
                to = block.position
            await progress.move_block(
                ctx, reader.key, block.position, to, attempts=attempts, delay=delay
            )
        return Block(block.workspace_id, to, attempts, self._database.now() + delay)


def _runs(rows: Sequence[Recorded]) -> list[list[Recorded]]:
    """`rows` in their order, cut wherever the workspace changes."""
    return [list(run) for _, run in itertools.groupby(rows, key=attrgetter("workspace_id"))]


async def replay(database: Database, key: str, cursor: Cursor = BEGINNING) -> None:
    """Have a reader handle all events after `cursor` again, beginning now.

    Raises:
        readers.UnknownReader: there is no such reader, or it has never run.
    """
    readers.find(key)
    async with database.connect() as session:
        if not await progress.replay(session, key, cursor):
            raise readers.UnknownReader(f"The reader {key!r} has never run; start the worker.")
