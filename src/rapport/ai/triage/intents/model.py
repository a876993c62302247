"""A model of what messages are about: a linear one, with a sense of what it does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rapport.ai.triage.intents.analysis import Sparse, Vocabulary, pieces, words
from rapport.ai.triage.packing import Arrays, pack, unpack

FORM: Final = 2
"""Of the file; another form is not read."""
COMPANY: Final = 5
"""How many of an intent's examples are asked whether a text is like them."""
Vectors = NDArray[np.float32]
MEASURES: Final = (
    *("top", "margin", "disorder", "nearest", "agreement", "company", "centre"),
    *("length", "strangeness"),
)
"""What certainty is judged by, in this order. See `Model.measures`."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a message is about: `certainty` is how likely `intent` is right, from 0 to 1."""

    intent: str
    certainty: float
    is_known: bool
    """Whether it is sure enough to be said at all."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """How likely an answer is right: a logistic function of the standardised measures."""

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    pull: NDArray[np.float32]
    bias: float
    threshold: float

    def of(self, measures: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probability for each row of measures."""
        drawn = ((measures - self.mean) / self.scale) @ self.pull + self.bias
        return (1 / (1 + np.exp(-drawn))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Memory:
    """The examples' vectors, and whose they are. In a file each number has one byte."""

    vectors: Vectors
    intents: NDArray[np.int32]
    centres: Vectors
    """The direction in which the examples of each intent lie together."""

    @classmethod
    def of(cls, vectors: Vectors, intents: NDArray[np.int32]) -> "Memory":
        """What is remembered of examples, every intent among them."""
        whose = intents == np.arange(intents.max() + 1, dtype=np.int32)[:, None]
        sums = whose.astype(np.float32) @ vectors
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return cls(vectors, intents, centres)

    def likeness(self, vectors: Vectors, answers: NDArray[np.intp]) -> NDArray[np.float32]:
        """How like the examples each row is, given what it is said to be about.

        Four columns: the cosine of the nearest example; whether that is of the same intent; the
        mean cosine of the nearest five of that intent; and the cosine of its centre.
        """
        likeness = vectors @ self.vectors.T
        rows = np.arange(len(vectors))
        best = np.argmax(likeness, axis=1)
        company = [
            np.sort(of_all[self.intents == answer])[-COMPANY:].mean()
            for of_all, answer in zip(likeness, answers, strict=True)
        ]
        return np.stack(
            [
                likeness[rows, best],
                (self.intents[best] == answers).astype(np.float32),
                np.array(company, np.float32),
                np.einsum("ij,ij->i", vectors, self.centres[answers]),
            ],
            axis=1,
        )


@dataclass(frozen=True)
class Model:
    """See the module. `vectors` beside texts come from the embedder named `embedder`, or are None
    where there is none: then words alone decide.
    """

    intents: tuple[str, ...]
    words: Vocabulary
    pieces: Vocabulary
    coefficients: NDArray[np.float32]
    """Of each feature (words, then pieces, then the numbers of the vector) for each intent."""
    bias: NDArray[np.float32]
    memory: Memory | None
    embedder: str | None
    certainty: Certainty
    about: dict[str, Any] = field(default_factory=dict)
    """How it was made and how well it did, for people."""

    def guess(self, texts: Sequence[str], vectors: Vectors | None = None) -> list[Guess]:
        """What each text is about."""
        if not texts:
            return []
        scores, measures = self.judge(texts, vectors)
        sure = self.certainty.of(measures)
        best = np.argmax(scores, axis=1)
        return [
            Guess(self.intents[at], float(how), bool(how >= self.certainty.threshold))
            for at, how in zip(best.tolist(), sure.tolist(), strict=True)
        ]

    def judge(
        self, texts: Sequence[str], vectors: Vectors | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The score of every intent for each text, and the measures of certainty."""
        split = [(self.words.weigh(words(one)), self.pieces.weigh(pieces(one))) for one in texts]
        scores = np.stack([self._scores(*one) for one in split])
        if vectors is not None and self.memory is not None:
            scores += vectors @ self.coefficients[len(self.words) + len(self.pieces) :]
        return scores, self.measures(scores, [one for one, _ in split], texts, vectors)

    def _scores(self, said: Sparse, spelt: Sparse) -> NDArray[np.float32]:
        found: NDArray[np.float32] = self.bias + said.weights @ self.coefficients[said.places]
        found += spelt.weights @ self.coefficients[len(self.words) + spelt.places]
        return found

    def measures(
        self,
        scores: NDArray[np.float32],
        said: Sequence[Sparse],
        texts: Sequence[str],
        vectors: Vectors | None,
    ) -> NDArray[np.float32]:
        """What certainty goes by: `MEASURES` of each text."""
        ordered = np.sort(scores, axis=1)
        top, second = ordered[:, -1], ordered[:, -2] if scores.shape[1] > 1 else ordered[:, -1] - 1
        shares = np.exp(3 * (scores - top[:, None]))
        shares /= shares.sum(axis=1, keepdims=True)
        disorder = -np.sum(shares * np.log(shares + 1e-9), axis=1)
        likeness = np.zeros((len(texts), 4), np.float32)
        if vectors is not None and self.memory is not None:
            likeness = self.memory.likeness(vectors, np.argmax(scores, axis=1))
        counts = np.array([len(words(one)) for one in texts], np.float32)
        known = np.array([len(one.places) for one in said], np.float32)
        strangeness = 1 - known / np.maximum(counts, 1)
        columns = (top, top - second, disorder, *likeness.T, np.log1p(counts), strangeness)
        return np.stack(columns, axis=1).astype(np.float32)

    def written(self) -> bytes:
        """The bytes of a file that `read` takes."""
        told = {
            "intents": self.intents,
            "embedder": self.embedder,
            "about": self.about,
            "certainty_bias": self.certainty.bias,
            "threshold": self.certainty.threshold,
        }
        arrays: dict[str, Any] = {
            "coefficients": self.coefficients.astype(np.float16),
            "bias": self.bias,
            "mean": self.certainty.mean,
            "scale": self.certainty.scale,
            "pull": self.certainty.pull,
            **self.words.as_arrays("words"),
            **self.pieces.as_arrays("pieces"),
        }
        if self.memory is not None:
            small = np.round(self.memory.vectors * 127).astype(np.int8)
            arrays |= {"memory": small, "memory_intents": self.memory.intents}
        return pack(FORM, told, arrays)


def read(content: bytes | Path) -> Model:
    """The model of a file.

    Raises:
        ModelUnreadable: see there.
    """
    return unpack(content, FORM, _built)


def _built(told: Mapping[str, Any], arrays: Arrays) -> Model:
    certainty = (arrays["mean"], arrays["scale"], arrays["pull"])
    memory = None
    if "memory" in arrays:
        vectors = arrays["memory"].astype(np.float32) / np.float32(127)
        memory = Memory.of(vectors, arrays["memory_intents"])
    return Model(
        intents=tuple(told["intents"]),
        words=Vocabulary.from_arrays("words", arrays),
        pieces=Vocabulary.from_arrays("pieces", arrays),
        coefficients=arrays["coefficients"].astype(np.float32),
        bias=arrays["bias"],
        memory=memory,
        embedder=told["embedder"],
        certainty=Certainty(*certainty, told["certainty_bias"], told["threshold"]),
        about=told["about"],
    )
