"""A model of what messages are about: a linear one, with a sense of what it does not know."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rapport.ai.triage.intents.analysis import Sparse, Split, Vocabulary, taken_apart
from rapport.ai.triage.intents.memory import Memory, Vectors
from rapport.ai.triage.packing import Arrays, pack, unpack

FORM: Final = 4
"""Of the file; of older ones those from `OLDEST` on are read."""
OLDEST: Final = 3
"""It knew nothing of strangers: what they are measured by came to the end of `MEASURES`."""
MEASURES: Final = (
    *("top", "margin", "disorder", "nearest", "agreement", "company", "centre"),
    *("length", "strangeness", "outside", "stranger"),
)
"""What certainty is judged by, in this order. See `Model.measures`."""
RUNNERS: Final = 3
"""How many intents behind the best are asked whether the message is about them too."""
BESIDE: Final = ("score", "behind", "centre")
"""What that is judged by, in this order. See `Model.runners`."""


class Further(NamedTuple):
    """An intent that a message is about besides another: `certainty` is how likely that is."""

    intent: str
    certainty: float


@dataclass(frozen=True, slots=True)
class Guess:
    """What a message is about: `certainty` is how likely `intent` is right, from 0 to 1."""

    intent: str
    certainty: float
    is_known: bool
    """Whether it is sure enough to be said at all."""
    further: tuple[Further, ...] = ()
    """What else it is about, the likeliest first; empty where it is not known."""


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

    def as_arrays(self) -> dict[str, Any]:
        """What `from_arrays` reads."""
        rest = np.array([self.bias, self.threshold])
        return {"mean": self.mean, "scale": self.scale, "pull": self.pull, "rest": rest}

    @classmethod
    def from_arrays(cls, name: str, arrays: Arrays, count: int) -> "Certainty":
        """What `as_arrays` wrote, under names that begin with `name`.

        Of `count` measures those that were not known then, the last ones, pull nowhere.
        """
        bias, threshold = arrays[f"{name}_rest"].tolist()
        mean, scale, pull = (arrays[f"{name}_{one}"] for one in ("mean", "scale", "pull"))
        more = (0, count - len(pull))
        scale = np.pad(scale, more, constant_values=1.0)
        return cls(np.pad(mean, more), scale, np.pad(pull, more), bias, threshold)


@dataclass(frozen=True)
class Model:
    """See the module. `vectors` beside texts come from the embedder named `embedder`, or are None
    where there is none: then words alone decide.
    """

    intents: tuple[str, ...]
    words: Vocabulary
    pieces: Vocabulary
    coefficients: NDArray[np.float32] | NDArray[np.float16]
    """Of each feature (words, then pieces, then the numbers of the vector) for each intent, and
    last for belonging nowhere where strangers were learned; in a file, and of one that was read,
    in half precision."""
    bias: NDArray[np.float32]
    memory: Memory | None
    embedder: str | None
    certainty: Certainty
    beside: Certainty | None = None
    """How likely a message is about an intent behind the best too; None where no example tells."""
    about: dict[str, Any] = field(default_factory=dict)
    """How it was made and how well it did, for people."""

    def guess(
        self, texts: Sequence[str], vectors: Vectors | None = None, *, least: float = 0.5
    ) -> list[Guess]:
        """What each text is about; further intents are those that are at least so likely."""
        if not texts:
            return []
        scores, measures = self.judge(taken_apart(texts), vectors)
        sure = self.certainty.of(measures)
        best = np.argmax(scores, axis=1)
        known = sure >= self.certainty.threshold
        further = self._further(scores, vectors, least)
        return [
            Guess(self.intents[at], float(how), is_known, beside if is_known else ())
            for at, how, is_known, beside in zip(
                best.tolist(), sure.tolist(), known.tolist(), further, strict=True
            )
        ]

    def _further(
        self, scores: NDArray[np.float32], vectors: Vectors | None, least: float
    ) -> list[tuple[Further, ...]]:
        if self.beside is None:
            return [()] * len(scores)
        places, measures = self.runners(scores, vectors)
        likely = [self.beside.of(of_one).tolist() for of_one in measures]
        return [
            tuple(
                Further(self.intents[at], how)
                for how, at in sorted(zip(hows, ats, strict=True), reverse=True)
                if how >= least
            )
            for ats, hows in zip(places.tolist(), likely, strict=True)
        ]

    def runners(
        self, scores: NDArray[np.float32], vectors: Vectors | None
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The intents behind the best of each text, and what is measured of each: `BESIDE`.

        Returns:
            Their numbers, texts x RUNNERS (fewer where there are fewer), and texts x RUNNERS x 3.
        """
        places = np.argsort(-scores, axis=1, kind="stable")[:, 1 : RUNNERS + 1]
        own = np.take_along_axis(scores, places, axis=1)
        behind = scores.max(axis=1, keepdims=True) - own
        near = np.zeros_like(own)
        if vectors is not None and self.memory is not None:
            near = np.take_along_axis(vectors @ self.memory.centres.T, places, axis=1)
        return places, np.stack([own, behind, near], axis=2).astype(np.float32)

    def without(self, sources: Collection[bytes]) -> "Model":
        """The same without what it remembers of the examples from these sources."""
        if self.memory is None:
            return self
        return replace(self, memory=self.memory.without(sources))

    def judge(
        self, splits: Sequence[Split], vectors: Vectors | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The score of every intent for each text, and the measures of certainty."""
        weighed = [(self.words.weigh(one.words), self.pieces.weigh(one.pieces)) for one in splits]
        scores = np.stack([self._scores(*one) for one in weighed])
        if vectors is not None and self.memory is not None:
            behind = self.coefficients[len(self.words) + len(self.pieces) :]
            scores += vectors @ behind.astype(np.float32, copy=False)
        counts = np.array([len(one.words) for one in splits], np.float32)
        known = np.array([len(said.places) for said, _ in weighed], np.float32)
        measures = self.measures(scores, counts, known, vectors)
        return scores[:, : len(self.intents)], measures

    def _scores(self, said: Sparse, spelt: Sparse) -> NDArray[np.float32]:
        found: NDArray[np.float32] = self.bias + said.weights @ self._rows(said.places)
        found += spelt.weights @ self._rows(len(self.words) + spelt.places)
        return found

    def _rows(self, places: NDArray[np.int32]) -> NDArray[np.float32]:
        return self.coefficients[places].astype(np.float32, copy=False)

    def measures(
        self,
        scores: NDArray[np.float32],
        counts: NDArray[np.float32],
        known: NDArray[np.float32],
        vectors: Vectors | None,
    ) -> NDArray[np.float32]:
        """What certainty goes by: `MEASURES` of each text, of `counts` words, so many `known`."""
        count = len(self.intents)
        outside = np.zeros(len(scores), np.float32)
        if scores.shape[1] > count:
            outside, scores = scores[:, count], scores[:, :count]
        ordered = np.sort(scores, axis=1)
        top, second = ordered[:, -1], ordered[:, -2] if scores.shape[1] > 1 else ordered[:, -1] - 1
        shares = np.exp(3 * (scores - top[:, None]))
        shares /= shares.sum(axis=1, keepdims=True)
        disorder = -np.sum(shares * np.log(shares + 1e-9), axis=1)
        likeness = np.zeros((len(scores), 5), np.float32)
        if vectors is not None and self.memory is not None:
            likeness = self.memory.likeness(vectors, np.argmax(scores, axis=1))
        strangeness = 1 - known / np.maximum(counts, 1)
        *like, stranger = likeness.T
        columns = (
            *(top, top - second, disorder, *like),
            *(np.log1p(counts), strangeness, outside, stranger),
        )
        return np.stack(columns, axis=1).astype(np.float32)

    def written(self) -> bytes:
        """The bytes of a file that `read` takes."""
        told = {
            "intents": self.intents,
            "embedder": self.embedder,
            "about": self.about,
        }
        arrays: dict[str, Any] = {
            "coefficients": self.coefficients.astype(np.float16),
            "bias": self.bias,
            **{f"certainty_{name}": value for name, value in self.certainty.as_arrays().items()},
            **self.words.as_arrays("words"),
            **self.pieces.as_arrays("pieces"),
        }
        if self.memory is not None:
            small = np.round(self.memory.vectors * 127).astype(np.int8)
            arrays |= {"memory": small, "memory_intents": self.memory.intents}
            if self.memory.sources is not None:
                arrays["memory_sources"] = self.memory.sources
        if self.beside is not None:
            arrays |= {f"beside_{name}": value for name, value in self.beside.as_arrays().items()}
        return pack(FORM, told, arrays)


def read(content: bytes | Path) -> Model:
    """The model of a file.

    Raises:
        ModelUnreadable: see there.
    """
    return unpack(content, FORM, _built, oldest=OLDEST)


def _built(told: Mapping[str, Any], arrays: Arrays) -> Model:
    memory, count = None, len(told["intents"])
    if "memory" in arrays:
        vectors = arrays["memory"].astype(np.float32) / np.float32(127)
        sources = arrays.get("memory_sources")
        memory = Memory.of(vectors, arrays["memory_intents"], count, sources)
    return Model(
        intents=tuple(told["intents"]),
        words=Vocabulary.from_arrays("words", arrays),
        pieces=Vocabulary.from_arrays("pieces", arrays),
        coefficients=arrays["coefficients"],
        bias=arrays["bias"],
        memory=memory,
        embedder=told["embedder"],
        certainty=Certainty.from_arrays("certainty", arrays, len(MEASURES)),
        beside=Certainty.from_arrays("beside", arrays, len(BESIDE))
        if "beside_rest" in arrays
        else None,
        about=told["about"],
    )
