"""What a model remembers of the examples it learned from."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

COMPANY: Final = 5
"""How many of an intent's examples are asked whether a text is like them."""
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Memory:
    """The examples' vectors, and whose they are. In a file each number has one byte."""

    vectors: Vectors
    intents: NDArray[np.int32]
    """The intent of each; last stand the strangers, who belong nowhere: theirs is the number of
    intents."""
    centres: Vectors
    """The direction in which the examples of each intent lie together."""
    sources: NDArray[np.uint8] | None = None
    """For each example the 16 bytes of the id of what it is from, zeros for nothing; None where
    that was not told."""

    @classmethod
    def of(
        cls,
        vectors: Vectors,
        intents: NDArray[np.int32],
        count: int,
        sources: NDArray[np.uint8] | None = None,
    ) -> "Memory":
        """What is remembered of examples of `count` intents; one without any has no centre."""
        last = np.argsort(intents == count, kind="stable")
        vectors, intents = vectors[last], intents[last]
        sources = None if sources is None else sources[last]
        whose = intents == np.arange(count, dtype=np.int32)[:, None]
        sums = whose.astype(np.float32) @ vectors
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return cls(vectors, intents, centres, sources)

    def without(self, sources: Collection[bytes]) -> "Memory":
        """The same without the examples from these sources."""
        if self.sources is None:
            return self
        stays = np.array([one.tobytes() not in sources for one in self.sources], np.bool_)
        rest = self.vectors[stays], self.intents[stays]
        return Memory.of(*rest, len(self.centres), self.sources[stays])

    def likeness(self, vectors: Vectors, answers: NDArray[np.intp]) -> NDArray[np.float32]:
        """How like the examples each row is, given what it is said to be about.

        Five columns: the cosine of the nearest example; whether that is of the same intent; the
        mean cosine of the nearest five of that intent; the cosine of its centre; and the cosine of
        the nearest stranger, 0 where none is remembered.
        """
        known = int(np.count_nonzero(self.intents < len(self.centres)))
        if not known:  # all whose examples they were are forgotten
            return np.zeros((len(vectors), 5), np.float32)
        both = vectors @ self.vectors.T
        likeness, strangers = both[:, :known], both[:, known:]
        rows = np.arange(len(vectors))
        best = np.argmax(likeness, axis=1)
        company = [
            _nearest(of_all[self.intents[:known] == answer])
            for of_all, answer in zip(likeness, answers, strict=True)
        ]
        return np.stack(
            [
                likeness[rows, best],
                (self.intents[best] == answers).astype(np.float32),
                np.array(company, np.float32),
                np.einsum("ij,ij->i", vectors, self.centres[answers]),
                strangers.max(axis=1) if strangers.size else np.zeros(len(vectors), np.float32),
            ],
            axis=1,
        )


def _nearest(likeness: NDArray[np.float32]) -> float:
    """The mean of the greatest few; 0 where there are none."""
    return float(np.sort(likeness)[-COMPANY:].mean()) if len(likeness) else 0.0
