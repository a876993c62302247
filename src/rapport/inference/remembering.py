"""An embedder that keeps the vectors of the texts it saw last."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.inference.ports import Embedder
from rapport.kernel.telemetry import metrics

Vector = NDArray[np.float32]

MAX_BYTES: Final = 12 * 1024 * 1024
"""8,192 vectors of 384 numbers, or 2,048 of 1,536."""
_TEXTS: Final = metrics.counter(
    "embed_asked", "Texts whose vector was asked for, and where it came from.", ("source",)
)
_KEPT, _JOINED, _MADE = (_TEXTS.labels(source) for source in ("kept", "joined", "made"))


@dataclass(eq=False)
class _Flight:
    """One call of the model that is under way, and how many wait for it."""

    task: "asyncio.Task[NDArray[np.float32]]"
    waiting: int = 0


_Asked = tuple[UUID | None, bool]
"""For which workspace, and whether nobody waits."""


class Remembering:
    """An `Embedder` in front of another; keeps hashes and vectors, never a text.

    Sentences of an article are compared with question after question, and they seldom change; what
    background work embeds is kept elsewhere, and would only push them out. Who
    asks for a text that is being embedded waits for that call, unless it is another workspace's or
    is less urgent: then neither's wait, or failure, is the other's.
    """

    def __init__(self, embedder: Embedder, *, max_bytes: int = MAX_BYTES) -> None:
        """Ask `embedder` for what is not among the vectors of `max_bytes` used last."""
        self._embedder = embedder
        self._max_bytes = max_bytes
        self._vectors: OrderedDict[bytes, Vector] = OrderedDict()
        self._bytes = 0
        self._flights: dict[tuple[_Asked, bytes], tuple[_Flight, int]] = {}

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """See `Embedder.dimensions`."""
        return self._embedder.dimensions

    def speaks(self, locale: str) -> bool:
        """See `Embedder.speaks`."""
        return self._embedder.speaks(locale)

    async def embed(
        self,
        texts: Sequence[str],
        *,
        workspace_id: UUID | None = None,
        background: bool = False,
    ) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        keys = [self._key(text) for text in texts]
        found = {key: self._vectors[key] for key in keys if key in self._vectors}
        _KEPT.inc(len(found))
        asked = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        waits = self._board(asked, (workspace_id, background))
        for flight in {flight for flight, _ in waits.values()}:
            flight.waiting += 1
        try:
            for key, (flight, row) in waits.items():
                found[key] = (await asyncio.shield(flight.task))[row]
        finally:
            for flight in {flight for flight, _ in waits.values()}:
                self._leave(flight)
        if not background:
            for key in dict.fromkeys(keys):
                self._keep(key, found[key])
        return np.stack([found[key] for key in keys])

    def _key(self, text: str) -> bytes:
        named = f"{self.name}\0{text}".encode(errors="replace")
        return hashlib.sha256(named).digest()

    def _board(self, asked: dict[bytes, str], who: _Asked) -> dict[bytes, tuple[_Flight, int]]:
        """For each text the call that embeds it, and its row there; a new one for the rest."""
        joined = {key: self._flights[who, key] for key in asked if (who, key) in self._flights}
        _JOINED.inc(len(joined))
        new = {key: text for key, text in asked.items() if key not in joined}
        if not new:
            return joined
        _MADE.inc(len(new))
        workspace_id, background = who
        call = self._embedder.embed(
            list(new.values()), workspace_id=workspace_id, background=background
        )
        flight = _Flight(asyncio.ensure_future(call))
        rows = {key: (flight, row) for row, key in enumerate(new)}
        self._flights.update({(who, key): seat for key, seat in rows.items()})
        flight.task.add_done_callback(lambda task: self._land(flight, task))
        return joined | rows

    def _leave(self, flight: _Flight) -> None:
        """What nobody waits for any more is not embedded."""
        flight.waiting -= 1
        if flight.waiting == 0 and not flight.task.done():
            self._land(flight)
            flight.task.cancel()

    def _land(
        self, flight: _Flight, task: "asyncio.Task[NDArray[np.float32]] | None" = None
    ) -> None:
        """Nobody boards it any more. A failure is told to those who wait, and else to nobody."""
        if task is not None and not task.cancelled():
            task.exception()
        self._flights = {at: seat for at, seat in self._flights.items() if seat[0] is not flight}

    def _keep(self, key: bytes, vector: Vector) -> None:
        """Put a vector in front of the others, and forget those used longest ago."""
        if key in self._vectors:
            self._vectors.move_to_end(key)
            return
        self._vectors[key] = vector.copy()  # a row would keep all of its call alive
        self._bytes += vector.nbytes
        while self._bytes > self._max_bytes:
            self._bytes -= self._vectors.popitem(last=False)[1].nbytes
