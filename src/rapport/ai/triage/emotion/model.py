"""Which of 28 feelings an English text shows; see the README beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from rapport.ai.triage.intents.analysis import Split
from rapport.ai.triage.linear import Floats, Linear
from rapport.ai.triage.packing import Arrays, ModelUnreadable, pack, unpack

FORM: Final = 1
"""Of the file; another form is not read."""
FILE: Final = Path(__file__).with_name("model.npz")
LABELS: Final = (
    "admiration",
    "amusement",
    "anger",
    "annoyance",
    "approval",
    "caring",
    "confusion",
    "curiosity",
    "desire",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "excitement",
    "fear",
    "gratitude",
    "grief",
    "joy",
    "love",
    "nervousness",
    "optimism",
    "pride",
    "realization",
    "relief",
    "remorse",
    "sadness",
    "surprise",
    "neutral",
)
"""The labels of GoEmotions, in the order of its numbers."""


@dataclass(frozen=True)
class Model:
    """Linear scores of each label, and from where on a label is given."""

    linear: Linear
    thresholds: Floats
    """Of each label, where a vector is at hand."""
    thresholds_of_words: Floats
    """Of each label, where words are all there is."""
    embedder: str
    about: Mapping[str, Any] = field(default_factory=dict)
    """How it was made and how well it did, for people."""

    def scores(self, split: Split, vector: Floats | None) -> Floats:
        """How much each of the `LABELS` shows, as the logarithm of its odds."""
        return self.linear.scores(split, vector)

    def labels(self, split: Split, vector: Floats | None) -> list[int]:
        """The numbers of the labels that a text has, at least the likeliest."""
        limits = self.thresholds_of_words if vector is None else self.thresholds
        beyond = self.scores(split, vector) - limits
        found: list[int] = np.flatnonzero(beyond > 0).tolist()
        return found or [int(np.argmax(beyond))]

    def written(self) -> bytes:
        """The bytes of a file that `read` takes."""
        told = {"labels": LABELS, "embedder": self.embedder, "about": self.about}
        limits = {"thresholds": self.thresholds, "thresholds_of_words": self.thresholds_of_words}
        return pack(FORM, told, limits | self.linear.as_arrays())


def read(content: bytes) -> Model:
    """The model of a file.

    Raises:
        ModelUnreadable: see there.
    """
    return unpack(content, FORM, _built)


def _built(told: Mapping[str, Any], arrays: Arrays) -> Model:
    if tuple(told["labels"]) != LABELS:
        raise ModelUnreadable("The model knows other labels.")
    return Model(
        Linear.from_arrays(arrays),
        arrays["thresholds"],
        arrays["thresholds_of_words"],
        told["embedder"],
        told["about"],
    )


@cache
def shipped() -> Model:
    """The model that comes with the program."""
    return read(FILE.read_bytes())
