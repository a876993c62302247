"""What is found in a message, and what it is worth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Literal, NamedTuple

Kind = Literal[
    "url",
    "email",
    "phone",
    "custom",
    "tracking",
    "order",
    "invoice",
    "ticket",
    "reference",
    "product",
    "error_code",
    "version",
    "date",
    "time",
    "money",
    "percentage",
    "duration",
    "quantity",
]
Grain = Literal["year", "month", "week", "day", "minute"]


@dataclass(frozen=True, slots=True)
class When:
    """A stretch of time, from `start` up to `end`, both aware and in the reader's zone.

    `others` are the days that may be meant instead: 3/5 with day and month the other way round, a
    Monday that is gone instead of the one to come.
    """

    start: datetime
    end: datetime
    grain: Grain
    others: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; where the writing allows several, all of them, the likeliest first."""

    amounts: tuple[Decimal, ...]
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """So much of a unit: `minute`, `hour`, `day`, `week`, `month`, `year`, or one of goods."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """A parcel's number, whose it may be, and whether its check digit fits."""

    number: str
    carriers: tuple[str, ...]
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Custom:
    """What a workspace's own pattern of this name found."""

    name: str
    text: str


Value = str | Decimal | time | When | Money | Measure | Tracking | Custom


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of a message, from `start` up to `end`, what it stands for, and that in one form.

    `normal` is equal for what means the same: `2026-05-12` for "next Tuesday", `49.90 EUR`,
    `P14D`, a product's id, `contract:V-104233` for a workspace's own pattern.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: Value
    normal: str


class Found(NamedTuple):
    """An entity before it is cut out: what a reader of one kind says."""

    kind: Kind
    start: int
    end: int
    value: Value
    normal: str


class Taken:
    """The places of a text that somebody has already."""

    def __init__(self, length: int) -> None:
        self._places = bytearray(length)

    def take(self, start: int, end: int) -> bool:
        """Take this stretch, unless a part of it is taken."""
        if self._places.find(1, start, end) >= 0:
            return False
        self._places[start:end] = b"\x01" * (end - start)
        return True


Reader = Iterator[Found]
MAX_CHARS: Final = 4_000
"""What a message is about stands in its beginning; the rest is not read."""
