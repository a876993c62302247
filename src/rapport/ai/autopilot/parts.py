"""An article taken apart: its sections, and in them the pieces that can hold an answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rapport.kernel.richtext import plain

_MAX_CHARS: Final = 8_000
"""Of an article; what it says only after that is not looked at."""

Kind = Literal["heading", "paragraph", "list", "table", "other"]

HEADING: Final = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_ITEM: Final = re.compile(r"\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+")
_NUMBERED: Final = re.compile(r"\s{0,3}\d{1,3}[.)]\s")
_SENTENCE: Final = re.compile(r"(?<=[.!?؟…])[\"”»)*_]*\s+(?=[^\s])")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\.B|Dr|Mr|Mrs|St|No|Nr|ca|approx|etc|bzw)\.|\b\d+\.)$"
)
_RULE: Final = re.compile(r"^[\s|:-]+$")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a Markdown text that only makes sense whole."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading; the part before the first heading has an empty one."""

    heading: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """Its Markdown, without the heading."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def has_steps(self) -> bool:
        """Whether it tells what to do one after the other."""
        return any(b.kind == "list" and _NUMBERED.match(b.text) for b in self.blocks)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, an item of a list or a row of a table, and where it stands."""

    text: str
    heading: str
    section: int
    block: int
    kind: Kind

    @property
    def readable(self) -> str:
        """Its plain words under those of its heading."""
        return f"{plain(self.heading)}\n{plain(self.text)}".strip()


def sections(markdown: str, *, heading: str = "") -> list[Section]:
    """The sections of a text that say something, in order; it may itself be one of `heading`."""
    found: list[Section] = []
    held: list[Block] = []
    for block in [*blocks(markdown), Block("heading", "#")]:
        if block.kind != "heading":
            held.append(block)
            continue
        if held:
            found.append(Section(heading, tuple(held)))
        title = HEADING.match(block.text)
        heading, held = (title[1] if title else ""), []
    return found


def pieces(of: list[Section]) -> list[Piece]:
    """All pieces of the sections, in order."""
    return [
        Piece(text, section.heading, i, j, block.kind)
        for i, section in enumerate(of)
        for j, block in enumerate(section.blocks)
        for text in _texts(block)
    ]


def _texts(block: Block) -> list[str]:
    if block.kind == "paragraph":
        return sentences(block.text)
    if block.kind == "list":
        return list(_items(block.text))
    rows = [line for line in block.text.splitlines() if not _RULE.match(line)]
    if block.kind == "table":
        return [row.strip().strip("|").replace(" | ", ", ").strip() for row in rows[1:]] or rows
    return [block.text]


def _items(text: str) -> Iterator[str]:
    """The items of a list, each with the lines that belong to it."""
    held = ""
    for line in text.splitlines():
        if _ITEM.match(line) and held:
            yield held
            held = ""
        held = f"{held} {_ITEM.sub('', line, count=1).strip()}".strip()
    if held:
        yield held


def blocks(markdown: str) -> list[Block]:
    """The headings, paragraphs, lists and tables of a text, in order."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", markdown[:_MAX_CHARS].replace("\r\n", "\n").strip()):
        found += _split(part.strip("\n"))
    return [block for block in found if block.text.strip()]


def _split(part: str) -> list[Block]:
    """Take headings off a paragraph, and a list off the line that introduces it."""
    made: list[Block] = []
    rest: list[str] = []
    for line in part.splitlines():
        kind = _kind_of_line(line)
        if rest and kind in {"heading", "list", "table"} and kind != _kind_of_line(rest[-1]):
            made.append(_block(rest))
            rest = []
        rest.append(line)
        if kind == "heading":
            made.append(_block(rest))
            rest = []
    return [*made, _block(rest)] if rest else made


def _block(lines: list[str]) -> Block:
    return Block(_kind_of_line(lines[0]), "\n".join(lines))


def _kind_of_line(line: str) -> Kind:
    if HEADING.match(line):
        return "heading"
    if _ITEM.match(line):
        return "list"
    if line.lstrip().startswith("|"):
        return "table"
    return "other" if line.startswith((">", "```", "    ", "---")) else "paragraph"


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; an abbreviation or a number before a dot ends none."""
    found: list[str] = []
    for piece in _SENTENCE.split(" ".join(paragraph.split())):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += " " + piece
        else:
            found.append(piece)
    return found
