"""A text as words, and phrases looked up in it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Final, Generic, NamedTuple, TypeVar

from rapport.kernel.folding import fold

_WORD: Final = re.compile(r"[\w\u0300-\u036f\u064b-\u065f]+")
_GAP: Final = re.compile(r"[ \t\u00a0\u202f]{0,2}['\u2019.°-]{0,2}[ \t\u00a0\u202f]?")
_LONGEST_ABBREVIATION: Final = 5
T = TypeVar("T")


class Word(NamedTuple):
    """A word without case and accents, and where it stands."""

    folded: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words and numbers of a text, in its order."""
    if text.isascii():
        return [Word(found[0], *found.span()) for found in _WORD.finditer(text.lower())]
    return [
        Word(folded, *found.span()) for found in _WORD.finditer(text) if (folded := fold(found[0]))
    ]


def is_joined(text: str, first: Word, second: Word) -> bool:
    """Whether nothing but a little space, a hyphen or an apostrophe parts two words."""
    gap = text[first.end : min(second.start, first.end + 5)]
    if gap == " ":
        return True
    if "." in gap and first.end - first.start > _LONGEST_ABBREVIATION:
        return False  # the end of a sentence
    return len(gap) < 5 and _GAP.fullmatch(gap) is not None


class Phrases(Generic[T]):
    """Words and sequences of words, each with what it means; the longest that fits is meant."""

    def __init__(self, meanings: Iterable[tuple[str, T]]) -> None:
        """Know these phrases; of two that fold to the same, the later."""
        known_by = {tuple(word.folded for word in words_of(it)): means for it, means in meanings}
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for (first, *rest), meaning in known_by.items():
            self._by_first.setdefault(first, []).append((tuple(rest), meaning))
        for known in self._by_first.values():
            known.sort(key=lambda one: -len(one[0]))

    def at(self, text: str, words: list[Word], place: int) -> tuple[T, int] | None:
        """What the phrase that begins at this word means, and the place after it."""
        known = self._by_first.get(words[place].folded)
        return None if known is None else self._longest(known, text, words, place)

    def each(self, text: str, words: list[Word]) -> list[tuple[T, int] | None]:
        """What `at` says of every word."""
        begun = [self._by_first.get(word.folded) for word in words]
        return [
            None if known is None else self._longest(known, text, words, place)
            for place, known in enumerate(begun)
        ]

    def all_in(self, text: str, words: list[Word]) -> Iterator[tuple[T, int, int]]:
        """Every phrase of a text: what it means, and the places of its words."""
        place = 0
        while place < len(words):
            if (found := self.at(text, words, place)) is None:
                place += 1
            else:
                yield found[0], place, found[1]
                place = found[1]

    def _longest(
        self, known: list[tuple[tuple[str, ...], T]], text: str, words: list[Word], place: int
    ) -> tuple[T, int] | None:
        for rest, meaning in known:
            end = place + 1 + len(rest)
            if not rest or all(
                at < len(words)
                and words[at].folded == expected
                and is_joined(text, words[at - 1], words[at])
                for at, expected in enumerate(rest, place + 1)
            ):
                return meaning, end
        return None


def held(package: str | None, file: str) -> bytes:
    """A table that lies beside a package's code."""
    return files(package or "").joinpath(file).read_bytes()


def listed(table: Mapping[T, str]) -> Iterator[tuple[str, T]]:
    """The phrases of a table, in which | stands between them, each with its heading."""
    for heading, phrases in table.items():
        yield from ((phrase, heading) for phrase in phrases.split("|"))
