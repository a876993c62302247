"""Rate limits that processes keep for themselves, made to hold for all of them together."""

import asyncio
import os
from collections.abc import Mapping
from functools import partial
from typing import Final

import msgspec

from rapport.kernel.limits import LocalLimiter
from rapport.kernel.realtime.bus import Bus

CHANNEL: Final = "rapport_limits"
GATHER_S: Final = 0.25
"""Uses within this time are told together."""
MAX_USES: Final = 60
"""So many fit into what the bus takes at once."""


class _Uses(msgspec.Struct, array_like=True):
    process: str
    counts: list[tuple[str, str, int]]
    """A limit's name, who used it, and how often."""


_decoder = msgspec.json.Decoder(_Uses)
_encoder = msgspec.json.Encoder()


class SharedCounts:
    """Tells the other processes who has used much of a limit here, and counts what they tell.

    A process keeps the first quarter of a share to itself, so that nobody speaks of the many who
    stay far below their limit. Across n processes a limit is therefore exceeded by at most n
    quarters, and by what is used within `GATHER_S`.
    """

    def __init__(self, bus: Bus, limiters: Mapping[str, LocalLimiter]) -> None:
        """Join `limiters`, each under its limit's name, over `bus`, which has not started yet."""
        self._bus = bus
        self._limiters = limiters
        self._process = os.urandom(4).hex()
        self._unsaid: dict[tuple[str, str], int] = {}
        for name, limiter in limiters.items():
            limiter.on_use = partial(self.note, name)
        bus.subscribe(CHANNEL, self._hear)

    def note(self, name: str, key: str) -> None:
        """Count one use here, to be told soon."""
        if not self._unsaid:
            asyncio.get_running_loop().call_later(GATHER_S, self._say)
        self._unsaid[name, key] = self._unsaid.get((name, key), 0) + 1

    def _say(self) -> None:
        counts = [(name, key, times) for (name, key), times in self._unsaid.items()]
        self._unsaid = {}
        for at in range(0, len(counts), MAX_USES):
            uses = _Uses(self._process, counts[at : at + MAX_USES])
            self._bus.publish(CHANNEL, _encoder.encode(uses))

    def _hear(self, payload: bytes) -> None:
        try:
            uses = _decoder.decode(payload)
        except msgspec.MsgspecError:
            return  # a process of another version says something new
        if uses.process == self._process:
            return
        for name, key, times in uses.counts:
            limiter = self._limiters.get(name)
            if limiter is not None:
                limiter.add(key, times)
