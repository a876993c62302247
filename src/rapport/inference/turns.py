"""One thread that does a small work for each of many texts, and who comes next.

Texts that somebody waits for go before those of background work, and within each lane the
workspaces take turns, a text at a time, as do the calls of one workspace: a question waits for one
text of everybody else, however long their batches are.
"""

import asyncio
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.inference.errors import EmbedderBusy
from rapport.kernel.telemetry import metrics

Vector = NDArray[np.float32]

MOST_WAITING: Final = 2_048
"""Texts of a lane: at 250 a second, the last one would wait for eight seconds."""
MOST_OF_ONE: Final = 512
"""Texts of one workspace in a lane, so that nobody fills it alone."""
PORTION: Final = 64
"""A longer call queues so many texts at a time, and is never refused half way."""

_LANE: Final = ("lane",)
_WAITING: Final = metrics.gauge("embed_waiting", "Texts that wait for the embedding model.", _LANE)
_TEXTS: Final = metrics.counter("embed_texts", "Texts the embedding model has read.", _LANE)
_REFUSED: Final = metrics.counter("embed_refused", "Calls refused for a full queue.", _LANE)
_SECONDS: Final = metrics.histogram(
    "embed_seconds",
    "From asking the embedding model to its answer, waiting included, by call.",
    _LANE,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)


@dataclass(eq=False)
class _Call:
    """Some texts of one caller, and the vectors of those that were read."""

    texts: Sequence[str]
    workspace_id: UUID | None
    answer: "Future[list[Vector]]" = field(default_factory=Future)
    rows: list[Vector] = field(default_factory=list)

    @property
    def left(self) -> int:
        return len(self.texts) - len(self.rows)


class _Lane:
    """The calls that wait, by workspace, the one whose turn is next in front."""

    def __init__(self, name: str) -> None:
        self._queues: OrderedDict[UUID | None, deque[_Call]] = OrderedDict()
        self.waiting = 0
        self.gauge = _WAITING.labels(name)
        self.texts = _TEXTS.labels(name)
        self.refused = _REFUSED.labels(name)
        self.seconds = _SECONDS.labels(name)

    def waiting_of(self, workspace_id: UUID | None) -> int:
        return sum(call.left for call in self._queues.get(workspace_id, ()))

    def add(self, call: _Call) -> None:
        self._queues.setdefault(call.workspace_id, deque()).append(call)
        self._count(call.left)

    def next(self) -> _Call | None:
        """The call whose next text is to be read now; it and its workspace go to the end."""
        if not self._queues:
            return None
        workspace_id = next(iter(self._queues))
        self._queues.move_to_end(workspace_id)
        calls = self._queues[workspace_id]
        calls.rotate(-1)
        return calls[-1]

    def read(self, call: _Call, row: Vector) -> bool:
        """Note a vector; whether it was the call's last."""
        self.texts.inc()
        if call not in self._queues.get(call.workspace_id, ()):
            return False  # it was cancelled meanwhile
        call.rows.append(row)
        self._count(-1)
        if not call.left:
            self.drop(call)
        return not call.left

    def drop(self, call: _Call) -> None:
        """Let a call wait no more."""
        queue = self._queues.get(call.workspace_id, deque())
        if call not in queue:
            return
        queue.remove(call)
        self._count(-call.left)
        if not queue:
            del self._queues[call.workspace_id]

    def _count(self, more: int) -> None:
        self.waiting += more
        self.gauge.inc(more)


class Turns:
    """Does `work` for each text, in one thread that is there while there is something to do."""

    def __init__(
        self,
        work: Callable[[str], Vector],
        *,
        most_waiting: int = MOST_WAITING,
        most_of_one: int = MOST_OF_ONE,
    ) -> None:
        """Refuse calls while so many texts of their lane, or of their workspace in it, wait."""
        self._work = work
        self._most_waiting, self._most_of_one = most_waiting, most_of_one
        self._lanes = {False: _Lane("interactive"), True: _Lane("background")}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embed")
        self._is_running = False

    async def take(
        self, texts: Sequence[str], *, workspace_id: UUID | None = None, background: bool = False
    ) -> list[Vector]:
        """What `work` makes of each text, in their order. Cancelled, it leaves the queue.

        Raises:
            EmbedderBusy: too many texts wait already.
        """
        lane, began, rows = self._lanes[background], time.perf_counter(), list[Vector]()
        for start in range(0, len(texts), PORTION):
            call = _Call(texts[start : start + PORTION], workspace_id)
            self._enter(lane, call, may_be_refused=start == 0)
            call.answer.add_done_callback(partial(self._leave, lane, call))
            portion: list[Vector] = await asyncio.wrap_future(call.answer)
            rows += portion
        lane.seconds.observe(time.perf_counter() - began)
        return rows

    def _enter(self, lane: _Lane, call: _Call, *, may_be_refused: bool) -> None:
        with self._lock:
            is_full = lane.waiting >= self._most_waiting
            if may_be_refused and (
                is_full or lane.waiting_of(call.workspace_id) >= self._most_of_one
            ):
                lane.refused.inc()
                raise EmbedderBusy(retry_after=1)
            lane.add(call)
            if not self._is_running:
                self._is_running = True
                self._pool.submit(self._run)

    def _leave(self, lane: _Lane, call: _Call, _: object = None) -> None:
        with self._lock:
            lane.drop(call)

    def _run(self) -> None:
        """Read text after text until nobody waits."""
        while (turn := self._next()) is not None:
            lane, call = turn
            try:
                row = self._work(call.texts[len(call.rows)])
            except Exception as error:  # noqa: BLE001 - the caller's to judge, in its own thread
                self._leave(lane, call)
                if call.answer.set_running_or_notify_cancel():
                    call.answer.set_exception(error)
                continue
            with self._lock:
                is_last = lane.read(call, row)
            if is_last and call.answer.set_running_or_notify_cancel():
                call.answer.set_result(call.rows)

    def _next(self) -> tuple[_Lane, _Call] | None:
        with self._lock:
            for background in (False, True):
                lane = self._lanes[background]
                if (call := lane.next()) is not None:
                    return lane, call
            self._is_running = False
            return None
