"""Times of day: 15:30, 3 pm, 15 Uhr, 15h30."""

import re
from collections.abc import Iterator
from datetime import time
from typing import Final

from rapport.ai.triage.entities.values import Found

_CLOCK: Final = re.compile(
    r"(?<![\w.,:/+-])(?P<hour>\d{1,2})"
    r"(?:(?P<sign>[:h.])(?P<minute>[0-5]\d)(?::[0-5]\d)?)?"
    r"(?:\s?(?P<half>[ap])(?:\.m\.|m\b))?"
    r"(?P<said>\s?(?:uhr|uur|o['\u2019]clock|heures?|horas?|h)\b)?(?!\w|[.,:/-]\d)",
    re.IGNORECASE,
)
_LED: Final = re.compile(
    r"(?:\b(?:at|um|gegen|ab|bis|à|vers|avant|après|dès|entre|a las?|às|as|das|pelas|até|"
    r"alle(?: ore)?|ore|om|tegen|rond)|الساعة)\s{1,2}$",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[,\s]{0,2}(?:[^\W\d]{1,6}(?: l[ae]s?| ore)?\s)?")
_SURE: Final = ("uhr", "uur", "o'clock", "o\u2019clock")
_LEADING: Final = 12


def read(text: str) -> Iterator[Found]:
    """The times of day that stand alone."""
    for clock in _CLOCK.finditer(text):
        found = _time(clock)
        if found is not None and (_is_sure(clock) or (_is_written(clock) and _is_led(text, clock))):
            yield Found("time", *clock.span(), found, f"{found:%H:%M}")


def after(text: str, end: int) -> tuple[time, int] | None:
    """The time that follows a date, and where it ends."""
    gap = _BETWEEN.match(text, end)
    clock = _CLOCK.match(text, gap.end()) if gap else None
    if clock is None or clock.start() == end:
        return None
    found = _time(clock)
    if found is None or not (_is_sure(clock) or _is_led(text, clock)):
        return None
    return found, clock.end()


def _is_sure(clock: re.Match[str]) -> bool:
    said = (clock["said"] or "").strip().casefold()
    return bool(clock["sign"] in (":", "h", "H") or clock["half"] or said in _SURE)


def _is_written(clock: re.Match[str]) -> bool:
    return bool(clock["sign"] or clock["said"])


def _is_led(text: str, clock: re.Match[str]) -> bool:
    return _LED.search(text, max(0, clock.start() - _LEADING), clock.start()) is not None


def _time(clock: re.Match[str]) -> time | None:
    hour, minute = int(clock["hour"]), int(clock["minute"] or 0)
    if clock["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock["half"] in "pP" else 0)
    return time(hour, minute) if hour < 24 else None
