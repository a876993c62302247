"""Our HTML as the plain text beside it: links with their addresses, numbers, tables in columns."""

import re
from html import escape, unescape
from typing import Final

from rapport.channels.email.parsing.plain import text_of
from rapport.kernel.markup import Tag, pieces

_VOID: Final = frozenset({"br", "hr", "img", "wbr"})
_RULE: Final = "<p>" + "-" * 40 + "</p>"
_SPACE: Final = re.compile(r"\s+")


def plain_of(html: str) -> str:
    """What a person reads in sanitised HTML, when their program shows no HTML.

    Time is linear in its length.
    """
    writer = _Writer()
    for piece in pieces(html):
        if isinstance(piece, Tag):
            writer.tag(piece)
        else:
            writer.said(piece)
    return text_of("".join(writer.written))


class _Writer:
    """Rewrites the tags that `text_of` knows too little of."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.numbers: list[int | None] = []
        self.link = ""
        self.words: list[str] = []
        self.cells = 0

    def said(self, text: str) -> None:
        self.written.append(text)
        if self.link:
            self.words.append(text)

    def tag(self, tag: Tag) -> None:
        match tag.name:
            case "a":
                self.anchor(tag)
            case "ol" | "ul":
                self.list(tag)
            case "li":
                self.item(tag)
            case "tr":
                self.cells = 0
                self.keep(tag)
            case "td" | "th":
                self.cell(tag)
            case "hr":
                self.written.append(_RULE)
            case "img":
                self.written.append(escape(dict(tag.pairs()).get("alt", "")))
            case _:
                self.keep(tag)

    def keep(self, tag: Tag) -> None:
        self.written.append(f"</{tag.name}>" if tag.closes else f"<{tag.name}>")

    def anchor(self, tag: Tag) -> None:
        """Put the address behind the words of a link, unless they say it."""
        if not tag.closes:
            self.link, self.words = dict(tag.pairs()).get("href", ""), []
            return
        words = _SPACE.sub(" ", unescape("".join(self.words))).strip()
        target = self.link.removeprefix("mailto:")
        if target and not target.startswith("#") and words.rstrip("/") != target.rstrip("/"):
            self.written.append(f" &lt;{escape(target)}&gt;" if words else escape(target))
        self.link = ""

    def list(self, tag: Tag) -> None:
        if not tag.closes:
            start = dict(tag.pairs()).get("start", "")
            first = int(start) if start.isdecimal() else 1
            self.numbers.append(first if tag.name == "ol" else None)
        elif self.numbers:
            self.numbers.pop()
        self.keep(tag)

    def item(self, tag: Tag) -> None:
        number = self.numbers[-1] if self.numbers else None
        if number is None:
            self.keep(tag)
        elif tag.closes:
            self.written.append("</div>")
        else:
            self.written.append(f"<div>{number}. ")
            self.numbers[-1] = number + 1

    def cell(self, tag: Tag) -> None:
        if not tag.closes:
            self.written.append(" | " if self.cells else "")
            self.cells += 1
