"""Learning what messages ask, from messages that people have read."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from rapport.ai.triage import concepts
from rapport.ai.triage.emotion.model import Model as Emotions
from rapport.ai.triage.intents.analysis import Split, Vocabulary
from rapport.ai.triage.linear import Floats, Linear
from rapport.ai.triage.matrices import matrix
from rapport.ai.triage.splitting import split
from rapport.ai.triage.urgency.model import (
    FLAGS,
    LEVELS,
    MOODS,
    OF_MOOD,
    QUESTIONS,
    Model,
    numbers_of,
)

MESSAGES: Final = Path(__file__).with_name("messages.jsonl")
FOLDS: Final = 5
_MOST_WORDS, _MOST_PIECES = 20_000, 20_000
_SOFTNESS: Final = 3.0
"""The inverse strength of the regularisation, chosen by cross-validation as are the weights of the
numbers in `model`.
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and what people found in it."""

    text: str
    language: str
    urgency: str
    emotion: str
    wants_human: bool
    flags: Sequence[str]


def shipped_messages() -> list[Message]:
    """The messages that come with the program, in six languages, written for it."""
    lines = MESSAGES.read_text("utf-8").splitlines()
    return [Message(**json.loads(line)) for line in lines]


@dataclass(frozen=True)
class _Rows:
    """Features and answers; the messages in English are there twice, with and without vectors."""

    splits: Sequence[Split]
    numbers: Floats
    answers: NDArray[np.bool_]
    """Of each row for each of the `QUESTIONS`."""
    fold: NDArray[np.int32]

    def part(self, which: NDArray[np.bool_]) -> "_Rows":
        chosen = np.flatnonzero(which)
        splits = [self.splits[at] for at in chosen.tolist()]
        return _Rows(splits, self.numbers[chosen], self.answers[chosen], self.fold[chosen])


def learn(messages: Sequence[Message], vectors: Floats, emotions: Emotions) -> Model:
    """A model of messages; `vectors` are of all of them, and looked at where they are English.

    The slopes and shifts, and the figures in `about`, are found by cross-validation: what a model
    says of messages that it was not shown.
    """
    rows = _rows(messages, vectors, emotions)
    scores = np.zeros(rows.answers.shape, np.float32)
    for number in range(FOLDS):
        shown = rows.fold != number
        linear = _fitted(rows.part(shown))
        for at in np.flatnonzero(~shown).tolist():
            scores[at] = linear.scores(rows.splits[at], rows.numbers[at])
    slope, shift = _calibrated(scores, rows.answers)
    languages = np.array([message.language for message in messages])
    about = _figures(scores[: len(messages)], rows.answers[: len(messages)], languages)
    return Model(_fitted(rows), slope, shift, {"messages": len(messages), **about})


def _rows(messages: Sequence[Message], vectors: Floats, emotions: Emotions) -> _Rows:
    splits = [split(message.text) for message in messages]
    spoken = [concepts.found_in(message.text, message.language) for message in messages]
    english = np.array([message.language == "en" for message in messages])
    numbers = [
        numbers_of(said, vector, emotions.scores(parts, vector))
        if is_english
        else numbers_of(said, None, None)
        for said, vector, parts, is_english in zip(spoken, vectors, splits, english, strict=True)
    ]
    again = np.flatnonzero(english)
    numbers += [numbers_of(spoken[at], None, emotions.scores(splits[at], None)) for at in again]
    answers = np.array([[*_answers(message)] for message in messages])
    fold = np.random.default_rng(7).integers(0, FOLDS, len(messages)).astype(np.int32)
    return _Rows(
        [*splits, *(splits[at] for at in again)],
        np.stack(numbers),
        np.concatenate([answers, answers[again]]),
        np.concatenate([fold, fold[again]]),
    )


def _answers(message: Message) -> list[bool]:
    return [
        *(message.urgency == level for level in LEVELS),
        *(message.emotion == mood for mood in MOODS),
        message.wants_human,
        *(flag in message.flags for flag in FLAGS),
    ]


def _fitted(rows: _Rows) -> Linear:
    words = Vocabulary.of([one.words for one in rows.splits], least=2, most=_MOST_WORDS)
    pieces = Vocabulary.of([one.pieces for one in rows.splits], least=3, most=_MOST_PIECES)
    features = matrix(rows.splits, words, pieces, rows.numbers)
    levels, moods = len(LEVELS), len(LEVELS) + len(MOODS)
    parts = [
        _several(features, rows.answers[:, :levels]),
        _several(features, rows.answers[:, levels:moods]),
        *(_one(features, rows.answers[:, at]) for at in range(moods, len(QUESTIONS))),
    ]
    weights = np.concatenate([part for part, _ in parts], axis=1)
    bias = np.concatenate([part for _, part in parts])
    return Linear.of(words, pieces, weights.astype(np.float32), bias.astype(np.float32))


def _several(features: csr_matrix, answers: NDArray[np.bool_]) -> tuple[Any, Any]:
    """The weights and the biases of answers of which one is right."""
    line = LogisticRegression(C=_SOFTNESS, tol=1e-3, max_iter=300)
    line.fit(features, np.argmax(answers, axis=1))
    return line.coef_.T, line.intercept_


def _one(features: csr_matrix, answers: NDArray[np.bool_]) -> tuple[Any, Any]:
    line = LogisticRegression(C=_SOFTNESS, tol=1e-3, max_iter=300)
    line.fit(features, answers)
    return line.coef_.T, line.intercept_


def _calibrated(scores: Floats, answers: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The slope and shift of each question that make scores of unseen messages probabilities."""
    slope, shift = np.ones(len(QUESTIONS)), np.zeros(len(QUESTIONS))
    levels, moods = len(LEVELS), len(LEVELS) + len(MOODS)
    for group in (slice(0, levels), slice(levels, moods)):
        slope[group] = _steepness(scores[:, group], np.argmax(answers[:, group], axis=1))
    for at in range(moods, len(QUESTIONS)):
        line = LogisticRegression(C=100.0).fit(scores[:, [at]], answers[:, at])
        slope[at], shift[at] = line.coef_[0, 0], line.intercept_[0]
    return slope.astype(np.float32), shift.astype(np.float32)


