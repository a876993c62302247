"""Dates in header fields (RFC 5322, section 3.3), and in the forms that senders invented."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Final

_MAX_CHARS: Final = 200
_COMMENT: Final = re.compile(r"\([^()]*\)")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")
_ZONE: Final = re.compile(r"\s*(?:Z|([+-])(\d\d):?(\d\d))")
_COLON: Final = re.compile(r"(?<=\d) ?: ?(?=\d)")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_GLUED: Final = re.compile(r"(\d)([+-]\d{4})\b")
_OFFSET: Final = re.compile(r"\b(?:GMT|UTC|UT)\s?([+-]\d{1,4})\b", re.IGNORECASE)
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS: Final[Mapping[str, str]] = {
    "mär": "Mar", "mrz": "Mar", "märz": "Mar", "maerz": "Mar", "mai": "May", "okt": "Oct",
    "dez": "Dec", "janv": "Jan", "févr": "Feb", "fév": "Feb", "mars": "Mar", "avr": "Apr",
    "avril": "Apr", "juin": "Jun", "juil": "Jul", "août": "Aug", "déc": "Dec", "ene": "Jan",
    "abr": "Apr", "ago": "Aug", "dic": "Dec", "gen": "Jan", "mag": "May", "giu": "Jun",
    "lug": "Jul", "set": "Sep", "ott": "Oct", "mrt": "Mar", "mei": "May", "fev": "Feb",
    "out": "Oct", "maj": "May", "sept": "Sep",
}  # fmt: skip


def parse(text: str) -> datetime | None:
    """The moment `text` names, in UTC; None when it names none. Without a zone it is taken as UTC.

    The day of the week is not looked at. A day that its month does not have becomes the last one.
    """
    text = " ".join(_without_comments(text[:_MAX_CHARS]).split()).strip("\"'")
    iso = _ISO.search(text)
    if iso is not None:
        return _from_iso(text, iso)
    text = _COLON.sub(":", text)
    text = _OFFSET.sub(r"\1", _GLUED.sub(r"\1 \2", text))
    words = _LETTERS.sub(lambda word: _MONTHS.get(word[0].lower(), word[0]), text)
    try:
        read = parsedate_tz(words)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if read is None:
        return None
    year, month, day, hour, minute, second, *_, offset = read
    return _moment(year, month, day, hour, minute, second, offset or 0)


def _without_comments(text: str) -> str:
    """The innermost go first; one that nothing closes reaches to the end."""
    found = 1
    while found:
        text, found = _COMMENT.subn(" ", text)
    return text.partition("(")[0]


def _from_iso(text: str, found: re.Match[str]) -> datetime | None:
    try:
        local = datetime.fromisoformat(found[0]).replace(tzinfo=UTC)
    except ValueError:
        return None
    zone = _ZONE.match(re.sub(r"\.\d+", "", text[found.end() :]))
    seconds = 0
    if zone is not None and zone[1]:
        seconds = (int(zone[2]) * 60 + int(zone[3])) * (-60 if zone[1] == "-" else 60)
    return _shifted(local, seconds)


def _moment(
    year: int, month: int, day: int, hour: int, minute: int, second: int, offset: int
) -> datetime | None:
    if not 1 <= month <= 12:
        return None
    day = min(day, _DAYS[month - 1])
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        day = 28
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return _shifted(local, offset)


def _shifted(local: datetime, offset: int) -> datetime | None:
    """`local` read as a time `offset` seconds east of Greenwich."""
    if abs(offset) >= 24 * 3600:
        offset = 0
    try:
        return local.replace(tzinfo=timezone(timedelta(seconds=offset))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
