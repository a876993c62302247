"""What was fetched of messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Final

from rapport.channels.email.imap.responses import Response, Value
from rapport.channels.email.imap.writing import spans

_MONTHS: Final = {
    name: number + 1
    for number, name in enumerate(
        (
            b"jan",
            b"feb",
            b"mar",
            b"apr",
            b"may",
            b"jun",
            b"jul",
            b"aug",
            b"sep",
            b"oct",
            b"nov",
            b"dec",
        )
    )
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server told of one message; None where it told nothing."""

    uid: int
    size: int | None = None
    """In bytes; some servers guess."""
    at: datetime | None = None
    """When the server got it."""
    header: bytes | None = None
    body: bytes | None = None
    """The whole message, or its beginning when no more was asked for."""


def fetched_from(response: Response) -> Fetched | None:
    """What a FETCH response tells; None when it does not say of which UID.

    Raises:
        Nonsense: it is none.
    """
    values = response.values()
    items = values[0] if values and isinstance(values[0], list) else []
    told = {_key(name): value for name, value in zip(items[::2], items[1::2], strict=False)}
    uid = _number(told.get("UID"))
    if not uid:
        return None
    return Fetched(
        uid,
        size=_number(told.get("RFC822.SIZE")),
        at=_instant(told.get("INTERNALDATE")),
        header=_first(told, "BODY[HEADER"),
        body=_first(told, "BODY[]"),
    )


def found_by(responses: Iterable[Response]) -> list[range]:
    """The UIDs that a search found, by SEARCH or ESEARCH responses.

    Raises:
        Nonsense: they are none.
    """
    found: list[range] = []
    for response in responses:
        if response.name == "SEARCH":
            numbers = response.rest[0].split()
            found += spans(int(number) for number in numbers if number.isdigit())
        elif response.name == "ESEARCH":
            found += _spans_of(response.values())
    return found


def _spans_of(values: list[Value]) -> Iterator[range]:
    """The set behind `ALL`."""
    for name, value in pairwise(values):
        if isinstance(name, bytes) and name.upper() == b"ALL" and isinstance(value, bytes):
            for span in value.split(b","):
                first, _, last = span.partition(b":")
                if first.isdigit() and (last or first).isdigit():
                    low, high = sorted((int(first), int(last or first)))
                    yield range(low, high + 1)


def _key(name: Value) -> str:
    return name.decode("ascii", "replace").upper() if isinstance(name, bytes) else ""


def _first(told: dict[str, Value], begins: str) -> bytes | None:
    for name, value in told.items():
        if name.startswith(begins) and isinstance(value, bytes):
            return value
    return None


def _number(value: Value) -> int | None:
    return int(value) if isinstance(value, bytes) and value.isdigit() else None


def _instant(value: Value) -> datetime | None:
    """`17-Jul-1996 02:44:25 -0700`; None when it is no date."""
    if not isinstance(value, bytes):
        return None
    try:
        day, clock, zone = value.split()
        number, month, year = day.split(b"-")
        hour, minute, second = (int(part) for part in clock.split(b":"))
        sign = -1 if zone.startswith(b"-") else 1
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
        local = timezone(sign * offset)
        month_number = _MONTHS[month.lower()]
        at = datetime(int(year), month_number, int(number), hour, minute, second, tzinfo=local)
        return at.astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        return None
