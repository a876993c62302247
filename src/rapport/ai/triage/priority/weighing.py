"""A number from 0 to 100 from what is known of a message, and what made it so."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, NamedTuple

from rapport.ai.triage.priority.weights import Weights

Level = Literal["low", "normal", "high", "urgent"]
Flag = Literal["safety", "security", "outage", "vulnerable", "legal", "payment", "churn"]
Code = Literal[
    "urgency",
    "distress",
    "wants_person",
    "safety",
    "security",
    "outage",
    "vulnerable",
    "legal",
    "payment",
    "churn",
    "value",
    "favoured",
    "waited",
    "asked_before",
    "due_soon",
    "overdue",
    "spam",
]
"""Why; the console has the words, with `amount` where there is one."""
FLAGS: Final[tuple[Flag, ...]] = (
    "safety",
    "security",
    "outage",
    "vulnerable",
    "legal",
    "payment",
    "churn",
)
_DOUBT: Final = 0.25
"""What is no likelier than this counts for nothing."""
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a message and of who wrote it; every share is from 0 to 1."""

    urgency: float = 1 / 3
    """0 low, one third normal, two thirds high, 1 critical."""
    distress: float = 0.0
    wants_person: float = 0.0
    flags: Mapping[str, float] = field(default_factory=dict)
    """How likely each is; others than `FLAGS` count for nothing."""
    value: float = 0.0
    """The share of customers who bought less."""
    is_favoured: bool = False
    waited: timedelta = timedelta()
    """Since when the customer waits for an answer."""
    asked_before: int = 0
    """How often they asked about it in the seven days before."""
    due_in: timedelta | None = None
    """Until an answer was agreed; below zero when that is past, None when nothing was."""
    spam: float = 0.0


class Reason(NamedTuple):
    """Why, by how many points, and how much of it: hours, times, or nothing to count."""

    code: Code
    points: int
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Priority:
    """0 to 100, its level, and the reasons that count, the strongest first."""

    score: int
    level: Level
    reasons: tuple[Reason, ...]


DEFAULT: Final = Weights()


def weigh(situation: Situation, weights: Weights = DEFAULT) -> Priority:
    """How soon a message should be answered.

    The points of all that is so are added up, to a hundred at most. More of anything never makes
    the score smaller, but for `spam`, and for more time until an answer is due.
    """
    parts = list(_parts(situation, weights))
    total = weights.start + sum(points for _, points, _ in parts)
    score = round(min(100.0, max(0.0, total)))
    told = (Reason(code, round(points), amount) for code, points, amount in parts)
    ordered = sorted((it for it in told if it.points), key=lambda it: -abs(it.points))
    return Priority(score, _level(score, weights), tuple(ordered))


def _parts(now: Situation, weights: Weights) -> Iterator[tuple[Code, float, int | None]]:
    yield "urgency", weights.urgency * _share(now.urgency), None
    yield "distress", weights.distress * _likely(now.distress), None
    yield "wants_person", weights.wants_person * _likely(now.wants_person), None
    for flag in FLAGS:
        yield flag, getattr(weights, flag) * _likely(now.flags.get(flag, 0.0)), None
    yield "value", weights.value * _share(now.value), None
    yield "favoured", float(weights.favoured * now.is_favoured), None
    hours = now.waited / _HOUR
    yield "waited", weights.waited * _share(hours / weights.full_wait_h), int(max(0.0, hours))
    times = max(0, now.asked_before)
    yield "asked_before", weights.asked_before * _share(times / weights.full_repeats), times
    if now.due_in is not None:
        left = now.due_in / _HOUR
        code: Code = "overdue" if left < 0 else "due_soon"
        yield code, weights.due * _share(1 - left / weights.due_soon_h), int(abs(left))
    yield "spam", -weights.spam * _likely(now.spam), None


def _level(score: int, weights: Weights) -> Level:
    if score >= weights.urgent_from:
        return "urgent"
    if score >= weights.high_from:
        return "high"
    return "normal" if score >= weights.normal_from else "low"


def _share(part: float) -> float:
    """From 0 to 1, whatever came; what is no number is 0."""
    return 0.0 if math.isnan(part) else min(1.0, max(0.0, part))


def _likely(probability: float) -> float:
    return _share((probability - _DOUBT) / (1 - _DOUBT))
