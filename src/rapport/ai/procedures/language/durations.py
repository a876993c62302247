"""Lengths of time as people write them: `30 minutes`, `3 days`."""

import re
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

_UNITS: Final = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_PATTERN: Final = re.compile(r"(\d{1,4}) (second|minute|hour|day|week)s?")
_LONGEST: Final = timedelta(days=366)


def duration(value: Any) -> timedelta:
    """A length of time.

    Raises:
        ValueError: it is written otherwise, or is longer than a year.
    """
    if isinstance(value, timedelta):
        return value
    match = _PATTERN.fullmatch(" ".join(str(value).split()))
    if match is None:
        raise ValueError("Write a length of time as `30 minutes`, `2 hours` or `3 days`.")
    length = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    if not timedelta() < length <= _LONGEST:
        raise ValueError("A procedure waits longer than nothing, and a year at most.")
    return length


def told(length: timedelta) -> str:
    """A length of time in words, in the largest unit that fits."""
    seconds = int(length.total_seconds())
    for unit, size in reversed(_UNITS.items()):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}" + ("" if count == 1 else "s")
    raise AssertionError("a second always fits")


Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    WithJsonSchema(
        {"type": "string", "pattern": f"^{_PATTERN.pattern}$", "examples": ["30 minutes", "3 days"]}
    ),
]
