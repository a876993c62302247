"""The parts of a message (RFC 2046), found in one pass over its bytes.

The standard library's parser reads a message into strings line by line, asks every enclosing
boundary about every line, and has no limits. This one looks only at lines that begin with two
dashes, looks their boundary up in a table, and leaves the bodies where they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rapport.channels.email.parsing import headers, parameters
from rapport.channels.email.parsing.headers import Headers
from rapport.channels.email.parsing.mail import Problems

MAX_DEPTH: Final = 30
MAX_PARTS: Final = 1_000
MAX_DASHED_LINES: Final = 500_000
MAX_GUESSES: Final = 20
_MAX_BOUNDARY: Final = 500
_LEADING: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*")
_TYPE: Final = re.compile(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,120}")
_SHORT_TYPES: Final[Mapping[str, str]] = {
    "": "text/plain",
    "html": "text/html",
    "plain": "text/plain",
    "text": "text/plain",
    "text/": "text/plain",
}


@dataclass(eq=False)
class Part:
    """One part of a message: its header and either its children or its body, still encoded."""

    headers: Headers
    content_type: str
    parameters: Mapping[str, str]
    disposition: str
    disposition_parameters: Mapping[str, str]
    body: memoryview = field(repr=False)
    children: list["Part"] = field(default_factory=list)

    @property
    def filename(self) -> str:
        """The name it was sent under; "" without one."""
        named = self.disposition_parameters.get("filename") or self.parameters.get("name")
        return named or self.disposition_parameters.get("name") or ""

    @property
    def content_id(self) -> str | None:
        """Its Content-ID without brackets."""
        return self.headers.get("content-id").strip("<> ")[:300] or None


@dataclass(frozen=True, slots=True)
class _Delimiter:
    """A line that begins with two dashes: where it is, where the next begins, what it says."""

    start: int
    end: int
    line: bytes


class _Scanner:
    """Reads parts by the delimiters of all that is open, moving through the bytes once."""

    def __init__(self, raw: bytes, problems: Problems) -> None:
        self.raw = raw
        self.view = memoryview(raw)
        self.problems = problems
        self.open: dict[bytes, list[int]] = {}
        self.depth = 0
        self.parts = self.seen = self.guesses = 0
        self.next: _Delimiter | None = None

    def part(self, start: int, default: str) -> Part:
        """Read the part that begins at `start`, up to the delimiter of something around it."""
        self.parts += 1
        head, body = headers.read(
            self.raw,
            start,
            ends_at=lambda line: self.level(line) is not None,
            is_outermost=self.depth == 0,
            problems=self.problems,
        )
        part = _described(head, default)
        self.seek(body)
        if part.content_type.startswith("multipart/"):
            self.take_apart(part)
        if not part.children:
            part.body = self.view[body : max(self.leaf_end(), body)]
        return part

    def take_apart(self, part: Part) -> None:
        """Read the children of a multipart message; without any it is a text."""
        if self.depth >= MAX_DEPTH:
            self.problems.note("Parts are nested too deep; the innermost were left whole.")
            part.content_type = "application/octet-stream"
            return
        boundary = self.guessed(_boundary(part)) or _boundary(part)
        if boundary:
            self.multipart(part, boundary)
        if not part.children:
            self.problems.note("A multipart message has no parts.")
            part.content_type = "text/plain"

    def multipart(self, part: Part, boundary: bytes) -> None:
        """Read the children of `part`; afterwards the next delimiter is of something around it."""
        self.depth += 1
        self.open.setdefault(boundary, []).append(self.depth)
        own = self.depth
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        is_closed = False
        while self.next is not None:
            level = self.level(self.next.line)
            if level is not None and level < own:
                break
            following = self.next.end
            if level is None or self.closes(self.next.line):
                is_closed = is_closed or level is not None
                self.seek(following, is_open=level is None)
            elif self.parts >= MAX_PARTS:
                self.problems.note("There are too many parts; the last were left out.")
                self.next = None
            else:
                if is_closed:
                    self.problems.note("Parts follow the end of a multipart message.")
                part.children.append(self.part(following, default))
        if not is_closed:
            self.problems.note("A multipart message has no end.")
        self.open[boundary].pop()
        self.depth -= 1

    def leaf_end(self) -> int:
        """Move to the next delimiter of something open; where the body before it ends."""
        if self.next is not None and self.level(self.next.line) is None:
            self.seek(self.next.end, is_open=True)
        if self.next is None:
            return len(self.raw)
        end = self.next.start - 1
        return end - 1 if end > 0 and self.raw[end - 1 : end] == b"\r" else end

    def seek(self, position: int, *, is_open: bool = False) -> None:
        """Let `next` be the first line from `position` on that begins with two dashes.

        With `is_open`, lines that delimit nothing open are passed over. That is done here and not
        by calls for each line: at some depths of its stack, Python maps memory for every call.
        """
        raw, named = self.raw, self.open
        while True:
            self.seen += 1
            start = position
            if not raw.startswith(b"--", position):
                start = raw.find(b"\n--", position) + 1 or len(raw)
            if start == len(raw) or self.seen > MAX_DASHED_LINES:
                self.next = None
                return
            found = raw.find(b"\n", start)
            end = len(raw) if found < 0 else found + 1
            line = raw[start : min(end, start + _MAX_BOUNDARY + 10)].rstrip()
            divides = named.get(line[2:]) or (line.endswith(b"--") and named.get(line[2:-2]))
            if divides or not is_open:
                self.next = _Delimiter(start, end, line)
                return
            position = end

    def level(self, line: bytes) -> int | None:
        """The depth of the innermost open multipart that `line` divides or ends."""
        line = line.rstrip()
        levels = self.open.get(line[2:]) or (
            self.open.get(line[2:-2]) if line.endswith(b"--") else None
        )
        return levels[-1] if levels else None

    def closes(self, line: bytes) -> bool:
        """Whether a line that has a level ends its multipart instead of dividing it."""
        return not self.open.get(line[2:])

    def guessed(self, named: bytes) -> bytes:
        """The boundary of a multipart that does not name its own; "" when it seems to.

        It is what the next line of two dashes says, if a header field follows it and no line says
        what is named.
        """
        if self.next is None or self.level(self.next.line) is not None:
            return b""
        found, position = self.next.line[2:], self.next.end
        is_field = self.raw[position : position + 8].lower() == b"content-"
        if found == named or not is_field or self.guesses >= MAX_GUESSES:
            return b""
        self.guesses += 1
        line = re.compile(rb"\n--" + re.escape(named) + rb"(?:--)?[ \t\r]*(?:\n|\Z)")
        if named and line.search(self.raw, position):
            return b""
        self.problems.note("The boundary of a multipart message is not the one it names.")
        return found


def read(raw: bytes, problems: Problems) -> Part:
    """The message and its parts: at most 1,000, and 30 deep. Time is linear in the bytes."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    leading = _LEADING.match(raw)
    return _Scanner(raw, problems).part(leading.end() if leading else 0, "text/plain")


def head(raw: bytes) -> Headers:
    """Only the header of a message."""
    return headers.read(raw, 0, ends_at=lambda _: False, is_outermost=True, problems=Problems())[0]


def _described(head: Headers, default: str) -> Part:
    content = parameters.parse(head.get("content-type"))
    head.charset = content.parameters.get("charset", "")
    disposition = parameters.parse(head.get("content-disposition"))
    kind = content.value.rstrip(",")
    kind = _SHORT_TYPES.get(kind, kind) if kind else default
    if not _TYPE.fullmatch(kind):
        kind = "text/plain" if kind.startswith("text") else "application/octet-stream"
    return Part(
        headers=head,
        content_type=kind,
        parameters=content.parameters,
        disposition=disposition.value,
        disposition_parameters=disposition.parameters,
        body=memoryview(b""),
    )


def _boundary(part: Part) -> bytes:
    named = part.parameters.get("boundary", "").strip()
    return named.encode("utf-8", "replace")[:_MAX_BOUNDARY].rstrip()
