"""The header of a message or of one part (RFC 5322, section 2.2), as far as it is one."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rapport.channels.email.parsing.charsets import decode
from rapport.channels.email.parsing.mail import Problems
from rapport.channels.email.parsing.words import decode_words, one_line

MAX_FIELDS: Final = 1_000
MAX_FIELD_BYTES: Final = 250_000
MAX_BYTES: Final = 2_000_000
MAX_LINES: Final = 20_000
MAX_LINES_OF_PART: Final = 1_000
_MAX_STRAY_LINES: Final = 20
_AHEAD_BYTES: Final = 2_000

_FIELD: Final = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_END: Final = re.compile(rb"\n\r*\n")
_MORE: Final = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|x-[a-z-]+|"
    rb"reply-to|return-path|delivered-to|references|in-reply-to|dkim-signature|list-[a-z-]+)"
    rb"[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)


class Headers:
    """Header fields in their order; names are compared without case."""

    def __init__(self, fields: Sequence[tuple[str, bytes]], charset: str = "") -> None:
        """Take `fields` as lower-case names and unfolded values; `charset` is a hint for 8 bits."""
        self.fields = fields
        self.charset = charset

    def all(self, name: str) -> list[str]:
        """The values of every field of this name, as sent but on one line."""
        return [self._text(value) for found, value in self.fields if found == name]

    def get(self, name: str) -> str:
        """The value of the first field of this name that has one; "" when there is none."""
        return next((text for text in self.all(name) if text), "")

    def words(self, name: str) -> str:
        """Like `get`, with encoded words decoded."""
        return one_line(decode_words(self.get(name)))

    def _text(self, value: bytes) -> str:
        return one_line(decode(value, hints=[self.charset] if self.charset else [])[0])


@dataclass
class _Reader:
    """Reads one header, line by line."""

    raw: bytes
    position: int
    ends_at: Callable[[bytes], bool]
    max_lines: int
    problems: Problems

    def __post_init__(self) -> None:
        self.fields: list[tuple[str, list[bytes]]] = []
        self.size = self.lines = self.stray = 0

    def read(self) -> int:
        """Read to the end of the header; where the body begins."""
        while self.position < len(self.raw):
            found = self.raw.find(b"\n", self.position)
            end = len(self.raw) if found < 0 else found + 1
            line = self.raw[self.position : min(end, self.position + MAX_FIELD_BYTES)]
            line = line.rstrip(b"\r\n")
            if not line:
                return end
            if not self.take(line, end):
                return self.position
            self.position = end
            self.lines += 1
            self.size += len(line)
            if self.size > MAX_BYTES or self.lines > self.max_lines:
                self.problems.note("The header is too long; the end of it was left out.")
                past = _END.search(self.raw, max(end - 1, 0))
                return len(self.raw) if past is None else past.end()
        return len(self.raw)

    def take(self, line: bytes, end: int) -> bool:
        """Note what a line says; False when it belongs to the body."""
        if not self.fields:
            line = line.lstrip(b" \t")
        if line[:1] in b" \t":
            self.append(line)
            return bool(line.strip()) or self.goes_on(end)
        if line[:2] == b"--" and self.ends_at(line):
            return False
        field = _FIELD.match(line)
        if field is not None:
            self.fields.append((field[1].decode().lower(), [line[field.end() :]]))
            return True
        if not self.fields and line.startswith((b"From ", b">From ")):
            return True
        if self.stray < _MAX_STRAY_LINES and self.is_followed_by_fields(end):
            self.stray += 1
            self.problems.note("The header contains a line that is no field.")
            self.append(b" " + line)
            return True
        self.problems.note("No empty line ends the header.")
        return False

    def goes_on(self, position: int) -> bool:
        """Whether the header does, behind a line of only spaces."""
        following = self.raw[position : position + 200]
        return following[:1] in b" \t" or _FIELD.match(following) is not None

    def is_followed_by_fields(self, position: int) -> bool:
        ahead = self.raw[position - 1 : position + _AHEAD_BYTES]
        blank = _END.search(ahead)
        return _MORE.search(ahead[: blank.start() + 1] if blank else ahead) is not None

    def append(self, line: bytes) -> None:
        if self.fields:
            self.fields[-1][1].append(line)


def read(
    raw: bytes,
    position: int,
    *,
    ends_at: Callable[[bytes], bool],
    is_outermost: bool,
    problems: Problems,
) -> tuple[Headers, int]:
    """The header that begins at `position` and where its body begins.

    A line that begins with two dashes ends the header when `ends_at` says it is a delimiter. What
    goes beyond 1,000 fields, 250,000 bytes in one of them, 2,000,000 in all or 20,000 lines (1,000
    in the header of a part) is left out.
    """
    reader = _Reader(
        raw, position, ends_at, MAX_LINES if is_outermost else MAX_LINES_OF_PART, problems
    )
    body = reader.read()
    if len(reader.fields) > MAX_FIELDS:
        problems.note("There are too many header fields; the last were left out.")
    fields = [
        (name, b"".join(lines)[:MAX_FIELD_BYTES].strip())
        for name, lines in reader.fields[:MAX_FIELDS]
    ]
    return Headers(fields), body
