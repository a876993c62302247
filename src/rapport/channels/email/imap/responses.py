"""What a server says, taken apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapport.channels.email.imap.errors import Nonsense

Value = bytes | None | list["Value"]
"""An atom, number or string as bytes, NIL as None, or a list of values."""

MAX_DEPTH: Final = 20
_HEAD: Final = re.compile(
    rb"(?P<tag>\S+)(?: +(?:(?P<number>\d{1,10}) +)?(?P<name>[^\s\[\]()]*) ?)?"
)
_CODE: Final = re.compile(r"\[([^\s\]]+)(?: ([^\]]*))?\]")
_SPACE: Final = re.compile(rb"[ \t]*")
_QUOTED: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)
# In brackets stand the parts of a message, with spaces and parentheses of their own.
_ATOM: Final = re.compile(rb"(?:[^\s()\[\]\"]|\[[^\]]*\])+")


@dataclass(frozen=True, slots=True)
class Response:
    """One response: a line, and the literals in it."""

    tag: str
    """`*` when nobody asked for it, `+` when the server waits for more, or the command's own."""
    number: int | None
    """Which message it is about, or how many there are."""
    name: str
    """`OK`, `EXISTS`, `FETCH` …, in capitals."""
    rest: Sequence[bytes]
    """What follows: text, literal, text, literal, … text."""

    @property
    def text(self) -> str:
        """What follows, for people."""
        return self.rest[0].decode("utf-8", "replace").strip()

    @property
    def code(self) -> tuple[str, str]:
        """The response code in capitals and its argument, e.g. `("UIDVALIDITY", "17")`."""
        found = _CODE.match(self.text)
        return (found[1].upper(), found[2] or "") if found else ("", "")

    def values(self) -> list[Value]:
        """What follows, as values.

        Raises:
            Nonsense: parentheses or quotes do not match.
        """
        return _Reading(self.rest).whole()


def response_of(parts: Sequence[bytes]) -> Response:
    """Take apart what was read.

    Raises:
        Nonsense: it is no response.
    """
    found = _HEAD.match(parts[0])
    if found is None:
        raise Nonsense("an empty line")
    tag = found["tag"].decode("ascii", "replace")
    if tag == "+":
        return Response(tag, None, "", [parts[0][1:].strip(), *parts[1:]])
    number = int(found["number"]) if found["number"] else None
    name = (found["name"] or b"").decode("ascii", "replace").upper()
    return Response(tag, number, name, [parts[0][found.end() :], *parts[1:]])


class _Reading:
    """Reads values from text with literals in between."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._part = 0
        self._at = 0

    def whole(self) -> list[Value]:
        found = self._list(0)
        if self._part < len(self._parts):
            raise Nonsense("a closing parenthesis too many")
        return found

    def _list(self, depth: int) -> list[Value]:
        """The values up to the closing parenthesis, or to the end at depth 0."""
        if depth > MAX_DEPTH:
            raise Nonsense("parentheses in parentheses in …")
        found: list[Value] = []
        while True:
            if not self._more():
                if depth:
                    raise Nonsense("a parenthesis that is not closed")
                return found
            text = self._parts[self._part]
            if self._part % 2:  # a literal
                found.append(text)
                self._next_part()
            elif text[self._at : self._at + 1] == b"(":
                self._at += 1
                found.append(self._list(depth + 1))
            elif text[self._at : self._at + 1] == b")":
                if not depth:
                    raise Nonsense("a closing parenthesis too many")
                self._at += 1
                return found
            else:
                found.append(self._string(text))

    def _more(self) -> bool:
        """Go to where the next value begins; False at the end."""
        while self._part < len(self._parts):
            if self._part % 2:
                return True
            space = _SPACE.match(self._parts[self._part], self._at)
            assert space is not None
            self._at = space.end()
            if self._at < len(self._parts[self._part]):
                return True
            self._next_part()
        return False

    def _next_part(self) -> None:
        self._part, self._at = self._part + 1, 0

    def _string(self, text: bytes) -> bytes | None:
        found = _QUOTED.match(text, self._at)
        if found is not None:
            self._at = found.end()
            return _ESCAPED.sub(rb"\1", found[1])
        found = _ATOM.match(text, self._at)
        if found is None:
            raise Nonsense("neither an atom nor a string")
        self._at = found.end()
        return None if found[0].upper() == b"NIL" else found[0]
