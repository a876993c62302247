"""Following the log for all sockets of one process."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog

from rapport.kernel.database.engine import Database
from rapport.kernel.events import Cursor, LogListener, Recorded, log
from rapport.kernel.events.tail import Tail

logger = structlog.get_logger(__name__)

BATCH = 500
MAX_EARLY = 2_000
PACE_S = 0.01
"""The least time from one reading to the next: under load each brings what several commits left,
and what comes to a log at rest is read at once."""

Deliver = Callable[[UUID, Sequence[Recorded]], Awaitable[None]]


class Feed:
    """Hands every event to `deliver` once, as soon as it is visible.

    It does not wait for older transactions that still run, unlike the readers: a long import must
    not stop the chat. `safe` trails behind: everything up to it was handed over.
    """

    def __init__(self, database: Database, listener: LogListener, deliver: Deliver) -> None:
        """Read the log of `database` whenever `listener` says so."""
        self._database = database
        self._tail = Tail(database.url)
        self._deliver = deliver
        self._growth = listener.on_growth()
        self._early: dict[int, int] = {}
        """What was handed over beyond `safe`: ids and their transactions."""
        self.safe = Cursor(0, 0)
        self._past: deque[tuple[float, Cursor]] = deque(maxlen=16)

    async def start(self) -> None:
        """Begin at the present end of the log."""
        async with self._database.connect() as session:
            state = await log.state(session)
            self.safe = Cursor(state.horizon, 0)
            self._past.append((-math.inf, self.safe))
        _, present = await self._tail.recent(self.safe, [], limit=MAX_EARLY)
        self._early = {record.id: record.tx for record in present}

    def remember(self, now: float) -> None:
        """Note where `safe` is at a monotonic instant. See `since`."""
        self._past.append((now, self.safe))

    def since(self, instant: float) -> Cursor:
        """A place that was safe at or before a recent monotonic instant."""
        for at, cursor in reversed(self._past):
            if at <= instant:
                return cursor
        return self._past[0][1]

    async def run(self) -> None:
        """Follow until cancelled; a database that is away is waited for."""
        try:
            await self._follow()
        finally:
            await self._tail.close()

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        next_at = loop.time()
        while True:
            await self._growth.wait()
            await asyncio.sleep(next_at - loop.time())
            next_at = loop.time() + PACE_S
            self._growth.clear()
            try:
                while await self.step():
                    pass
            except Exception as error:
                logger.warning("realtime_feed_stumbled", exc_info=error)
                self._growth.set()
                await asyncio.sleep(0.5)

    async def step(self) -> bool:
        """Hand over the next batch; says whether there may be more at once."""
        if len(self._early) < MAX_EARLY:
            horizon, found = await self._tail.recent(self.safe, sorted(self._early), limit=BATCH)
        else:  # some transaction takes very long: see only what lies below it
            horizon, found = await self._tail.finished(self.safe, limit=BATCH)
        shares: dict[UUID, list[Recorded]] = {}
        for record in found:
            if record.id not in self._early:
                shares.setdefault(record.workspace_id, []).append(record)
        await asyncio.gather(*(self._deliver(where, share) for where, share in shares.items()))
        self._settle(horizon, found)
        return len(found) >= BATCH

    def _settle(self, horizon: int, found: Sequence[Recorded]) -> None:
        """Move `safe` up, now that `found` is handed over."""
        finished = [record.cursor for record in found if record.tx < horizon]
        if len(found) < BATCH:
            finished.append(Cursor(horizon, 0))
        self.safe = max([self.safe, *finished])
        self._early.update((record.id, record.tx) for record in found)
        self._early = {id_: tx for id_, tx in self._early.items() if Cursor(tx, id_) > self.safe}
