"""Learning which feelings a text shows, from GoEmotions (Demszky et al. 2020).

Each label is learned against all others: by logistic regression on words and pieces of words, and
by another one on vectors, whose scores are added with less weight.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from rapport.ai.triage.emotion.model import LABELS, Model
from rapport.ai.triage.intents.analysis import Split, Vocabulary
from rapport.ai.triage.linear import Floats, Linear
from rapport.ai.triage.matrices import matrix
from rapport.ai.triage.splitting import split

FOLDS: Final = 3
_MOST_WORDS, _MOST_PIECES = 40_000, 30_000
_SOFTNESS: Final = 1.0
_SOFTNESS_OF_VECTORS: Final = 5.0
"""The inverse strength of the regularisation."""
_WEIGHT_OF_VECTORS: Final = 0.35
"""All of these were chosen by cross-validation on the part `train`."""

_TOLERANCE: Final = {"liblinear": 1e-2, "lbfgs": 1e-6}
"""One is of all texts, the other of their mean, in which a label of few texts is hardly felt."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts and the labels of each: len(texts) x 28."""

    texts: Sequence[str]
    labels: NDArray[np.bool_]


def texts_of(file: Path) -> Texts:
    """The texts of a file of GoEmotions: text, numbers of labels with commas, id, by tabs."""
    rows = [line.split("\t") for line in file.read_text("utf-8").split("\n") if line.strip()]
    labels = np.zeros((len(rows), len(LABELS)), np.bool_)
    for at, row in enumerate(rows):
        labels[at, [int(number) for number in row[1].split(",")]] = True
    return Texts([row[0] for row in rows], labels)


def learn(
    material: Texts, vectors: Floats, embedder: str, *, report: Progress = lambda _: None
) -> Model:
    """A model of these texts; their vectors, one row per text, are of the embedder so named.

    The thresholds are those with the best F1 of each label where a third of the texts is scored by
    what was learned from the others.
    """
    splits = [split(text) for text in material.texts]
    fold = np.random.default_rng(0).integers(0, FOLDS, len(splits))
    said = np.zeros(material.labels.shape, np.float32)
    seen = np.zeros(material.labels.shape, np.float32)
    for number in range(FOLDS):
        report(f"Part {number + 1} of {FOLDS + 1}")
        shown, hidden = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        fitted = _fitted([splits[at] for at in shown], vectors[shown], material.labels[shown])
        tried = [splits[at] for at in hidden]
        said[hidden], seen[hidden] = fitted.scores(tried, vectors[hidden])
    report(f"Part {FOLDS + 1} of {FOLDS + 1}")
    whole = _fitted(splits, vectors, material.labels)
    thresholds, f1 = _thresholds(said + seen, material.labels)
    of_words, f1_of_words = _thresholds(said, material.labels)
    about = {
        "texts": len(splits),
        "macro_f1_cross_validated": round(f1, 4),
        "macro_f1_cross_validated_of_words": round(f1_of_words, 4),
    }
    return Model(whole.linear(), thresholds, of_words, embedder, about)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Weights as they were learned: of words and pieces, and of the numbers of the vector."""

    words: Vocabulary
    pieces: Vocabulary
    weights: Floats
    bias: Floats
    of_vector: Floats
    """Without a bias: it would only move the thresholds."""

    def scores(self, splits: Sequence[Split], vectors: Floats) -> tuple[Floats, Floats]:
        """What words and pieces say, and what vectors add."""
        features = matrix(splits, self.words, self.pieces)
        return features @ self.weights + self.bias, vectors @ self.of_vector

    def linear(self) -> Linear:
        weights = np.concatenate([self.weights, self.of_vector])
        return Linear.of(self.words, self.pieces, weights, self.bias)


def _fitted(splits: Sequence[Split], vectors: Floats, labels: NDArray[np.bool_]) -> _Fitted:
    words = Vocabulary.of([one.words for one in splits], least=2, most=_MOST_WORDS)
    pieces = Vocabulary.of([one.pieces for one in splits], least=3, most=_MOST_PIECES)
    weights, bias = _lines(matrix(splits, words, pieces), labels, _SOFTNESS, "liblinear")
    of_vector, _ = _lines(vectors, labels, _SOFTNESS_OF_VECTORS, "lbfgs")
    return _Fitted(words, pieces, weights, bias, _WEIGHT_OF_VECTORS * of_vector)


def _lines(
    features: csr_matrix | Floats, labels: NDArray[np.bool_], softness: float, solver: str
) -> tuple[Floats, Floats]:
    """The weights of each feature for each label, and the bias of each label."""
    weights, bias = list[Any](), list[float]()
    for column in labels.T:
        line = LogisticRegression(C=softness, solver=solver, tol=_TOLERANCE[solver], max_iter=500)
        line.fit(features, column)
        weights.append(line.coef_[0])
        bias.append(float(line.intercept_[0]))
    return np.stack(weights, axis=1).astype(np.float32), np.array(bias, np.float32)


def _thresholds(scores: Floats, labels: NDArray[np.bool_]) -> tuple[Floats, float]:
    """The threshold of each label with its best F1, and the mean of these."""
    found = [_best(one, truth) for one, truth in zip(scores.T, labels.T, strict=True)]
    limits = np.array([limit for limit, _ in found], np.float32)
    return limits, float(np.mean([f1 for _, f1 in found]))


def _best(scores: Floats, truth: NDArray[np.bool_]) -> tuple[float, float]:
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(truth[order])
    f1 = 2 * right / (np.arange(1, len(truth) + 1) + truth.sum())
    at = int(np.argmax(f1))
    below = scores[order[min(at + 1, len(order) - 1)]]
    return float((scores[order[at]] + below) / 2), float(f1[at])
