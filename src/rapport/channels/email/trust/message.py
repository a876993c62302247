"""A message as those who sign and verify see it: fields exactly as sent, and the body."""

import re
from dataclasses import dataclass, field
from typing import Final

MAX_BYTES: Final = 2_000_000
MAX_FIELDS: Final = 5_000
_LEADING: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*")
_NAME: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")


class HeaderUnclear(Exception):
    """The header has lines that belong to no field, or is too long: programs would differ."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the header; the value with its folding, without the CRLF that ends it."""

    name: bytes
    """As sent."""
    value: bytes = field(repr=False)

    @property
    def key(self) -> bytes:
        """The name in small letters."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Message:
    """Fields from top to bottom, and the body with the line ends that it came with."""

    fields: tuple[Field, ...]
    body: memoryview = field(repr=False)

    def all(self, key: bytes) -> list[Field]:
        """The fields of a name, given in small letters, from top to bottom."""
        return [one for one in self.fields if one.key == key]


def split(raw: bytes) -> Message:
    """Read the header of `raw`. A line feed alone ends a line as CRLF does.

    Raises:
        HeaderUnclear: a line is no field, or there is more than 2,000,000 bytes or 5,000 fields.
    """
    leading = _LEADING.match(raw)
    position = leading.end() if leading else 0
    limit = position + MAX_BYTES
    found: list[tuple[bytes, list[bytes]]] = []
    while position < len(raw):
        end = raw.find(b"\n", position, limit) + 1 or len(raw)
        if end > limit or len(found) > MAX_FIELDS:
            raise HeaderUnclear
        line = raw[position:end].removesuffix(b"\n").removesuffix(b"\r")
        position = end
        if not line:
            break
        _take(line, found)
    return Message(
        tuple(Field(name, b"\r\n".join(lines)) for name, lines in found),
        memoryview(raw)[position:],
    )


def _take(line: bytes, found: list[tuple[bytes, list[bytes]]]) -> None:
    """Note what a line of the header says."""
    if line[:1] in b" \t":
        if not found:
            raise HeaderUnclear
        found[-1][1].append(line)
        return
    name = _NAME.match(line)
    if name is not None:
        found.append((name[1], [line[name.end() :]]))
    elif found or not line.startswith((b"From ", b">From ")):
        raise HeaderUnclear
