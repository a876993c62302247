"""A mail's text as lines, each seen as the rules see it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final

MAX_CHARS: Final = 65_536
MAX_LINES: Final = 2_000
MAX_LINE_CHARS: Final = 1_000
"""What is looked at: of a text its beginning, and of a line its beginning."""

# Zero-width characters, joiners, bidi marks and the byte order mark: mail programs strew them.
_INVISIBLE: Final = dict.fromkeys(
    [
        *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)),
    ]
)
_QUOTE_MARKS: Final = re.compile(r"(?: {0,3}[>\uff1e])+")
_INDENTED: Final = re.compile(r" {4}| {0,3}\t")


def visible(text: str) -> str:
    """`text` on one line without what nobody sees, its wide forms narrow, its spaces single."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_INVISIBLE)
    return " ".join(text.split())


def fold(words: str) -> str:
    """`words` without case: of a Turkish capital I with a dot, too."""
    return words.lower() if words.isascii() else words.casefold().replace("\u0307", "")


@dataclass(frozen=True)
class Line:
    """One line: how deep it is quoted, and its words without the marks of the quote."""

    depth: int
    words: str
    hint: str = ""
    """What the structure of an HTML mail says about this line: `intro`, `border`, `signature`."""
    is_code: bool = False

    @cached_property
    def folded(self) -> str:
        """The words without case."""
        return fold(self.words)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see: no words, and no mark of a quote."""
        return not self.words and self.depth == 0


def read(raw: str) -> Line:
    """See one raw line of a plain text."""
    head = raw[:MAX_LINE_CHARS]
    indented = _INDENTED.match(head)
    marks = None if indented else _QUOTE_MARKS.match(head.translate(_INVISIBLE))
    if marks is None:
        return Line(0, visible(head)[:MAX_LINE_CHARS])
    depth = sum(mark in ">\uff1e" for mark in marks[0])
    return Line(depth, visible(head.translate(_INVISIBLE)[marks.end() :])[:MAX_LINE_CHARS])


def lines_of(text: str) -> list[str]:
    """The raw lines of `text`, whatever ends them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def within_limits(raw: list[str]) -> int:
    """How many of the lines are looked at."""
    chars = 0
    for count, line in enumerate(raw):
        if count == MAX_LINES or chars >= MAX_CHARS:
            return count
        chars += len(line) + 1
    return len(raw)
