"""A line for each intent: how much each feature speaks for it, learned from examples."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from rapport.ai.triage.intents.analysis import Sparse
from rapport.ai.triage.intents.memory import Vectors

_NEAR: Final = 1.2
"""Behind -1 a text does not press on the border of a support-vector machine."""


def fitted_lines(
    features: csr_matrix, first: NDArray[np.int32], whose: NDArray[np.bool_], *, is_few: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The coefficients of each feature for each intent, and the bias of each intent.

    All intents are learned at once, as if each text were about its `first`. Where texts are about
    several, an intent that this would teach that one of its own is another's is learned anew by
    itself, from its own texts and those near its border: others press on none. Of few examples
    every intent is, from all texts, for borders drawn between all at once compare with nothing.
    """
    machine: Any
    if is_few:
        machine = LogisticRegression(C=10.0, max_iter=500)
    else:
        machine = LinearSVC(C=1.0, dual=True, max_iter=2_000)
    count = whose.shape[1]
    lines = np.zeros((features.shape[1], count), np.float32)
    bias = np.zeros(count, np.float32)
    if not features.shape[1] or len(np.unique(first)) < 2:
        return lines, bias  # there is nothing to tell apart, or nothing to tell it by
    alone = _misled(first, whose)
    if not (is_few and alone):
        machine.fit(features, first)
        found, offsets = machine.coef_, machine.intercept_
        if len(machine.classes_) == 2:  # of two, only one line is told
            found, offsets = np.concatenate([-found, found]), np.concatenate([-offsets, offsets])
        lines[:, machine.classes_], bias[machine.classes_] = found.T, offsets
    anew = list(range(count)) if is_few and alone else alone
    scores = features @ lines[:, anew] + bias[anew]
    for intent, of_all in zip(anew, scores.T, strict=True):
        near = np.nonzero(whose[:, intent] | (of_all > -_NEAR))[0]
        if not whose[near, intent].all():
            machine.fit(features[near], whose[near, intent])
            lines[:, intent], bias[intent] = machine.coef_[0], machine.intercept_[0]
    return lines, bias


def _misled(first: NDArray[np.int32], whose: NDArray[np.bool_]) -> list[int]:
    """The intents that some text is about besides its first."""
    besides = whose.copy()
    besides[np.arange(len(first)), first] = False
    found: list[int] = np.nonzero(besides.any(axis=0))[0].tolist()
    return found


def matrix(
    said: Sequence[Sparse],
    spelt: Sequence[Sparse],
    vectors: Vectors | None,
    sizes: tuple[int, int],
) -> csr_matrix:
    """Texts by features: words, pieces, and the numbers of the vectors."""
    by_word, by_piece = sizes
    dimensions = 0 if vectors is None else vectors.shape[1]
    behind = np.arange(by_word + by_piece, by_word + by_piece + dimensions, dtype=np.int32)
    places, weights, ends = list[Any](), list[Any](), [0]
    for at, (one, other) in enumerate(zip(said, spelt, strict=True)):
        row = [one.places, other.places + by_word, behind]
        values = [one.weights, other.weights]
        values.append(np.empty(0, np.float32) if vectors is None else vectors[at])
        places += row
        weights += values
        ends.append(ends[-1] + sum(len(part) for part in row))
    shape = (len(said), by_word + by_piece + dimensions)
    return csr_matrix((np.concatenate(weights), np.concatenate(places), ends), shape=shape)
