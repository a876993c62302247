"""An answer in the words of its source: the best part of a passage, whole sentences, in order."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from rapport.ai.autopilot import words

MAX_CHARS: Final = 700
_MAX_QUOTE_CHARS: Final = 4_000
"""A passage is a section of an article; the rest of a longer one is not looked at."""

Kind = Literal["heading", "paragraph", "list", "table", "other"]

_HEADING: Final = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_ITEM: Final = re.compile(r"\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+")
_SENTENCE: Final = re.compile(r"(?<=[.!?؟…])[\"”»)*_]*\s+(?=[^\s])")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\.B|Dr|Mr|Mrs|St|No|Nr|ca|approx|etc|bzw)\.|\b\d+\.)$"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a Markdown text that only makes sense whole."""

    kind: Kind
    text: str


def blocks(markdown: str) -> list[Block]:
    """The headings, paragraphs, lists and tables of a text, in order."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", markdown[:_MAX_QUOTE_CHARS].strip()):
        found += _split(part.strip("\n"))
    return found


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
    if _HEADING.match(line):
        return "heading"
    if _ITEM.match(line):
        return "list"
    if line.lstrip().startswith("|"):
        return "table"
    return "other" if line.startswith((">", "```", "    ", "---")) else "paragraph"


def extract(question: str, passage: str, *, heading: str = "", max_chars: int = MAX_CHARS) -> str:
    """The part of `passage` that answers `question` best, as Markdown of about `max_chars`.

    Sentences stay whole and in order; a list or a table stays whole and keeps the line that
    introduces it, or else the `heading` it stands under. Nothing is added. Empty only when the
    passage is.
    """
    parts = blocks(passage)
    if heading and parts and parts[0].kind in {"list", "table"}:
        parts.insert(0, Block("heading", f"## {heading}"))
    body = [p for p in parts if p.kind != "heading"]
    if sum(len(p.text) for p in body) <= max_chars:
        return _joined(parts if len({p.kind for p in parts}) > 1 else body)
    wanted = words.content(question)
    best = max(
        (i for i, p in enumerate(parts) if p.kind != "heading"),
        key=lambda i: (_fit(wanted, parts, i), -i),
        default=None,
    )
    return "" if best is None else _joined(_around(parts, best, wanted, max_chars))


def continued(question: str, extract: str, rest: str, *, max_chars: int = MAX_CHARS) -> str:
    """A short extract with the sections after it, as long as they fit and concern the question.

    An introduction alone seldom helps; `rest` is the article after the passage.
    """
    wanted = words.content(question)
    made, section = extract, list[Block]()
    for part in [*blocks(rest), Block("heading", "")]:
        if part.kind != "heading" or not section:
            section.append(part)
            continue
        text = _joined(section)
        is_due = len(made) + len(text) <= max_chars and words.coverage(wanted, text) > 0
        if not is_due:
            break
        made, section = f"{made}\n\n{text}", [part]
    return made


def _fit(wanted: list[str], parts: list[Block], index: int) -> float:
    """How many of the question's words a block holds; its heading counts a little less."""
    heading = next((p.text for p in reversed(parts[:index]) if p.kind == "heading"), "")
    return words.coverage(wanted, parts[index].text) + 0.8 * words.coverage(wanted, heading)


def _around(parts: list[Block], best: int, wanted: list[str], max_chars: int) -> list[Block]:
    """The best block and its neighbours of the same section, as many as there is room for."""
    chosen = {best}
    if best and parts[best].kind in {"list", "table"} and parts[best - 1].kind == "paragraph":
        chosen.add(best - 1)
    size = sum(len(parts[i].text) for i in chosen)
    if len(chosen) == 1 and size > max_chars and parts[best].kind == "paragraph":
        return [Block("paragraph", _sentences(parts[best].text, wanted, max_chars))]
    for step in (1, -1):
        at = (max if step > 0 else min)(chosen) + step
        while 0 <= at < len(parts) and parts[at].kind != "heading":
            size += len(parts[at].text)
            if size > max_chars:
                break
            chosen.add(at)
            at += step
    return [parts[i] for i in sorted(chosen)]


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; an abbreviation or a number before a dot ends none."""
    found: list[str] = []
    for piece in _SENTENCE.split(" ".join(paragraph.split())):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += " " + piece
        else:
            found.append(piece)
    return found


def _sentences(paragraph: str, wanted: list[str], max_chars: int) -> str:
    """The sentence that fits best, and those after and before it while there is room."""
    all_of_it = sentences(paragraph)
    best = max(range(len(all_of_it)), key=lambda i: (words.coverage(wanted, all_of_it[i]), -i))
    first = last = best
    size = len(all_of_it[best])
    while last + 1 < len(all_of_it) and size + len(all_of_it[last + 1]) < max_chars:
        last += 1
        size += len(all_of_it[last]) + 1
    while first > 0 and size + len(all_of_it[first - 1]) < max_chars:
        first -= 1
        size += len(all_of_it[first]) + 1
    return " ".join(all_of_it[first : last + 1])


def _joined(parts: list[Block]) -> str:
    """The blocks as one text; a heading is shown in bold, since an answer has no chapters."""
    shown = []
    for i, part in enumerate(parts):
        if part.kind == "heading":
            title = _HEADING.match(part.text)
            if i + 1 < len(parts) and parts[i + 1].kind != "heading" and title:
                shown.append(f"**{title[1].replace('*', '')}**")
        else:
            shown.append(part.text)
    return "\n\n".join(shown)
