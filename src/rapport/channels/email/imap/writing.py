"""How names, numbers and dates are written in IMAP's commands."""

import base64
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

_QUOTABLE: Final = re.compile(rb"[\x20-\x7e]*")
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_AWAY: Final = re.compile(r"[^\x20-\x7e]+")


def quoted(text: bytes) -> bytes | None:
    """A string in quotes; None when it must be sent as a literal."""
    if not _QUOTABLE.fullmatch(text):
        return None
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def folder_name(name: str) -> bytes:
    """A folder's name in modified UTF-7, the only form that every server takes."""
    whole = name.replace("&", "&-")
    return _AWAY.sub(lambda found: _shifted(found[0]), whole).encode("ascii")


def _shifted(text: str) -> str:
    encoded = base64.b64encode(text.encode("utf-16-be", "surrogatepass")).rstrip(b"=")
    return f"&{encoded.decode().replace('/', ',')}-"


def day(of: date) -> str:
    """A date as searches take it; month names are IMAP's whatever the locale."""
    return f"{of.day}-{_MONTHS[of.month - 1]}-{of.year:04}"


def spans(numbers: Iterable[int]) -> list[range]:
    """The same numbers, each once and in order, as unbroken ranges."""
    found: list[range] = []
    for number in sorted(set(numbers)):
        if found and found[-1].stop == number:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    return found


def merged(ranges: Iterable[range]) -> list[range]:
    """Ranges in order, without overlap."""
    found: list[range] = []
    for each in sorted(ranges, key=lambda it: (it.start, it.stop)):
        if found and each.start <= found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, each.stop))
        elif len(each):
            found.append(each)
    return found


def written(ranges: Sequence[range]) -> str:
    """Ranges as a sequence set, e.g. `1:4,7`."""
    return ",".join(
        f"{each.start}:{each.stop - 1}" if len(each) > 1 else str(each.start) for each in ranges
    )


def portions(ranges: Iterable[range], size: int) -> Iterable[list[range]]:
    """The same numbers in order, at most `size` at a time."""
    portion: list[range] = []
    room = size
    for each in ranges:
        left = each
        while len(left):
            taken, left = left[:room], left[room:]
            portion.append(taken)
            room -= len(taken)
            if room == 0:
                yield portion
                portion, room = [], size
    if portion:
        yield portion
