"""HTML as a tree, however badly it is written; what no reader needs is left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Final

MAX_DEPTH: Final = 100
MAX_NODES: Final = 50_000
"""Beyond them words are kept, and elements are not told apart any more."""
_BEGUN: Final = re.compile(r"<[a-zA-Z/!?]")
_IGNORED_NAMES: Final = (
    "script style template noscript nav header footer aside form svg math iframe object "
    "button select textarea head"
)
_IGNORED: Final = frozenset(_IGNORED_NAMES.split())
_VOID_NAMES: Final = "area base br col embed hr img input link meta source track wbr"
_VOID: Final = frozenset(_VOID_NAMES.split())
_LISTS: Final = frozenset({"ul", "ol", "menu"})
_TABLES: Final = frozenset({"table"})
_CLOSED_BY: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), _LISTS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (frozenset({"tr"}), _TABLES),
    "td": (frozenset({"td", "th"}), _TABLES | {"tr"}),
    "th": (frozenset({"td", "th"}), _TABLES | {"tr"}),
}
"""What an opening tag closes before it, and the element beyond which it does not reach."""


@dataclass
class Node:
    """An element and what it contains, in order."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def text(self) -> str:
        """All the words inside."""
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


def parse(html: str) -> tuple[str, Node]:
    """The page's `<title>` and its body. Deeper than 100 elements the nesting is flattened.

    What follows a tag or a comment that never ends is left out, as browsers do. The parser is not
    asked to make something of it: that would take the square of its length.
    """
    builder = _Builder()
    builder.feed(html)
    if builder.rawdata and not _BEGUN.match(builder.rawdata):
        builder.handle_data(unescape(builder.rawdata))
    return " ".join(builder.title.split()), builder.root


class Tolerant(HTMLParser):
    """A parser that takes what is neither a tag nor a comment for a comment, as browsers do."""

    def __init__(self) -> None:
        """Entities in texts and attributes become the signs they stand for."""
        super().__init__(convert_charrefs=True)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Pass over `<![…>`, of which Python's own method raises on what it does not know."""
        return self.parse_bogus_comment(i, report)


class _Builder(Tolerant):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("body")
        self.title = ""
        self._open = [self.root]
        self._ignored: list[str] = []
        self._in_title = False
        self._nodes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self._in_title = not self.title
            return
        if tag == "body":
            self._ignored.clear()  # a head that was never closed
            return
        if self._ignored or tag in _IGNORED:
            if tag not in _VOID and len(self._ignored) < MAX_DEPTH:
                self._ignored.append(tag)
            return
        self._nodes += 1
        if self._nodes > MAX_NODES:
            return
        self._close_siblings(tag)
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID and len(self._open) < MAX_DEPTH:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID or not self._ignored:
            self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif self._ignored:
            if tag in self._ignored:
                while self._ignored.pop() != tag:
                    pass
        elif any(node.tag == tag for node in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._ignored:
            self._open[-1].children.append(data)

    def _close_siblings(self, tag: str) -> None:
        """An item that begins ends the one before it, and a paragraph ends where a block begins."""
        if tag not in _CLOSED_BY:
            return
        closed, limit = _CLOSED_BY[tag]
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag in limit:
                return
            if self._open[depth].tag in closed:
                del self._open[depth:]
                return
