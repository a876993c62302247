"""Ids that come from the seed, so that the same seed makes the same workspace."""

from datetime import datetime
from random import Random
from uuid import UUID


class Ids:
    """UUIDv7 as of chosen moments, from a seeded source of chance."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self._rng = rng

    def at(self, moment: datetime) -> UUID:
        """An id that sorts as if it had been made at `moment`."""
        milliseconds = int(moment.timestamp() * 1_000) & ((1 << 48) - 1)
        value = milliseconds << 80 | 0x7 << 76 | self._rng.getrandbits(12) << 64
        return UUID(int=value | 0b10 << 62 | self._rng.getrandbits(62))
