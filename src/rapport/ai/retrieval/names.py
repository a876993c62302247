"""An index over names, by which they are found again in what people say."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Final
from uuid import UUID

from rapport.knowledge import service as knowledge

_WORD: Final = re.compile(r"[^\W_]+")
_INITIALS: Final = 3
_TYPO_CHARS: Final = 6
"""Shorter words have too many neighbours that mean something else."""


@dataclass(frozen=True, slots=True)
class Name:
    """What some articles are about, as somebody wrote it and as words that can be compared."""

    text: str
    words: tuple[str, ...]
    articles: frozenset[UUID]


class Names:
    """Names by their words, also with a typo, and by their initials.

    A word has a weight for each name that holds it: the share of the texts with that word that are
    about the name. It is 1 for a word nobody else uses, and next to nothing for `hotel` among
    hotels.
    """

    def __init__(self, names: Sequence[Name], texts: Sequence[tuple[str, UUID]]) -> None:
        """Index `names` over articles whose titles are `texts`."""
        self.names = names
        self._holding: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(names):
            for word in dict.fromkeys(name.words):
                self._holding[word].append(at)
        self._pairs = {"".join(pair): pair for name in names for pair in pairwise(name.words)}
        self._initials: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(names):
            for short in _initials(name):
                self._initials[short].append(at)
        self._weights, self._ordinary = self._counted(texts)
        self._near: dict[str, list[str]] = defaultdict(list)
        for word in self._holding:
            for short in _shortened(word):
                self._near[short].append(word)

    def _counted(
        self, texts: Sequence[tuple[str, UUID]]
    ) -> tuple[list[dict[str, float]], frozenset[str]]:
        """The weights of each name's words, and all words of the titles."""
        everywhere = Counter(word for name in self.names for word in set(name.words))
        own = [Counter(set(name.words)) for name in self.names]
        about: dict[UUID, list[int]] = defaultdict(list)
        for at, name in enumerate(self.names):
            for article_id in name.articles:
                about[article_id].append(at)
        ordinary = set[str]()
        for text, article_id in texts:
            words = set(knowledge.content_words(text))
            ordinary |= words
            everywhere.update(words & self._holding.keys())
            for at in about[article_id]:
                own[at].update(words & set(self.names[at].words))
        weights = [{word: n / everywhere[word] for word, n in counts.items()} for counts in own]
        return weights, frozenset(ordinary)

    def parted(self, word: str) -> tuple[str, ...]:
        """The two words of a name that somebody wrote as one, else `word` itself."""
        return (word,) if word in self._holding else self._pairs.get(word, (word,))

    def meant(self, word: str) -> frozenset[str]:
        """The words of names that somebody meant who wrote `word`."""
        if word in self._holding:
            return frozenset((word,))
        if word in self._ordinary:
            return frozenset()
        near = {other for short in _shortened(word) for other in self._near.get(short, ())}
        return frozenset(other for other in near if _is_typo(word, other))

    def holding(self, words: Iterable[str]) -> list[int]:
        """The names that hold one of these words, by their places in `names`."""
        return list(dict.fromkeys(at for word in words for at in self._holding.get(word, ())))

    def abbreviated(self, word: str) -> int | None:
        """The one name whose initials `word` is; None where it is nobody's, or several names'."""
        found = self._initials.get(word, [])
        return found[0] if len(found) == 1 and word not in self._ordinary else None

    def distinction(self, at: int, words: Iterable[str]) -> float:
        """How surely these words of a name mean it and nothing else, 0 to 1."""
        weights = self._weights[at]
        return 1 - prod(1 - weights.get(word, 0.0) for word in words)

    def coverage(self, at: int, words: Iterable[str]) -> float:
        """How much of what distinguishes a name these words are, 0 to 1."""
        weights = self._weights[at]
        return sum(weights.get(word, 0.0) for word in set(words)) / sum(weights.values())


def _initials(name: Name) -> set[str]:
    """The first letters of a long name, with and without its small words."""
    written = "".join(word[0] for word in _WORD.findall(name.text))
    short = {"".join(word[0] for word in name.words), *knowledge.content_words(written)}
    return {word for word in short if len(word) >= _INITIALS}


def _shortened(word: str) -> list[str]:
    """A long word, and what is left of it without one of its letters but the first."""
    if len(word) < _TYPO_CHARS or not word.isalpha():
        return []
    return [word, *(word[:i] + word[i + 1 :] for i in range(1, len(word)))]


def _is_typo(one: str, other: str) -> bool:
    """Whether one letter was left out, added, mistaken, or two neighbours exchanged."""
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return len(long) - len(short) == 1 and short in _shortened(long)
    wrong = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 2:
        i, j = wrong
        return j == i + 1 and one[i] == other[j] and one[j] == other[i]
    return len(wrong) == 1
