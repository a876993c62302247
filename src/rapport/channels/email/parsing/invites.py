"""Calendar invitations (RFC 5545): the few things a person asks of one."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rapport.channels.email.parsing import parameters
from rapport.channels.email.parsing.mail import Invite
from rapport.channels.email.parsing.words import one_line

_MAX_CHARS: Final = 200_000
_MAX_VALUE_CHARS: Final = 1_000
_FOLD: Final = re.compile(r"\r?\n[ \t]")
_LINE: Final = re.compile(r"([A-Za-z-]{1,40})((?:;[^:\"]*+(?:\"[^\"]*+\"[^:\"]*+)*+)?):(.*)")
_ESCAPED: Final = re.compile(r"\\([\\;,nN])")
_MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")
_WANTED: Final = frozenset({"SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "UID"})


def read(text: str, method: str = "") -> Invite | None:
    """The first event in a calendar; None when there is none.

    `method` is what the Content-Type says, for calendars that do not say it themselves.
    """
    found: dict[str, str] = {}
    within = ""
    for name, given, value in _lines(text):
        if name == "METHOD":
            method = value
        elif name == "BEGIN":
            within = value.upper() if within != "VEVENT" else "inside"
        elif name == "END" and value.upper() == "VEVENT":
            break
        elif name == "END" and within == "inside":
            within = "VEVENT"
        elif within == "VEVENT" and name in _WANTED:
            found.setdefault(name, _said(name, given, value))
    if not found:
        return None
    return Invite(
        method=method.upper()[:20],
        summary=found.get("SUMMARY", ""),
        starts=found.get("DTSTART", ""),
        ends=found.get("DTEND", ""),
        location=found.get("LOCATION", ""),
        organizer=found.get("ORGANIZER", ""),
        uid=found.get("UID", ""),
    )


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, parameters and value of each content line, unfolded."""
    for line in _FOLD.sub("", text[:_MAX_CHARS]).splitlines():
        found = _LINE.match(line)
        if found is not None:
            yield found[1].upper(), found[2], found[3].strip()


def _said(name: str, given: str, value: str) -> str:
    if name.startswith("DT"):
        return _moment(value, parameters.parse(given).parameters.get("tzid", ""))
    if name == "ORGANIZER":
        address = value[7:] if value[:7].lower() == "mailto:" else value
        return address[:_MAX_VALUE_CHARS]
    return one_line(_ESCAPED.sub(_unescaped, value))[:_MAX_VALUE_CHARS]


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


def _moment(value: str, zone: str) -> str:
    """ISO 8601, with an offset when the zone is known."""
    found = _MOMENT.fullmatch(value)
    if found is None:
        return ""
    if found[4] is None:
        return f"{found[1]}-{found[2]}-{found[3]}"
    said = f"{found[1]}-{found[2]}-{found[3]}T{found[4]}:{found[5]}:{found[6] or '00'}"
    if found[7]:
        return f"{said}+00:00"
    try:
        return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(zone)).isoformat()
    except (ValueError, OSError, KeyError):
        return said
