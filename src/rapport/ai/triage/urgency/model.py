"""What a message asks of those who answer it: how soon, by whom, and in what mood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from rapport.ai.triage import concepts
from rapport.ai.triage.emotion.model import LABELS
from rapport.ai.triage.intents.analysis import Split
from rapport.ai.triage.linear import Floats, Linear
from rapport.ai.triage.packing import Arrays, ModelUnreadable, pack, unpack

FORM: Final = 1
"""Of the file; another form is not read."""
FILE: Final = Path(__file__).with_name("model.npz")
Level = Literal["low", "normal", "high", "critical"]
LEVELS: Final[tuple[Level, ...]] = ("low", "normal", "high", "critical")
Emotion = Literal["neutral", "anger", "distress", "confusion", "joy"]
OF_MOOD: Final[Mapping[str, Emotion]] = {
    "neutral": "neutral",
    "anger": "anger",
    "frustration": "anger",
    "anxiety": "distress",
    "sadness": "distress",
    "confusion": "confusion",
    "joy": "joy",
    "gratitude": "joy",
}
"""The emotion that each of the finer moods belongs to."""
FLAGS: Final = (
    "churn",
    "legal",
    "outage",
    "payment",
    "repeat",
    "safety",
    "security",
    "spam",
    "vulnerable",
)
MOODS: Final = tuple(OF_MOOD)
QUESTIONS: Final = (*LEVELS, *MOODS, "person", *FLAGS)
"""What is scored, in this order; of the levels one is right, and of the moods."""
_OF_LEVELS: Final = slice(0, len(LEVELS))
_OF_MOODS: Final = slice(len(LEVELS), len(LEVELS) + len(MOODS))
_OTHERS: Final = slice(len(LEVELS) + len(MOODS), len(QUESTIONS))
DIMENSIONS: Final = 384
"""Of the vectors."""
_MOST_TIMES: Final = 3
_CONCEPTS: Final = 1.0
_VECTOR: Final = 1.5
_FEELINGS: Final = 0.1
"""How much the numbers count beside the words, whose squares have the sum 1."""


class Asked(NamedTuple):
    """What a message asks, by probability; the levels have the sum 1, and so have the moods."""

    levels: Mapping[Level, float]
    moods: Mapping[str, float]
    person: float
    """That a person is wished for."""
    flags: Mapping[str, float]


@dataclass(frozen=True)
class Model:
    """Linear scores, and how they are made probabilities: a slope and a shift of each question."""

    linear: Linear
    slope: Floats
    shift: Floats
    about: Mapping[str, Any] = field(default_factory=dict)
    """How it was made and how well it did, for people."""

    def ask(self, split: Split, numbers: Floats) -> Asked:
        """What a message asks; `numbers` are made by `numbers_of`."""
        drawn = self.linear.scores(split, numbers) * self.slope + self.shift
        others = (1 / (1 + np.exp(-drawn[_OTHERS]))).tolist()
        return Asked(
            dict(zip(LEVELS, _shares(drawn[_OF_LEVELS]), strict=True)),
            dict(zip(MOODS, _shares(drawn[_OF_MOODS]), strict=True)),
            others[0],
            dict(zip(FLAGS, others[1:], strict=True)),
        )

    def written(self) -> bytes:
        """The bytes of a file that `read` takes."""
        told = {"questions": QUESTIONS, "about": self.about}
        bent = {"slope": self.slope, "shift": self.shift}
        return pack(FORM, told, bent | self.linear.as_arrays())


def read(content: bytes) -> Model:
    """The model of a file.

    Raises:
        ModelUnreadable: see there.
    """
    return unpack(content, FORM, _built)


def _built(told: Mapping[str, Any], arrays: Arrays) -> Model:
    if tuple(told["questions"]) != QUESTIONS:
        raise ModelUnreadable("The model asks other questions.")
    return Model(Linear.from_arrays(arrays), arrays["slope"], arrays["shift"], told["about"])


@cache
def shipped() -> Model:
    """The model that comes with the program; see the README beside it."""
    return read(FILE.read_bytes())


def numbers_of(spoken: Sequence[str], vector: Floats | None, feelings: Floats | None) -> Floats:
    """The plain numbers of a message, for `Model.ask`.

    `spoken` are its concepts; `vector` and `feelings` (the scores of `emotion.model`) are zeros
    where there is no vector, or the language is not the one they are for.
    """
    names = concepts.names()
    counts = np.array([min(_MOST_TIMES, spoken.count(name)) for name in names], np.float32)
    return np.concatenate(
        [
            _CONCEPTS * np.log1p(counts),
            np.zeros(DIMENSIONS, np.float32) if vector is None else _VECTOR * vector,
            np.zeros(len(LABELS), np.float32) if feelings is None else _FEELINGS * feelings,
        ]
    ).astype(np.float32)


def _shares(drawn: Floats) -> list[float]:
    shares = np.exp(drawn - drawn.max())
    found: list[float] = (shares / shares.sum()).tolist()
    return found
