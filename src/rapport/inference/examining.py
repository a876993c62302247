"""Whether an embedding model does what search needs of it."""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from rapport.inference.ports import Embedder
from rapport.kernel.errors import RapportError

_QUESTION: Final = "How do I send something back?"
_ANSWER: Final = "Returning an item you bought"
_OTHER: Final = "Our office is closed on public holidays."
_SAME: Final = 0.999


@dataclass(frozen=True, slots=True)
class Findings:
    """What was seen: `faults` keep a model from being used, `doubts` do not."""

    name: str
    dimensions: int
    ms: float
    """For one question, once the model was loaded."""
    faults: tuple[str, ...]
    doubts: tuple[str, ...]


async def examine(model: Embedder) -> Findings:
    """Ask a model for a few texts and judge what it makes of them."""
    try:
        together = await model.embed([_QUESTION, _ANSWER, _OTHER])
        began = time.perf_counter()
        (alone,) = await model.embed([_QUESTION])
        ms = (time.perf_counter() - began) * 1_000
    except RapportError as error:
        return Findings(model.name, 0, 0.0, (error.detail,), ())
    question, answer, other = together
    faults, doubts = [], []
    if float(question @ alone) < _SAME:
        faults.append("The same text has another vector each time: is this an embedding model?")
    if float(question @ answer) <= float(question @ other):
        doubts.append("An English question lies nearer to another subject than to its answer.")
    if np.allclose(question, other, atol=1e-3):
        faults.append("Different texts have the same vector.")
    return Findings(model.name, model.dimensions, round(ms, 1), tuple(faults), tuple(doubts))
