"""Linear scores of a text, for many questions at once, in little memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.ai.triage.intents.analysis import Split, Vocabulary

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Linear:
    """A weight of every feature for every question: of words, of pieces, and of plain numbers.

    A weight is one byte times its question's `scale`.
    """

    words: Vocabulary
    pieces: Vocabulary
    weights: NDArray[np.int8]
    """Of each feature (words, then pieces, then numbers) for each question."""
    scale: Floats
    bias: Floats

    @classmethod
    def of(cls, words: Vocabulary, pieces: Vocabulary, weights: Floats, bias: Floats) -> "Linear":
        """The same, with weights that were not yet made small."""
        scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
        small = np.round(weights / scale).astype(np.int8)
        return cls(words, pieces, small, scale.astype(np.float32), bias.astype(np.float32))

    def scores(self, split: Split, numbers: Floats | None = None) -> Floats:
        """The score of each question; without `numbers` they count as zeros."""
        said, spelt = self.words.weigh(split.words), self.pieces.weigh(split.pieces)
        found: NDArray[Any] = said.weights @ self.weights[said.places]
        found = found + spelt.weights @ self.weights[len(self.words) + spelt.places]
        if numbers is not None:
            found = found + numbers @ self.weights[len(self.words) + len(self.pieces) :]
        scores: Floats = (found * self.scale + self.bias).astype(np.float32)
        return scores

    def as_arrays(self) -> dict[str, Any]:
        """What `from_arrays` reads."""
        return {
            "weights": self.weights,
            "scale": self.scale,
            "bias": self.bias,
            **self.words.as_arrays("words"),
            **self.pieces.as_arrays("pieces"),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Linear":
        """What `as_arrays` wrote."""
        return cls(
            Vocabulary.from_arrays("words", arrays),
            Vocabulary.from_arrays("pieces", arrays),
            arrays["weights"],
            arrays["scale"],
            arrays["bias"],
        )
