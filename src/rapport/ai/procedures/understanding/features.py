"""Texts as words and pieces of words, weighed by how rare they are."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from rapport.kernel.folding import fold

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_PIECE: Final = 4
_SHARES: Final = (0.7, 0.45)
"""How long the row of a text's words is, and that of its pieces of words, beside a vector of 1."""
_MOST_TERMS: Final = 8_000


@dataclass(frozen=True, slots=True)
class Words:
    """The words that some texts use, each with its place and its weight."""

    places: Mapping[str, int]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """The words of these texts, the commonest first."""
        counts = Counter(term for text in texts for term in set(_terms(text)))
        kept = [term for term, _ in counts.most_common(_MOST_TERMS)]
        size = len(texts)
        weights = [math.log(1 + size / (1 + counts[term])) for term in kept]
        places = {term: place for place, term in enumerate(kept)}
        return cls(places, np.array(weights, np.float32))

    def rows(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text: len(texts) x words."""
        made = np.zeros((len(texts), len(self.places)), np.float32)
        for row, text in zip(made, texts, strict=True):
            for terms, share in zip(
                (list(_words(text)), list(_pieces(text))), _SHARES, strict=True
            ):
                known = Counter(self.places[term] for term in terms if term in self.places)
                if not known:
                    continue
                at = np.array(list(known), np.int64)
                values = self.weights[at] * (1 + np.log(np.array(list(known.values()), np.float32)))
                row[at] += share * values / np.linalg.norm(values)
        return made


def _terms(text: str) -> list[str]:
    return [*_words(text), *_pieces(text)]


def _words(text: str) -> Iterator[str]:
    words = _spoken(text)
    yield from words
    yield from (f"{a} {b}" for a, b in pairwise(words))


def _pieces(text: str) -> Iterator[str]:
    for word in _spoken(text):
        padded = f"<{word}>"
        yield from (f"~{padded[at : at + _PIECE]}" for at in range(len(padded) - _PIECE + 1))


def _spoken(text: str) -> list[str]:
    return _WORD.findall(fold(text).replace("\u2019", "'"))
