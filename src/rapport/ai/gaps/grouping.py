"""Which questions mean the same: by their vectors, else by the words they share."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.ai.autopilot import service as autopilot
from rapport.knowledge import service as knowledge

MEANT_ALIKE: Final = 0.7
"""Cosine of a question with the centre of those that mean the same.

Chosen on the validation part of CLINC150, where 87% of the pairs so grouped have one intent; on the
questions of StackFAQ 96% of the pairs belong together, and 70% of those that do are found. Too many
gaps are merged by a person in a moment; one that mixes two questions makes a wrong article.
"""
SAID_ALIKE: Final = 0.6
"""Share of the words, each counted by how rare it is, of two questions that mean the same.

Words find few of them (8% of the pairs of both sets), and 85% and 98% of what they find is right.
"""
_MAX_WORDS: Final = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gap that a question may belong to; `cosine` is None where no model compares them."""

    id: UUID
    language: str
    words: Sequence[str]
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A question as it is compared: its words, and the vector that a model made of it."""

    words: Sequence[str]
    vector: NDArray[np.float32] | None
    model: str | None


def key_words(text: str) -> list[str]:
    """The words that carry a text's meaning in any language, each once, without plural endings."""
    words = knowledge.content_words(" ".join(autopilot.content(text)))
    return list(dict.fromkeys(words))[:_MAX_WORDS]


def alike(one: Collection[str], other: Collection[str]) -> float:
    """The share of their words that two texts have in common, 0 to 1."""
    shared = len(set(one) & set(other))
    return 2 * shared / (len(set(one)) + len(set(other))) if shared else 0.0


def nearest(words: Sequence[str], language: str, among: Sequence[Candidate]) -> UUID | None:
    """The gap a question belongs to; None when it is a new one.

    What a model compared is decided by it alone, and before what only words can.
    """
    by_meaning = [c for c in among if c.cosine is not None and c.cosine >= MEANT_ALIKE]
    if by_meaning:
        return max(by_meaning, key=lambda c: c.cosine or 0.0).id
    others = [c for c in among if c.cosine is None and c.language == language]
    rarity = _rarity([c.words for c in others])
    shares = [(_shared(words, c.words, rarity), c.id) for c in others]
    best = max(shares, key=lambda found: found[0], default=(0.0, None))
    return best[1] if best[0] >= SAID_ALIKE else None


def _rarity(texts: Sequence[Sequence[str]]) -> "_Rarity":
    counted = Counter(word for text in texts for word in set(text))
    return _Rarity(counted, len(texts))


@dataclass(frozen=True, slots=True)
class _Rarity:
    counts: Counter[str]
    total: int

    def of(self, words: Collection[str]) -> float:
        return sum(log(2 + self.total / (1 + self.counts[word])) for word in words)


def _shared(one: Sequence[str], other: Sequence[str], rarity: _Rarity) -> float:
    total = rarity.of(set(one)) + rarity.of(set(other))
    return 2 * rarity.of(set(one) & set(other)) / total if total else 0.0


def middle(placed: Sequence[Placed]) -> Placed:
    """What stands for some questions, the latest first: common words, and the mean of vectors.

    Vectors of another model than the latest question's are left out.
    """
    counted = Counter(word for one in placed for word in set(one.words))
    usual = [word for word, times in counted.most_common(_MAX_WORDS) if 2 * times >= len(placed)]
    model = next((one.model for one in placed if one.model is not None), None)
    vectors = [one.vector for one in placed if one.model == model and one.vector is not None]
    if not vectors:
        return Placed(usual, None, None)
    mean = np.mean(vectors, axis=0)
    length = float(np.linalg.norm(mean)) or 1.0
    return Placed(usual, np.asarray(mean / length, np.float32), model)
