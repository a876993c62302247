"""Cuts a document into parts that each have one meaning and fit the embedding model's window."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapport.kernel.richtext import plain

MAX_WORDS: Final = 160
"""About 220 tokens of English: with title and heading it stays within the model's 256."""
OVERLAP_WORDS: Final = 30
MAX_CHUNKS: Final = 500
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SENTENCE_END = re.compile(r"(?<=[.!?\u061f])\s+|(?<=[\u3002\uff01\uff1f])\s*")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an article: Markdown as written, and the heading it stands under."""

    heading: str
    text: str


def chunk(body: str) -> list[Part]:
    """The parts of an article, in order; at most 500.

    A short article is one part. A longer one is cut at its headings, and a section that is still
    too long at its paragraphs, then at its sentences; a part repeats the end of the one before.
    """
    body = body.replace("\r\n", "\n").strip()
    if not body:
        return []
    if _count(body) <= MAX_WORDS:
        return [Part("", body)]
    parts = [
        Part(heading, text)
        for heading, section in _sections(body)
        for text in _packed(_pieces(section))
    ]
    return parts[:MAX_CHUNKS]


def embeddable(title: str, part: Part) -> str:
    """What the model reads of a part: the article's title, the heading, and the plain words."""
    return "\n".join(filter(None, (title, plain(part.heading), plain(part.text))))


def _count(text: str) -> int:
    """Words, where an unspaced script counts every second sign as one."""
    return max(len(text.split()), len(text.encode()) // 12)


def _sections(body: str) -> Iterator[tuple[str, str]]:
    """Heading and text of each section that has a text; a heading inside a code block is none."""
    heading, lines, fence = "", list[str](), ""
    for line in body.split("\n"):
        fence = _fence_after(line, fence)
        found = None if fence else _HEADING.match(line)
        if found is None:
            lines.append(line)
            continue
        if text := "\n".join(lines).strip():
            yield heading, text
        heading, lines = found[1], []
    if text := "\n".join(lines).strip():
        yield heading, text


def _fence_after(line: str, fence: str) -> str:
    """The mark of the code block that is open after `line`, given the one before it."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found[1]
    return "" if found[1].startswith(fence) else fence


def _pieces(section: str) -> list[str]:
    """Paragraphs, those that are too long cut into sentences, and those too long cut by force."""
    pieces = []
    for paragraph in re.split(r"\n[ \t]*\n", section):
        if _count(paragraph) <= MAX_WORDS:
            pieces.append(paragraph)
            continue
        for sentence in _SENTENCE_END.split(paragraph):
            pieces.extend([sentence] if _count(sentence) <= MAX_WORDS else _forced(sentence))
    return [piece for piece in pieces if piece.strip()]


def _forced(sentence: str) -> Iterator[str]:
    """A text without sentence ends, cut after so many words, and words after so many signs."""
    words = sentence.split()
    for start in range(0, len(words), MAX_WORDS):
        piece = " ".join(words[start : start + MAX_WORDS])
        if _count(piece) <= MAX_WORDS:
            yield piece
            continue
        size = MAX_WORDS * 6 * len(piece) // len(piece.encode())
        yield from (piece[at : at + size] for at in range(0, len(piece), size))


def _packed(pieces: Sequence[str]) -> Iterator[str]:
    """Pieces joined as long as they fit; a new part begins with the short end of the last."""
    held: list[str] = []
    for piece in pieces:
        if held and sum(map(_count, held)) + _count(piece) > MAX_WORDS:
            yield "\n\n".join(held)
            held = held[-1:] if _count(held[-1]) <= OVERLAP_WORDS else []
        held.append(piece)
    if held:
        yield "\n\n".join(held)
