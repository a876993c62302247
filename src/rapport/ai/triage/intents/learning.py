"""Learning what messages are about, from examples.

Few examples of each intent are learned by logistic regression on vectors, many by a linear
support-vector machine on vectors and words. To either is added how near the centre of an intent's
examples a vector is: the mean says what a border drawn between examples does not.

What is not known is learned from messages that belong nowhere, and from intents that are held back
in turn: to a model that was not shown an intent, its messages are strangers too, though nearer
ones.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from rapport.ai.triage.intents.analysis import Sparse, Vocabulary, pieces, words
from rapport.ai.triage.intents.model import MEASURES, Certainty, Memory, Model, Vectors

NOWHERE: Final = "oos"
"""The intent of examples that belong nowhere."""
FEW: Final = 30
"""Below so many examples an intent has, on average, vectors alone are learned from."""
FOLDS: Final = 3
HELD_BACK: Final = 0.1
"""The part of the intents that a fold does not know."""
NOWHERE_SHARE: Final = 0.2
"""The part of messages that is taken to belong nowhere."""
ENOUGH: Final = 50
"""With so many messages that belong nowhere, they alone decide where certainty begins."""
_MOST_WORDS, _MOST_PIECES = 60_000, 60_000


class TooFewExamples(ValueError):
    """Two intents with two examples each are the least to learn from."""


@dataclass(frozen=True, slots=True)
class Material:
    """Texts, what each is about, and their vectors where an embedder made some."""

    texts: Sequence[str]
    intents: Sequence[str]
    vectors: Vectors | None
    embedder: str | None = None

    def part(self, places: Sequence[int]) -> "Material":
        """Some of them."""
        return replace(
            self,
            texts=[self.texts[at] for at in places],
            intents=[self.intents[at] for at in places],
            vectors=None if self.vectors is None else self.vectors[list(places)],
        )


Progress = Callable[[float], None]


def learn(material: Material, *, progress: Progress | None = None, seed: int = 7) -> Model:
    """A model of these examples; `progress` is told the part that is done.

    Raises:
        TooFewExamples: see there.
    """
    tell = progress or (lambda _: None)
    known = [at for at, intent in enumerate(material.intents) if intent != NOWHERE]
    counts = Counter(material.intents[at] for at in known)
    if len([one for one in counts.values() if one > 1]) < 2:
        raise TooFewExamples
    strangers = [at for at, intent in enumerate(material.intents) if intent == NOWHERE]
    measures, rights = list[NDArray[np.float32]](), list[NDArray[np.bool_]]()
    strange = list[NDArray[np.bool_]]()
    for number, (shown, hidden) in enumerate(_folds(material, known, seed)):
        model = _fitted(material.part(shown))
        for places in (hidden, strangers[number::FOLDS]):
            if places:
                tried = material.part(places)
                scores, found = model.judge(tried.texts, tried.vectors)
                said = np.array(model.intents, object)[np.argmax(scores, axis=1)]
                measures.append(found)
                rights.append(said == np.array(tried.intents, object))
                strange.append(np.array(tried.intents, object) == NOWHERE)
        tell((number + 1) / (FOLDS + 1))
    certainty = _certain(np.concatenate(measures), np.concatenate(rights), np.concatenate(strange))
    model = replace(_fitted(material.part(known)), certainty=certainty)
    tell(1.0)
    return replace(model, about={"examples": len(known), "strangers": len(strangers)})


def _folds(
    material: Material, known: Sequence[int], seed: int
) -> Iterator[tuple[list[int], list[int]]]:
    """What each fold is shown, and what it is tried on: a third, and intents it does not know.

    Examples that stand beside one another are often one person's and much alike, so they stay
    together: a fold that had seen their neighbours would think itself surer than it is.
    """
    chance = random.Random(seed)  # noqa: S311 - which examples are tried is no secret
    of_intent: dict[str, list[int]] = {}
    for at in known:
        of_intent.setdefault(material.intents[at], []).append(at)
    intents = sorted(of_intent)
    chance.shuffle(intents)
    share = max(1, round(len(intents) * HELD_BACK)) if len(intents) > 4 else 0
    for number in range(FOLDS):
        unknown = set(intents[number * share : (number + 1) * share])
        shown, hidden = list[int](), list[int]()
        for intent, places in of_intent.items():
            start, end = (len(places) * edge // FOLDS for edge in (number, number + 1))
            if intent in unknown:
                hidden += places
            else:
                hidden += places[start:end]
                shown += [*places[:start], *places[end:]]
        yield shown, hidden


def _fitted(material: Material) -> Model:
    """A model without a sense of certainty yet."""
    intents = tuple(sorted(set(material.intents)))
    target = np.array([intents.index(one) for one in material.intents], np.int32)
    is_few = material.vectors is not None and len(target) < FEW * len(intents)
    said = [words(one) for one in material.texts]
    spelt = [pieces(one) for one in material.texts]
    by_word = Vocabulary.of(said, least=1, most=0 if is_few else _MOST_WORDS)
    by_piece = Vocabulary.of(spelt, least=2, most=0 if is_few else _MOST_PIECES)
    features = _matrix(
        [by_word.weigh(one) for one in said],
        [by_piece.weigh(one) for one in spelt],
        material.vectors,
        (len(by_word), len(by_piece)),
    )
    coefficients, bias = _line(features, target, len(intents), is_few=is_few)
    memory = None
    if material.vectors is not None:
        memory = Memory.of(material.vectors, target)
        coefficients[len(by_word) + len(by_piece) :] += memory.centres.T
    unsure = Certainty(
        np.zeros(len(MEASURES), np.float32),
        np.ones(len(MEASURES), np.float32),
        np.zeros(len(MEASURES), np.float32),
        0.0,
        0.5,
    )
    return Model(intents, by_word, by_piece, coefficients, bias, memory, material.embedder, unsure)


def _line(
    features: csr_matrix, target: NDArray[np.int32], count: int, *, is_few: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The coefficients of each feature for each intent, and the bias of each intent."""
    machine: Any
    if is_few:
        machine = LogisticRegression(C=10.0, max_iter=500)
    else:
        machine = LinearSVC(C=1.0, dual=True, max_iter=2_000)
    machine.fit(features, target)
    found, bias = machine.coef_, machine.intercept_
    if count == 2:  # of two, only one line is told
        found, bias = np.concatenate([-found, found]), np.concatenate([-bias, bias])
    return np.ascontiguousarray(found.T, np.float32), bias.astype(np.float32)


