"""How much a text is worded like unwanted mail: words and pairs of words, weighed by learning."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rapport.ai.triage.intents.analysis import Vocabulary, words

_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S{1,500}|[\w.+-]{1,64}@[\w.-]{1,200}", re.IGNORECASE
)


class Wording(NamedTuple):
    """What was learned: the features, what each says for unwanted mail, and where to begin."""

    vocabulary: Vocabulary
    coefficients: NDArray[np.float32]
    bias: float

    def score(self, features: Sequence[str]) -> float:
        """Above 0 what is rather unwanted, below what is rather a customer's."""
        known = self.vocabulary.weigh(features)
        return self.bias + float(known.weights @ self.coefficients[known.places])


def features(text: str) -> list[str]:
    """The words and pairs of words of a text, addresses left out: `links` looks at those."""
    return words(_ADDRESS.sub(" ", text))


@cache
def learned() -> Wording:
    """What `learning` wrote, as it is shipped."""
    held = files("rapport.ai.triage.spam").joinpath("wording.json").read_text("utf-8")
    told: Mapping[str, Any] = json.loads(held)
    names: Mapping[str, tuple[float, float]] = told["features"]
    telling = np.array([idf for idf, _ in names.values()], np.float32)
    coefficients = np.array([weight for _, weight in names.values()], np.float32)
    places = {name: place for place, name in enumerate(names)}
    return Wording(Vocabulary(places, telling), coefficients, told["bias"])
