"""What a text consists of, for a linear model: words, pairs of words, and pieces of words."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rapport.kernel.folding import fold

MAX_CHARS: Final = 4_000
"""What a message is about stands in its beginning."""
_WORD: Final = re.compile(r"\w+(?:['\u2019]\w+)?|[!?€$£%]")
_SHORTEST, _LONGEST = 2, 5
"""Lengths of the pieces of words, their edges counted as letters."""


def words(text: str) -> list[str]:
    """Each word, and each two that follow one another."""
    return _with_pairs(_single(text))


def pieces(text: str) -> list[str]:
    """Every piece of two to five letters of each word, its edges marked by spaces."""
    return list(_pieces(_single(text)))


class Split(NamedTuple):
    """What a text was taken apart into: words with their pairs and marks, and pieces of words."""

    words: Sequence[str]
    pieces: Sequence[str]


def taken_apart(texts: Iterable[str]) -> list[Split]:
    """Each text's words and pieces; each word is kept once however many texts have it."""
    known: dict[str, str] = {}
    return [
        Split(
            [known.setdefault(one, one) for one in _with_pairs(single)],
            [known.setdefault(one, one) for one in _pieces(single)],
        )
        for single in map(_single, texts)
    ]


def _single(text: str) -> list[str]:
    return _WORD.findall(fold(text[:MAX_CHARS]))


def _with_pairs(single: Sequence[str]) -> list[str]:
    return [*single, *(f"{a} {b}" for a, b in pairwise(single))]


def _pieces(single: Sequence[str]) -> Iterator[str]:
    for word in single:
        edged = f" {word[:40]} "
        for length in range(_SHORTEST, _LONGEST + 1):
            for start in range(max(1, len(edged) - length + 1)):
                yield edged[start : start + length]


def _shared(texts: Sequence[Sequence[str]], writers: Sequence[Hashable]) -> set[str]:
    """The features that two writers have, or nobody's text."""
    first: dict[str, Hashable] = {}
    shared: set[str] = set()
    for text, writer in zip(texts, writers, strict=True):
        if writer is None:
            shared.update(text)
        else:
            shared.update(one for one in text if first.setdefault(one, writer) != writer)
    return shared


class Sparse(NamedTuple):
    """The features that a text has: their numbers, ascending, and how much each weighs."""

    places: NDArray[np.int32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Features that a model knows, each with what its being there tells (idf)."""

    places: Mapping[str, int]
    telling: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        texts: Sequence[Sequence[str]],
        *,
        least: int,
        most: int,
        writers: Sequence[Hashable] | None = None,
    ) -> "Vocabulary":
        """The features that at least `least` texts have, `most` of them at most, the commonest.

        Where it is told who wrote each text, none stays that one writer alone has: it may be their
        name. What is in a text of nobody's (None) is nobody's secret.
        """
        known = Counter(feature for text in texts for feature in set(text))
        if writers is not None:
            known = Counter({one: known[one] for one in _shared(texts, writers)})
        chosen = sorted(
            (one for one, count in known.items() if count >= least),
            key=lambda one: (-known[one], one),
        )[:most]
        seen = np.array([known[one] for one in chosen], np.float32)
        telling = np.log((1 + len(texts)) / (1 + seen)) + 1
        return cls({one: n for n, one in enumerate(chosen)}, telling.astype(np.float32))

    def __len__(self) -> int:
        return len(self.telling)

    def weigh(self, features: Sequence[str]) -> Sparse:
        """A text's features by their weight, of length 1 together."""
        known = [place for place in map(self.places.get, features) if place is not None]
        places, counts = np.unique(np.array(known, np.int32), return_counts=True)
        weights = (1 + np.log(counts)) * self.telling[places]
        length = float(np.sqrt(np.sum(weights * weights)))
        return Sparse(places, (weights / length if length else weights).astype(np.float32))

    def as_arrays(self, name: str) -> dict[str, Any]:
        """What `from_arrays` reads, under names that begin with `name`."""
        ordered = sorted(self.places, key=self.places.__getitem__)
        joined = np.frombuffer("\n".join(ordered).encode(), np.uint8)
        return {f"{name}_names": joined, f"{name}_telling": self.telling}

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, NDArray[Any]]) -> "Vocabulary":
        """What `as_arrays` wrote."""
        joined = arrays[f"{name}_names"].tobytes().decode()
        names = joined.split("\n") if joined else []
        return cls({one: n for n, one in enumerate(names)}, arrays[f"{name}_telling"])
