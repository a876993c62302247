"""An answer in the words of its source: the section that answers, whole sentences, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean
from typing import Final

from rapport.ai.autopilot import asking, words
from rapport.ai.autopilot.asking import Form
from rapport.ai.autopilot.parts import Block, Piece, Section, pieces, sections, sentences
from rapport.kernel.richtext import plain

MAX_WORDS: Final = 120
_FEW_WORDS: Final = 60
"""A section so short leaves room for the next best one."""
_NEXT_BEST: Final = 0.5
"""How much less the next best section may fit."""
_WORDS_COUNT: Final = 0.2
_NUMBER_COUNTS: Final = 0.06
_STEPS_COUNT: Final = 0.25
_STEPS_COUNT_IN_WORDS: Final = 0.9
"""Shares of words differ more between sections than cosines do."""


def extract(
    question: str,
    article: str,
    *,
    heading: str = "",
    cosines: Sequence[float] | None = None,
    max_words: int = MAX_WORDS,
) -> str:
    """The part of `article` that answers `question` best, as Markdown of about `max_words`.

    It is a section under its heading, whole where it fits; in a longer one sentences and items stay
    whole and in order, and a list or a table keeps the line that introduces it. Who asks for a
    number or for yes and no gets the sentence that says so first. Nothing is added. `cosines` are
    those of the question with `parts.pieces`; without them the words decide. Empty only when the
    article is.
    """
    shelf = sections(article, heading=heading)
    if not shelf:
        return ""
    return _Choice.of(question, shelf, cosines).told(max_words)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A question, the sections that may answer it, and how well each part of them fits."""

    form: Form
    sections: list[Section]
    pieces: list[Piece]
    fits: list[float]
    scores: list[float]

    @classmethod
    def of(cls, question: str, shelf: list[Section], cosines: Sequence[float] | None) -> "_Choice":
        form, found = asking.form_of(question), pieces(shelf)
        fits = _fits(question, form, found, cosines)
        by_steps = 0.0
        if form == "steps":
            by_steps = _STEPS_COUNT_IN_WORDS if cosines is None else _STEPS_COUNT
        return cls(form, shelf, found, fits, _scores(question, shelf, found, fits, by_steps))

    def told(self, max_words: int) -> str:
        """The answer: the best section, another where there is room, and the fact in front."""
        order = sorted(range(len(self.sections)), key=lambda i: (-self.scores[i], i))
        best = order[0]
        parts = {best: self._part(best, max_words)}
        other = self._second(order)
        room = max_words - _count(parts[best])
        if other is not None and room > max_words - _FEW_WORDS:
            section = self.sections[other]
            if _count(section.text) <= room:
                parts[other] = _under(section.heading, section.blocks)
        return "\n\n".join([*self._lead(parts), *(parts[i] for i in sorted(parts))])

    def _second(self, order: Sequence[int]) -> int | None:
        """The section that goes best with the best: steps go on, an introduction never suffices."""
        best = order[0]
        if self.form == "steps" and self.sections[best].has_steps:
            return best + 1 if best + 1 < len(self.sections) else None
        if len(order) == 1:
            return None
        is_introduction = self.sections[best].heading == ""
        is_near = self.scores[order[1]] >= self.scores[best] - _NEXT_BEST
        return order[1] if is_near or is_introduction else None

    def _part(self, at: int, max_words: int) -> str:
        """A section, or the part of it around the piece that fits best."""
        section = self.sections[at]
        best = self._best_in(at)
        if best.kind == "paragraph" and self._says_it(best):
            blocks = _from_sentence(section, best)
            if blocks is not None:
                return _under("", _cut(blocks, 0, best.text, max_words))
        return _under(section.heading, _cut(section.blocks, best.block, best.text, max_words))

    def _lead(self, parts: dict[int, str]) -> list[str]:
        """The sentence of another section that fits better than all that is shown."""
        i = max(range(len(self.pieces)), key=lambda i: (self.fits[i], -i))
        piece = self.pieces[i]
        is_there = piece.section in parts or piece.kind != "paragraph"
        if is_there or not self._says_it(piece) or asking.refers_back(piece.text):
            return []
        return [piece.text]

    def _says_it(self, piece: Piece) -> bool:
        """Whether a piece is what a question for a fact, or for yes and no, wants to hear."""
        if self.form == "fact":
            return asking.holds_number(plain(piece.text))
        return self.form == "choice"

    def _best_in(self, section: int) -> Piece:
        inside = [i for i, p in enumerate(self.pieces) if p.section == section]
        return self.pieces[max(inside, key=lambda i: (self.fits[i], -i))]


