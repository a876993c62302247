"""The lines a person would see in an HTML mail, with what its structure says about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Final

from rapport.channels.email.replies.lines import (
    MAX_CHARS,
    MAX_LINE_CHARS,
    MAX_LINES,
    Line,
    read,
    visible,
)
from rapport.kernel.elements import BREAKING, VOID
from rapport.kernel.markup import MAX_DEPTH, Tag

_SET_APART: Final = frozenset({"p", "h1", "h2", "h3", "h4", "ol", "ul", "table", "pre"})
_IMAGE: Final = "\ufffc"

_CLASSES: Final[Mapping[str, str]] = {
    "gmail_attr": "intro",
    "moz-cite-prefix": "intro",
    "gmail_quote": "first intro",
    "gmail_quote_container": "first intro",
    "protonmail_quote": "first intro",
    "tutanota_quote": "first intro",
    "yahoo_quoted": "border",
    "outlookmessageheader": "border",
    "ms-outlook-mobile-reference-message": "border",
    "moz-forward-container": "border",
    "zmail_extra": "first intro",
    "ntes-mailmaster-quote": "border",
    "gmail_signature": "signature",
    "gmail_signature_prefix": "signature",
    "moz-signature": "signature",
    "ms-outlook-mobile-signature": "signature",
    "protonmail_signature_block": "signature",
}
_IDS: Final[Mapping[str, str]] = {
    "divrplyfwdmsg": "border",
    "appendonsend": "border",
    "mail-editor-reference-message-container": "border",
    "olk_src_body_section": "border",
    "isreplycontent": "border",
    "isforwardcontent": "border",
    "ntes-pcmac-quote": "border",
    "reply-intro": "intro",
    "zwchr": "border",
}
_QUOTED_CLASSES: Final = frozenset({"gmail_quote", "tutanota_quote", "protonmail_quote", "cite"})


@dataclass
class _Element:
    tag: Tag
    hint: str
    is_quote: bool


@dataclass
class Reader:
    """Reads markup into the lines that a person would see, and keeps where each piece went."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[tuple[str | Tag, int]] = field(default_factory=list)
    """Each piece of the mail and the number of the line it belongs to."""
    open: list[_Element] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    flattened: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    chars: int = 0
    total: int = 0
    is_written: bool = False
    """Whether the present line has anything to see."""
    depth: int = 0
    hint: str = ""
    """What was said about the next line with words only."""

    def take(self, piece: str | Tag) -> None:
        """Read on by one piece."""
        if isinstance(piece, str):
            self._text(piece)
        elif piece.name in VOID:
            if piece.name == "br" or not piece.closes:
                self._void(piece)
        elif piece.closes:
            self._close(piece)
        else:
            self._open(piece)

    def _text(self, text: str) -> None:
        if self.counts.get("pre", 0) == 0 or "\n" not in text:
            self._words(text)
            return
        first, *others = text.split("\n")
        self._words(first)
        for other in others:
            self._keep("\n")
            self.end_line()
            self._words(other)

    def _words(self, text: str) -> None:
        self._keep(text)
        if self.chars < MAX_LINE_CHARS:
            self.words.append(text[:MAX_LINE_CHARS])
            self.chars += len(text)
            self.is_written = self.is_written or bool(visible(unescape(self.words[-1])))

    def _keep(self, piece: str | Tag) -> None:
        self.pieces.append((piece, len(self.lines)))

    def _void(self, tag: Tag) -> None:
        if tag.name == "hr":
            self._end_written_line()
            self._keep(tag)
            self._add(Line(self.depth, "-----"))
            return
        self._keep(tag)
        if tag.name == "br":
            self.end_line()
        elif tag.name == "img" and not _is_pixel(tag):
            self.words += [] if self.is_written else [_IMAGE]
            self.is_written = True

    def _open(self, tag: Tag) -> None:
        if tag.name in BREAKING:
            self._end_written_line()
        if len(self.open) >= MAX_DEPTH:
            self.flattened[tag.name] = self.flattened.get(tag.name, 0) + 1
            self.depth += tag.name == "blockquote"
            return
        attributes = dict(reversed(list(tag.pairs()))) if tag.attributes else {}
        inherited = self.open[-1].hint if self.open else ""
        element = _Element(tag, inherited, _is_quote(tag, attributes))
        self._note(element, attributes)
        self.depth += element.is_quote
        self.open.append(element)
        self.counts[tag.name] = self.counts.get(tag.name, 0) + 1
        self._keep(tag)

    def _note(self, element: _Element, attributes: Mapping[str, str]) -> None:
        """Note what an element says about its lines."""
        hint = _hint(attributes)
        if element.is_quote:
            return
        if hint in {"border", "first intro"}:
            self.hint = self.hint if self.hint == "border" else hint.removeprefix("first ")
        elif hint:
            element.hint = hint
        if "border-top:solid" in "".join(attributes.get("style", "")[:500].lower().split()):
            self._add(Line(self.depth, "_____"))

    def _close(self, tag: Tag) -> None:
        name = tag.name
        if self.flattened.get(name, 0) > 0:
            self._end_written_line()
            self.flattened[name] -= 1
            self.depth -= name == "blockquote"
        elif self.counts.get(name, 0) > 0:
            if name in BREAKING:
                self._end_written_line()
            while self._pop() != name:
                pass
            if name in _SET_APART and self.lines and self.lines[-1].words:
                self._add(Line(self.depth, ""))

    def _pop(self) -> str:
        element = self.open.pop()
        self.depth -= element.is_quote
        self.counts[element.tag.name] -= 1
        self._keep(Tag(element.tag.name, True, ""))
        return element.tag.name

    def _end_written_line(self) -> None:
        if self.is_written:
            self.end_line()

    def end_line(self) -> None:
        """Begin another line."""
        line = read(unescape("".join(self.words)).strip())
        hint = self.hint or (self.open[-1].hint if self.open else "")
        if line.words:
            self.hint = ""
        self._add(replace(line, depth=line.depth + self.depth, hint=hint if line.words else ""))

    def _add(self, line: Line) -> None:
        self.words, self.chars, self.is_written = [], 0, False
        if len(self.lines) < MAX_LINES and self.total < MAX_CHARS:
            self.lines.append(line)
            self.total += len(line.words) + 1


def _is_pixel(tag: Tag) -> bool:
    """Whether an image is one that nobody sees."""
    return any(name in {"width", "height"} and value in {"0", "1"} for name, value in tag.pairs())


def _named(attributes: Mapping[str, str]) -> list[str]:
    classes = attributes.get("class", "")[:500].lower().split()
    return [name.removeprefix("x_") for name in classes]


def _hint(attributes: Mapping[str, str]) -> str:
    if not attributes:
        return ""
    found = _IDS.get(attributes.get("id", "").lower().removeprefix("x_"), "")
    for name in _named(attributes):
        found = found or _CLASSES.get(name, "")
    if attributes.get("data-marker") == "__QUOTED_TEXT__" or attributes.get("name") == "quote":
        return "border"
    return found


def _is_quote(tag: Tag, attributes: Mapping[str, str]) -> bool:
    """Whether an element quotes; mail programs also use it to indent, then without a border."""
    if tag.name != "blockquote":
        return False
    if attributes.get("type", "").lower() == "cite" or _QUOTED_CLASSES & set(_named(attributes)):
        return True
    style = "".join(attributes.get("style", "")[:500].lower().split())
    return "border:none" not in style and "border:0" not in style