def _matrix(
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


def _certain(
    measures: NDArray[np.float32], rights: NDArray[np.bool_], strange: NDArray[np.bool_]
) -> Certainty:
    """How measures tell right answers from others, and from where on an answer is given."""
    mean, scale = measures.mean(axis=0), measures.std(axis=0)
    scale[scale < 1e-6] = 1.0
    if rights.all() or not rights.any():
        return Certainty(mean, scale, np.zeros(len(MEASURES), np.float32), 2.0, 0.5)
    line = LogisticRegression(C=1.0, max_iter=1_000)
    line.fit((measures - mean) / scale, rights)
    found = Certainty(mean, scale, line.coef_[0].astype(np.float32), float(line.intercept_[0]), 0.5)
    others = strange if strange.sum() >= ENOUGH else ~rights
    certainty = found.of(measures)
    return replace(found, threshold=_best(certainty[rights], certainty[others]))


def _best(rights: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    """The threshold that refuses best (F1) where one message in `1 / NOWHERE_SHARE` is strange."""
    tried = np.unique(np.concatenate([rights, others]))
    lost = np.searchsorted(np.sort(rights), tried) / len(rights) * (1 - NOWHERE_SHARE)
    caught = np.searchsorted(np.sort(others), tried) / len(others) * NOWHERE_SHARE
    f1 = 2 * caught / (caught + lost + NOWHERE_SHARE)
    return float(tried[int(np.argmax(f1))])
