"""What a returning client missed.

After a restart all clients of a workspace come back at once with nearly the same cursor. Those who
wait together are served by one reading of the log.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Cursor, log
from rapport.kernel.events.log import CursorUnreadable, Recorded
from rapport.kernel.realtime import frames
from rapport.kernel.realtime.frames import Frame
from rapport.kernel.realtime.presenters import Delivery, present

MAX_BEHIND = 2_000
"""Events after which fetching everything is cheaper than catching up."""


class Missed:
    """What happened in a workspace after some cursor, by topic."""

    def __init__(self, deliveries: list[Delivery]) -> None:
        """Hold deliveries in the order of the log; each is encoded when first asked for."""
        self._deliveries = deliveries
        self._frames: dict[int, Frame] = {}

    def frames(self, start: "_Start", topics: set[str]) -> list[Frame]:
        """The frames from `start` on for somebody who hears `topics`."""
        return [
            self._frame(at, delivery)
            for at, delivery in enumerate(self._deliveries)
            if delivery.topic in topics and start.precedes(delivery.record.cursor)
        ]

    def _frame(self, at: int, delivery: Delivery) -> Frame:
        if at not in self._frames:
            self._frames[at] = frames.event(delivery)
        return self._frames[at]


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The answer to one client."""

    head: Cursor
    """Everything up to here is in `missed`, or in what was fetched from now on."""
    missed: list[Frame] | None
    """None: too far behind, or a cursor that is not of this log; fetch everything again."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a client's catching up begins."""

    cursor: Cursor
    """The last event it saw."""
    after: Cursor
    """Where the oldest begins that may have been hidden from it then."""

    def precedes(self, place: Cursor) -> bool:
        """Whether the client may have missed the event at `place`.

        What was written together with the last event it saw was visible together with it.
        """
        seen_with_it = place.tx == self.cursor.tx and place.id <= self.cursor.id
        return place > self.after and not seen_with_it


@dataclass(frozen=True, slots=True)
class _Request:
    cursor: str
    topics: set[str]
    answer: "asyncio.Future[CaughtUp]"


class CatchUps:
    """Answers clients that come back."""

    def __init__(self, database: Database) -> None:
        """Read the log of `database`."""
        self._database = database
        self._waiting: dict[UUID, list[_Request]] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    async def catch_up(self, workspace: UUID, cursor: str, topics: set[str]) -> CaughtUp:
        """What somebody at `cursor` missed on `topics`, read after this was called."""
        request = _Request(cursor, topics, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(workspace, []).append(request)
        if workspace not in self._tasks:
            self._tasks[workspace] = asyncio.create_task(self._serve(workspace))
        return await request.answer

    async def _serve(self, workspace: UUID) -> None:
        try:
            while requests := self._waiting.pop(workspace, []):
                try:
                    answers = await self._read(workspace, requests)
                except Exception as error:  # noqa: BLE001 - each asker gets it
                    answers = [error] * len(requests)
                for request, answer in zip(requests, answers, strict=True):
                    if request.answer.done():
                        continue
                    if isinstance(answer, Exception):
                        request.answer.set_exception(answer)
                    else:
                        request.answer.set_result(answer)
        finally:
            del self._tasks[workspace]

    async def _read(self, workspace: UUID, requests: list[_Request]) -> list[CaughtUp | Exception]:
        async with self._database.begin(workspace, SYSTEM) as ctx:
            head = await log.head(ctx)
            starts = [await _start(ctx, request.cursor, head) for request in requests]
            rows = await _newest(ctx, starts)
            starts = [start if start and _covers(rows, start) else None for start in starts]
            wanted = [row for row in rows if any(s and s.precedes(row.cursor) for s in starts)]
            missed = Missed(await present(ctx, wanted))
        return [
            CaughtUp(head, missed.frames(start, request.topics) if start else None)
            for request, start in zip(requests, starts, strict=True)
        ]


async def _newest(ctx: Ctx, starts: Sequence[_Start | None]) -> list[Recorded]:
    """What follows the first of `starts`, at most one more than anybody may be behind."""
    known = [start.after for start in starts if start is not None]
    if not known:
        return []
    return await log.newest_of_workspace(ctx, min(known), limit=MAX_BEHIND + 1)


async def _start(ctx: Ctx, written: str, head: Cursor) -> _Start | None:
    """Where to begin reading for a client's cursor; None when this log never gave it out."""
    try:
        cursor = Cursor.parse(written)
    except CursorUnreadable:
        return None
    after = await log.rewound(ctx, cursor)
    return None if after == cursor and cursor > head else _Start(cursor, after)


def _covers(rows: Sequence[Recorded], start: _Start) -> bool:
    """Whether `rows` hold all that lies after `start`."""
    return len(rows) <= MAX_BEHIND or rows[0].cursor <= start.after
