"""HTML as the plain text its sender would have written."""

import re
from html import unescape
from typing import Final

from rapport.kernel.elements import BLOCKS, CELLS, PARAGRAPHS
from rapport.kernel.markup import MAX_CHARS, Tag, pieces

_UNSEEN: Final = frozenset({"head"})
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_BLANKS: Final = " \t\r\n\f"
_MAX_EMPTY_LINES: Final = 2
_MAX_QUOTES: Final = 20


class _Writer:
    """Puts words on lines as a browser would break them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.gap: int | None = None  # how deep the quote is in which a blank line comes next
        self.quotes = self.preformatted = self.unseen = 0

    def say(self, text: str) -> None:
        if self.unseen:
            return
        text = unescape(text)
        if self.preformatted:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self.line.append(first)
            for line in rest:
                self.end_line()
                self.line.append(line)
        elif text.strip(_BLANKS) or self.line:
            self.line.append(_SPACE.sub(" ", text))

    def tag(self, tag: Tag) -> None:
        name = tag.name
        if name == "body":
            self.unseen = 0  # a head that was never closed ends here
        if name in _UNSEEN:
            self.unseen = 0 if tag.closes else 1
        elif name == "br":
            self.end_line()
        elif name in CELLS and not tag.closes and self.line:
            self.line.append(" ")
        elif name in BLOCKS:
            self.end_block()
            if name == "li" and not tag.closes:
                self.line.append("- ")
        elif name in PARAGRAPHS:
            self.end_block()
            depth = self.quotes
            self.enter(tag)
            self.gap = min(self.quotes, depth, depth if self.gap is None else self.gap)

    def enter(self, tag: Tag) -> None:
        step = -1 if tag.closes else 1
        if tag.name == "pre":
            self.preformatted = max(self.preformatted + step, 0)
        elif tag.name == "blockquote":
            self.quotes = min(max(self.quotes + step, 0), _MAX_QUOTES)

    def end_block(self) -> None:
        if "".join(self.line).strip(_BLANKS):
            self.end_line()
        else:
            self.line.clear()

    def end_line(self) -> None:
        """Write the line; after a paragraph a blank one comes before it."""
        said = "".join(self.line)
        if not self.preformatted:
            said = _SPACE.sub(" ", said).strip(" ")
        said = "" if said.isspace() else said
        self.line.clear()
        if said and self.gap is not None:
            if self.lines and self.lines[-1].strip("> "):
                self.lines.append(("> " * self.gap).rstrip())
            self.gap = None
        if said or any(line.strip("> ") for line in self.lines[-_MAX_EMPTY_LINES:]):
            self.lines.append(("> " * self.quotes + said).rstrip())


def text_of(html: str) -> str:
    """What a person would read: lines as they were broken, paragraphs set apart, quotes marked `>`.

    Links and pictures are only their words. Beyond 1,000,000 characters the HTML is cut off; time
    is linear in its length.
    """
    writer = _Writer()
    for piece in pieces(html[:MAX_CHARS]):
        if isinstance(piece, Tag):
            writer.tag(piece)
        else:
            writer.say(piece)
    writer.end_block()
    return "\n".join(writer.lines).replace("\xa0", " ").strip("\n")
