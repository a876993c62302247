"""When customers write and when the shop answers, in the shop's own time (UTC+1)."""

from datetime import datetime, timedelta, timezone
from random import Random
from typing import Final

SHOP: Final = timezone(timedelta(hours=1))
_WEEKDAYS: Final = (1.25, 1.15, 1.05, 1.0, 0.95, 0.6, 0.5)
_HOURS: Final = (
    1,
    1,
    0.5,
    0.5,
    0.5,
    1,
    3,
    6,
    10,
    13,
    14,
    12,
    10,
    11,
    11,
    10,
    9,
    8,
    8,
    10,
    11,
    9,
    5,
    2,
)
_OPENING: Final = {5: (10, 16), 6: None}
_WORKDAY: Final = (8, 18)


def moment(rng: Random, now: datetime, days: int) -> datetime:
    """A moment within the last `days` at which somebody might write; the shop is growing."""
    start = now.astimezone(SHOP).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        back = rng.randrange(days)
        day = start - timedelta(days=back)
        if rng.random() * 2.25 > _WEEKDAYS[day.weekday()] * (1.8 - 1.2 * back / days):
            continue
        hour = rng.choices(range(24), _HOURS)[0]
        at = day + timedelta(hours=hour, seconds=rng.randrange(3_600))
        if at < now:
            return at


def is_open(at: datetime) -> bool:
    """Whether somebody is at work."""
    local = at.astimezone(SHOP)
    hours = _OPENING.get(local.weekday(), _WORKDAY)
    return hours is not None and hours[0] <= local.hour < hours[1]


def answered(rng: Random, asked: datetime) -> datetime:
    """When a colleague answers: within minutes during the hours, else the next morning."""
    at = asked
    if not is_open(at):
        while not is_open(at):
            at = (at + timedelta(hours=1)).replace(minute=0, second=0)
        return at + timedelta(minutes=rng.uniform(2, 75))
    return at + timedelta(minutes=min(rng.lognormvariate(2.0, 0.9), 300))


def replied(rng: Random, told: datetime) -> datetime:
    """When a customer replies: mostly soon, sometimes hours later, never in the small hours."""
    at = told + timedelta(minutes=min(rng.lognormvariate(1.7, 1.4), 2_000))
    while at.astimezone(SHOP).hour < 6:
        at += timedelta(hours=5, minutes=rng.uniform(0, 90))
    return at
