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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rapport.ai.triage.intents.analysis import Vocabulary, pieces, words
from rapport.ai.triage.intents.lines import fitted_lines, matrix
from rapport.ai.triage.intents.material import NOWHERE, Material, TooFewExamples
from rapport.ai.triage.intents.memory import Memory, Vectors
from rapport.ai.triage.intents.model import BESIDE, MEASURES, Certainty, Model

__all__ = ["NOWHERE", "Material", "TooFewExamples", "learn"]

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
    trials: list[_Trial] = []
    for number, (shown, hidden, unknown) in enumerate(_folds(material, known, seed)):
        model = _fitted(material.part(shown).unaware_of(unknown))
        tried = [one for one in (hidden, strangers[number::FOLDS]) if one]
        trials += [_Trial.of(model, material.part(places)) for places in tried]
        tell((number + 1) / (FOLDS + 1))
    model = replace(
        _fitted(material.part(known)),
        certainty=_certain(
            np.concatenate([one.measures for one in trials]),
            np.concatenate([one.rights for one in trials]),
            np.concatenate([one.strange for one in trials]),
        ),
        beside=_besides(
            np.concatenate([one.beside for one in trials]),
            np.concatenate([one.are_further for one in trials]),
        ),
    )
    tell(1.0)
    return replace(model, about={"examples": len(known), "strangers": len(strangers)})


@dataclass(frozen=True, slots=True)
class _Trial:
    """How a model did on texts it was not shown; the last two for each intent behind the best."""

    measures: NDArray[np.float32]
    rights: NDArray[np.bool_]
    strange: NDArray[np.bool_]
    beside: NDArray[np.float32]
    are_further: NDArray[np.bool_]

    @classmethod
    def of(cls, model: Model, tried: Material) -> "_Trial":
        scores, measures = model.judge(tried.texts, tried.vectors)
        said = np.argmax(scores, axis=1).tolist()
        about = [tried.all_of(at) for at in range(len(said))]
        behind, beside = model.runners(scores, tried.vectors)
        return cls(
            measures,
            np.array([model.intents[one] in them for one, them in zip(said, about, strict=True)]),
            np.array([one == NOWHERE for one in tried.intents]),
            beside.reshape(-1, len(BESIDE)),
            np.array(
                [
                    model.intents[one] in them
                    for them, others in zip(about, behind.tolist(), strict=True)
                    for one in others
                ],
                np.bool_,
            ),
        )


def _folds(
    material: Material, known: Sequence[int], seed: int
) -> Iterator[tuple[list[int], list[int], set[str]]]:
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
        yield shown, hidden, unknown


def _fitted(material: Material) -> Model:
    """A model without a sense of certainty yet."""
    about = [sorted(material.all_of(at)) for at in range(len(material.texts))]
    intents = tuple(sorted({one for them in about for one in them}))
    number = {intent: at for at, intent in enumerate(intents)}
    first = np.array([number[one] for one in material.intents], np.int32)
    is_few = material.vectors is not None and len(first) < FEW * len(intents)
    said = _shared(words(one) for one in material.texts)
    spelt = _shared(pieces(one) for one in material.texts)
    writers = material.writers
    by_word = Vocabulary.of(said, least=1, most=0 if is_few else _MOST_WORDS, writers=writers)
    by_piece = Vocabulary.of(spelt, least=2, most=0 if is_few else _MOST_PIECES, writers=writers)
    features = matrix(
        [by_word.weigh(one) for one in said],
        [by_piece.weigh(one) for one in spelt],
        material.vectors,
        (len(by_word), len(by_piece)),
    )
    whose = np.zeros((len(first), len(intents)), np.bool_)
    for at, them in enumerate(about):
        whose[at, [number[one] for one in them]] = True
    coefficients, bias = fitted_lines(features, first, whose, is_few=is_few)
    memory = None
    if material.vectors is not None:
        memory = _remembered(material, material.vectors, whose)
        coefficients[len(by_word) + len(by_piece) :] += memory.centres.T
    unsure = Certainty(
        np.zeros(len(MEASURES), np.float32),
        np.ones(len(MEASURES), np.float32),
        np.zeros(len(MEASURES), np.float32),
        0.0,
        0.5,
    )
    return Model(intents, by_word, by_piece, coefficients, bias, memory, material.embedder, unsure)


def _shared(texts: Iterable[Sequence[str]]) -> list[list[str]]:
    """The same features, each kept once however many texts have it: a tenth of the memory."""
    known: dict[str, str] = {}
    return [[known.setdefault(one, one) for one in text] for text in texts]


def _remembered(material: Material, vectors: Vectors, whose: NDArray[np.bool_]) -> Memory:
    """Each text once for every intent that it is about."""
    places, intents = np.nonzero(whose)
    sources = None
    if material.sources is not None:
        joined = np.frombuffer(b"".join(material.sources), np.uint8)
        sources = joined.reshape(-1, 16)[places]
    return Memory.of(vectors[places], intents.astype(np.int32), whose.shape[1], sources)


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


def _besides(measures: NDArray[np.float32], are_further: NDArray[np.bool_]) -> Certainty | None:
    """How measures of an intent behind the best tell that a text is about it too."""
    if are_further.all() or not are_further.any():
        return None
    mean, scale = measures.mean(axis=0), measures.std(axis=0)
    scale[scale < 1e-6] = 1.0
    line = LogisticRegression(C=1.0, max_iter=1_000)
    line.fit((measures - mean) / scale, are_further)
    return Certainty(mean, scale, line.coef_[0].astype(np.float32), float(line.intercept_[0]), 0.5)


def _best(rights: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    """The threshold that refuses best (F1) where one message in `1 / NOWHERE_SHARE` is strange."""
    tried = np.unique(np.concatenate([rights, others]))
    lost = np.searchsorted(np.sort(rights), tried) / len(rights) * (1 - NOWHERE_SHARE)
    caught = np.searchsorted(np.sort(others), tried) / len(others) * NOWHERE_SHARE
    f1 = 2 * caught / (caught + lost + NOWHERE_SHARE)
    return float(tried[int(np.argmax(f1))])
