"""A first pass over HTML from outside, in linear time, before a real parser sees it.

HTML parsers repair what they read, and some repairs cost the square of the nesting. This pass reads
tags the way the HTML standard delimits them, keeps those that are allowed, and writes them out
again balanced, quoted and nested at most `MAX_DEPTH` deep. It is not the judge of what is safe:
`richtext.sanitise` has the result read by a real HTML parser.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Final

from rapport.kernel.elements import BREAKING, VOID

MAX_CHARS: Final = 1_000_000
MAX_DEPTH: Final = 200
_MAX_ATTRIBUTES: Final = 40

# Their content is not text for people, or is not read as markup at all.
_NOT_FOR_PEOPLE: Final = (
    "script style template textarea title xmp iframe noembed noframes noscript plaintext svg math "
    "object applet select"
)
_SWALLOWED: Final = frozenset(_NOT_FOR_PEOPLE.split())
_CLOSED_BY_A_SIBLING: Final[Mapping[str, frozenset[str]]] = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr", "td", "th"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
}

_CLOSES_A_PARAGRAPH: Final = frozenset(
    {"blockquote", "details", "div", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
    | {"li", "ol", "p", "pre", "table", "ul"}
)

# Possessive repetition (`++`) never gives back what it took: no input makes these backtrack.
_TAG = re.compile(
    r"<(/?)([a-zA-Z][^\s/>]*+)"
    r"((?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?)?+|=)*+)>"
)
_ATTRIBUTE = re.compile(
    r"(=?[^\s/>=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+))?)?+"
)
# From the two dashes of the opening on, because `<!-->` and `<!--->` are whole comments.
_COMMENT_END = re.compile(r"--!?>|--->")

Keep = Callable[[str, str, str], bool]
"""Whether a tag's attribute with this value may stay."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as written: `attributes` is the raw text between its name and its `>`."""

    name: str
    closes: bool
    attributes: str

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Attribute names in lower case and their values with entities resolved; the first 40."""
        for count, found in enumerate(_ATTRIBUTE.finditer(self.attributes)):
            if count == _MAX_ATTRIBUTES:
                return
            name, *values = found.groups()
            yield name.lower(), unescape(next((v for v in values if v is not None), ""))


def pieces(html: str) -> Iterator[str | Tag]:
    """The text and the tags of `html`, in order; comments, scripts and the like are left out."""
    position = 0
    while position < len(html):
        start = html.find("<", position)
        if start < 0:
            yield html[position:]
            return
        if start > position:
            yield html[position:start]
        following = html[start + 1 : start + 2]
        if following in "!?" and following:
            position = _after_declaration(html, start)
            continue
        if not (following.isalpha() or following == "/"):
            yield "<"
            position = start + 1
            continue
        found = _TAG.match(html, start)
        if found is None:
            position = _after_broken_tag(html, start)
            continue
        tag = Tag(found[2].lower(), found[1] == "/", found[3])
        position = found.end()
        if tag.name in _SWALLOWED and not tag.closes:
            position = _after_swallowed(html, position, tag.name)
        else:
            yield tag


def _after_declaration(html: str, start: int) -> int:
    """Where a comment, a doctype or a processing instruction ends; the end of `html` if never."""
    if html.startswith("<!--", start):
        closing = _COMMENT_END.search(html, start + 2)
        return len(html) if closing is None else closing.end()
    end = html.find(">", start)
    return len(html) if end < 0 else end + 1


def _after_broken_tag(html: str, start: int) -> int:
    """Where reading goes on after a tag that never ends, or a `</` that begins none."""
    if html.startswith("</", start) and not html[start + 2 : start + 3].isalpha():
        return _after_declaration(html, start)
    return len(html)


def _after_swallowed(html: str, position: int, name: str) -> int:
    """Where the closing tag of a swallowed element ends, or the end of `html` if there is none."""
    closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, position)
    end = -1 if closing is None else html.find(">", closing.end())
    return len(html) if end < 0 else end + 1


class _Writer:
    """Writes allowed tags balanced and no deeper than `MAX_DEPTH`."""

    def __init__(self, allowed: Mapping[str, frozenset[str]], keep: Keep) -> None:
        self.allowed = allowed
        self.keep = keep
        self.written: list[str] = []
        self.open: list[str] = []
        self.counts: dict[str, int] = {}
        self.unwritten: dict[str, int] = {}

    def tag(self, tag: Tag) -> None:
        if tag.name not in self.allowed:
            return
        if tag.closes:
            self.close(tag.name)
            return
        attributes = self.attributes(tag)
        if tag.name == "img" and "src" not in attributes:
            return
        closed = _CLOSED_BY_A_SIBLING.get(tag.name, frozenset())
        while self.open and self.open[-1] in closed:
            self.pop()
        if tag.name in _CLOSES_A_PARAGRAPH and self.open and self.open[-1] == "p":
            self.pop()
        if tag.name not in VOID:
            if len(self.open) >= MAX_DEPTH:
                self.unwritten[tag.name] = self.unwritten.get(tag.name, 0) + 1
                return
            self.open.append(tag.name)
            self.counts[tag.name] = self.counts.get(tag.name, 0) + 1
        written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        self.written.append(f"<{tag.name}{written}>")

    def attributes(self, tag: Tag) -> dict[str, str]:
        """The attributes that stay; of two with one name the first counts, as in browsers."""
        first: dict[str, str] = {}
        for name, value in tag.pairs():
            first.setdefault(name, value)
        names = self.allowed[tag.name]
        return {n: v for n, v in first.items() if n in names and self.keep(tag.name, n, v)}

    def close(self, name: str) -> None:
        """Close the nearest open `name` and what is open inside it; nothing when none is open."""
        if self.unwritten.get(name, 0) > 0:
            self.unwritten[name] -= 1
        elif self.counts.get(name, 0) > 0:
            while self.pop() != name:
                pass

    def pop(self) -> str:
        name = self.open.pop()
        self.counts[name] -= 1
        self.written.append(f"</{name}>")
        return name


def rebuilt(html: str, allowed: Mapping[str, frozenset[str]], keep: Keep) -> str:
    """The allowed tags and all text of `html`, well-formed and at most `MAX_DEPTH` deep.

    `allowed` maps the name of a tag to the names of the attributes it may keep, and `keep` decides
    by their values; an image that loses its source is dropped. What lies beyond `MAX_CHARS` is cut
    off. Takes time linear in the length of `html`, whatever it contains.
    """
    writer = _Writer(allowed, keep)
    for piece in pieces(html[:MAX_CHARS]):
        if isinstance(piece, Tag):
            writer.tag(piece)
        else:
            writer.written.append(piece.replace("<", "&lt;").replace(">", "&gt;"))
    while writer.open:
        writer.pop()
    return "".join(writer.written)


def texts_of(html: str) -> list[str]:
    """What a person would read in `html`: each heading, paragraph, item and cell on one line."""
    blocks: list[list[str]] = [[]]
    for piece in pieces(html[:MAX_CHARS]):
        if isinstance(piece, str):
            blocks[-1].append(piece)
        elif piece.name in VOID:
            blocks[-1].append(" ")
        elif piece.name in BREAKING:
            blocks.append([])
    texts = (" ".join(unescape("".join(block)).split()) for block in blocks)
    return [text for text in texts if text]
