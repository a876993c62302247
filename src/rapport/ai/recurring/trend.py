"""Whether a problem comes up more than its own past lets expect.

The last hour and the last 24 hours are each compared with the same hours of the week in up to four
weeks before. What is expected is their mean, with the mean of all those weeks as one more; how far
counts stray from it is a negative binomial, which is a Poisson whose rate is not known exactly and
is not the same every week.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(weeks=1)
WEEKS: Final = 4
LIMIT: Final = 4.5
"""Growing is what has a chance of less than 1 in 31,000: in simulated quiet weeks that is one false
alarm a week for some hundred problems."""
FLOOR: Final = 4
"""Fewer conversations than these are never growth."""
_STEADIEST: Final = 10.0
"""No problem is steadier than this: its rate strays by about a third from week to week."""
_TINY: Final = 1e-300
_MOST_TERMS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Growth:
    """How surprising the present is, as the negative decimal logarithm of its chance."""

    surprise: float
    is_growing: bool


def growth(
    now: datetime, last_hour: int, last_day: int, hours: Mapping[datetime, int], since: datetime
) -> Growth:
    """What to make of the conversations of the last hour and the last 24 hours.

    `hours` are the counts by the full hour in which they began, over the four weeks before; `since`
    is when the problem was first seen: weeks before that tell nothing.
    """
    surprises = [
        _of_window(now, window, count, hours, since)
        for window, count in ((HOUR, last_hour), (DAY, last_day))
        if count >= FLOOR
    ]
    most = max(surprises, default=0.0)
    return Growth(round(most, 2), most >= LIMIT)


def _of_window(
    now: datetime,
    window: timedelta,
    count: int,
    hours: Mapping[datetime, int],
    since: datetime,
) -> float:
    begin = now - window
    weeks = min(WEEKS, max(0, math.floor((begin - since) / WEEK)))
    same = [between(hours, begin - week * WEEK, now - week * WEEK) for week in range(1, weeks + 1)]
    past = min(WEEKS * WEEK, begin - since)
    level = 0.0
    if past >= window:
        level = between(hours, begin - past, begin) * (window / past)
    return surprise(count, same, level)


def surprise(count: int, same: Sequence[float], level: float) -> float:
    """-log10 of the chance of at least `count`, after `same` in the weeks before.

    `level` is the mean over all that time; it counts like one more week.
    """
    seen = level + sum(same) + 0.5
    mean = seen / (1 + len(same))
    return -math.log10(max(_TINY, tail(count, mean, min(seen, _STEADIEST))))


def tail(count: int, mean: float, size: float) -> float:
    """The chance that a negative binomial of this mean and size is at least `count`.

    Its variance is mean + mean² / size.
    """
    if count <= 0:
        return 1.0
    share = mean / (mean + size)
    term = math.exp(
        math.lgamma(count + size)
        - math.lgamma(count + 1)
        - math.lgamma(size)
        + size * math.log1p(-share)
        + count * math.log(share)
    )
    total = 0.0
    for k in range(count, count + _MOST_TERMS):
        total += term
        term *= share * (k + size) / (k + 1)
        if term < total * 1e-12:
            break
    return min(1.0, total)


def between(hours: Mapping[datetime, int], begin: datetime, end: datetime) -> float:
    """How many conversations there were from `begin` to `end`; of an hour cut off, its share."""
    total = 0.0
    hour = begin.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        inside = min(end, hour + HOUR) - max(begin, hour)
        total += hours.get(hour, 0) * (inside / HOUR)
        hour += HOUR
    return total