def _fits(
    question: str, form: Form, found: Sequence[Piece], cosines: Sequence[float] | None
) -> list[float]:
    """How well each piece answers."""
    asked = words.content(question)
    by_words = _rare_coverage(asked, [f"{p.heading}\n{p.text}" for p in found])
    if cosines is None:
        base = by_words
    else:
        base = [c + _WORDS_COUNT / 2 * w for c, w in zip(cosines, by_words, strict=True)]
    if form != "fact":
        return base
    return [
        fit + (_NUMBER_COUNTS if asking.holds_number(plain(p.text)) else 0.0)
        for fit, p in zip(base, found, strict=True)
    ]


def _scores(
    question: str,
    shelf: Sequence[Section],
    found: Sequence[Piece],
    fits: Sequence[float],
    by_steps: float,
) -> list[float]:
    """How well each section answers: its best piece, all of them together, its words, its steps."""
    inside = [[f for f, p in zip(fits, found, strict=True) if p.section == i] for i in _of(shelf)]
    covered = _rare_coverage(words.content(question), [f"{s.heading}\n{s.text}" for s in shelf])
    steps = [by_steps if s.has_steps else 0.0 for s in shelf]
    return [
        max(inside[i]) + fmean(inside[i]) + _WORDS_COUNT * covered[i] + steps[i] for i in _of(shelf)
    ]


def _of(shelf: Sequence[Section]) -> range:
    return range(len(shelf))


def _rare_coverage(asked: Sequence[str], texts: Sequence[str]) -> list[float]:
    """The share of the question's words each text holds, where a word in few texts counts more."""
    held = [[words.coverage([word], text) for word in asked] for text in texts]
    rare = [log(1 + len(texts) / (1 + sum(has[i] for has in held))) for i in range(len(asked))]
    total = sum(rare) or 1.0
    return [sum(r * h for r, h in zip(rare, has, strict=True)) / total for has in held]


def _from_sentence(section: Section, piece: Piece) -> tuple[Block, ...] | None:
    """A section from a sentence on; None where that one is its first or cannot be first."""
    said = sentences(section.blocks[piece.block].text)
    at = said.index(piece.text)
    if (at == 0 and piece.block == 0) or asking.refers_back(piece.text):
        return None
    rest = Block("paragraph", " ".join(said[at:]))
    return (rest, *section.blocks[piece.block + 1 :])


def _cut(blocks: Sequence[Block], best: int, sentence: str, max_words: int) -> tuple[Block, ...]:
    """The blocks around the best one, as many as there is room for."""
    first, last = best, best
    if best and blocks[best].kind in {"list", "table"} and blocks[best - 1].kind == "paragraph":
        first = best - 1
    size = sum(_count(b.text) for b in blocks[first : last + 1])
    if size > max_words and blocks[best].kind == "paragraph":
        return (Block("paragraph", _around(blocks[best].text, sentence, max_words)),)
    while last + 1 < len(blocks) and size + _count(blocks[last + 1].text) <= max_words:
        last += 1
        size += _count(blocks[last].text)
    while first > 0 and size + _count(blocks[first - 1].text) <= max_words:
        first -= 1
        size += _count(blocks[first].text)
    return tuple(blocks[first : last + 1])


def _around(paragraph: str, sentence: str, max_words: int) -> str:
    """A sentence of a paragraph, and those after and before it while there is room."""
    said = sentences(paragraph)
    first = last = said.index(sentence) if sentence in said else 0
    size = _count(said[first])
    while first > 0 and asking.refers_back(said[first]):
        first -= 1
        size += _count(said[first])
    while last + 1 < len(said) and size + _count(said[last + 1]) <= max_words:
        last += 1
        size += _count(said[last])
    while first > 0 and size + _count(said[first - 1]) <= max_words:
        first -= 1
        size += _count(said[first])
    return " ".join(said[first : last + 1])


def _under(heading: str, blocks: Sequence[Block]) -> str:
    """The blocks as one text; a heading is shown in bold, since an answer has no chapters."""
    title = [f"**{heading.replace('*', '')}**"] if heading else []
    return "\n\n".join([*title, *(block.text for block in blocks)])


def _count(text: str) -> int:
    """Words, without the bars and dashes of a table."""
    return sum(1 for word in text.split() if any(c.isalnum() for c in word))