def _steepness(scores: Floats, right: NDArray[np.intp]) -> float:
    """The factor with which the right one of several has the greatest likelihood."""

    def loss(factor: float) -> float:
        return float(log_loss(right, softmax(factor * scores, axis=1)))

    return float(minimize_scalar(loss, bounds=(0.1, 5.0), method="bounded").x)


def _figures(
    scores: Floats, answers: NDArray[np.bool_], languages: NDArray[np.str_]
) -> dict[str, Any]:
    """How well levels and emotions are told, what hurries, and the wish for a person."""
    levels, person = len(LEVELS), QUESTIONS.index("person")
    moods = slice(levels, levels + len(MOODS))
    shares = softmax(scores[:, :levels], axis=1)
    level = _same(shares.argmax(axis=1), answers[:, :levels].argmax(axis=1))
    emotion = _same(_emotions(softmax(scores[:, moods], axis=1)), _emotions(answers[:, moods]))
    urgent = np.asarray(answers[:, 2:levels].any(axis=1))
    hurried = shares[:, 2:].sum(axis=1)
    wished, said = answers[:, person], scores[:, person]
    figures: dict[str, dict[str, float]] = {}
    for language, at in _by_language(languages):
        found = {
            "auroc_urgent": roc_auc_score(urgent[at], hurried[at]),
            "auroc_wish": roc_auc_score(wished[at], said[at]),
            "accuracy_of_levels": level[at].mean(),
            "accuracy_of_emotions": emotion[at].mean(),
        }
        for name, figure in found.items():
            figures.setdefault(name, {})[language] = round(float(figure), 3)
    return figures


def _same(one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = np.equal(one, other)
    return same


def _emotions(moods: NDArray[Any]) -> NDArray[np.intp]:
    """Which emotion has the greatest share, by the shares of its moods."""
    known = sorted(set(OF_MOOD.values()))
    belongs = np.array([[OF_MOOD[mood] == emotion for emotion in known] for mood in MOODS])
    found: NDArray[np.intp] = np.argmax(moods @ belongs.astype(np.float32), axis=1)
    return found


def _by_language(languages: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    yield "all", np.ones(len(languages), np.bool_)
    for language in sorted(set(languages.tolist())):
        yield language, languages == language
