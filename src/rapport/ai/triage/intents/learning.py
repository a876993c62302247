"""Learning what messages are about, from examples.

Few examples of each intent are learned by logistic regression on vectors, many by a linear
support-vector machine on vectors and words. To either is added how near the centre of an intent's
examples a vector is: the mean says what a border drawn between examples does not.

What is not known is learned from strangers, messages that belong nowhere, and from intents that are
held back in turn: to a model that was not shown an intent, its messages are strangers too, though
nearer ones. Where there are `ENOUGH` strangers they press on the border of every intent, have a
border of their own, and are remembered.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rapport.ai.triage.intents.analysis import Split, Vocabulary, taken_apart
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
"""With so many messages that belong nowhere, they are learned from, and alone stand for others."""
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
    taught = strangers if len(strangers) >= ENOUGH else []
    splits = taken_apart(material.texts)
    trials: list[_Trial] = []
    for number, (shown, hidden, unknown) in enumerate(_folds(material, known, seed)):
        seen = [*shown, *(one for at, one in enumerate(taught) if at % FOLDS != number)]
        tried = [*hidden, *strangers[number::FOLDS]]
        model = _fitted(material.part(seen).unaware_of(unknown), [splits[at] for at in seen])
        trials.append(_Trial.of(model, material.part(tried), [splits[at] for at in tried]))
        tell((number + 1) / (FOLDS + 1))
    seen = [*known, *taught]
    model = replace(
        _fitted(material.part(seen), [splits[at] for at in seen]),
        certainty=_certain(
            np.concatenate([one.measures for one in trials]),
            np.concatenate([one.rights for one in trials]),
            np.concatenate([one.strange for one in trials]),
            np.concatenate([one.new for one in trials]),
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
    """Whether a text belongs nowhere."""
    new: NDArray[np.bool_]
    """Whether the model knows nothing of what a text is about."""
    beside: NDArray[np.float32]
    are_further: NDArray[np.bool_]

    @classmethod
    def of(cls, model: Model, tried: Material, splits: Sequence[Split]) -> "_Trial":
        scores, measures = model.judge(splits, tried.vectors)
        said = np.argmax(scores, axis=1).tolist()
        about = [tried.all_of(at) for at in range(len(said))]
        behind, beside = model.runners(scores, tried.vectors)
        return cls(
            measures,
            np.array([model.intents[one] in them for one, them in zip(said, about, strict=True)]),
            np.array([one == NOWHERE for one in tried.intents]),
            np.array([them.isdisjoint(model.intents) for them in about]),
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


def _fitted(material: Material, splits: Sequence[Split]) -> Model:
    """A model without a sense of certainty yet; `splits` are the texts, taken apart.

    Belonging nowhere is learned like an intent behind the others.
    """
    about = [sorted(material.all_of(at)) for at in range(len(material.texts))]
    intents = tuple(sorted({one for them in about for one in them} - {NOWHERE}))
    number = {intent: at for at, intent in enumerate(intents)} | {NOWHERE: len(intents)}
    first = np.array([number[one] for one in material.intents], np.int32)
    known = int(np.count_nonzero(first < len(intents)))
    is_few = material.vectors is not None and known < FEW * len(intents)
    said, spelt, writers = [s.words for s in splits], [s.pieces for s in splits], material.writers
    by_word = Vocabulary.of(said, least=1, most=0 if is_few else _MOST_WORDS, writers=writers)
    by_piece = Vocabulary.of(spelt, least=2, most=0 if is_few else _MOST_PIECES, writers=writers)
    features = matrix(
        [by_word.weigh(one) for one in said],
        [by_piece.weigh(one) for one in spelt],
        material.vectors,
        (len(by_word), len(by_piece)),
    )
    whose = np.zeros((len(first), len(intents) + (known < len(first))), np.bool_)
    for at, them in enumerate(about):
        whose[at, [number[one] for one in them]] = True
    coefficients, bias = fitted_lines(features, first, whose, is_few=is_few)
    memory = None
    if material.vectors is not None:
        memory = _remembered(material, material.vectors, whose, len(intents))
        coefficients[len(by_word) + len(by_piece) :, : len(intents)] += memory.centres.T
    unsure = Certainty(
        np.zeros(len(MEASURES), np.float32),
        np.ones(len(MEASURES), np.float32),
        np.zeros(len(MEASURES), np.float32),
        0.0,
        0.5,
    )
    return Model(intents, by_word, by_piece, coefficients, bias, memory, material.embedder, unsure)


def _remembered(
    material: Material, vectors: Vectors, whose: NDArray[np.bool_], count: int
) -> Memory:
    """Each text once for every one of `count` intents that it is about, and strangers."""
    places, intents = np.nonzero(whose)
    sources = None
    if material.sources is not None:
        joined = np.frombuffer(b"".join(material.sources), np.uint8)
        sources = joined.reshape(-1, 16)[places]
    return Memory.of(vectors[places], intents.astype(np.int32), count, sources)


def _certain(
    measures: NDArray[np.float32],
    rights: NDArray[np.bool_],
    strange: NDArray[np.bool_],
    new: NDArray[np.bool_],
) -> Certainty:
    """How measures tell right answers from others, and from where on an answer is given.

    With `ENOUGH` strangers nothing need stand for them: intents that were held back are left out,
    and the strangers weigh as if they were `NOWHERE_SHARE` of all.
    """
    weights = np.ones(len(rights))
    is_enough = strange.sum() >= ENOUGH
    if is_enough:
        kept = strange | ~new
        measures, rights, strange = measures[kept], rights[kept], strange[kept]
        share = NOWHERE_SHARE / (1 - NOWHERE_SHARE)
        weights = np.where(strange, share * (~strange).sum() / strange.sum(), 1.0)
    mean, scale = measures.mean(axis=0), measures.std(axis=0)
    scale[scale < 1e-6] = 1.0
    if rights.all() or not rights.any():
        return Certainty(mean, scale, np.zeros(len(MEASURES), np.float32), 2.0, 0.5)
    line = LogisticRegression(C=1.0, max_iter=1_000)
    line.fit((measures - mean) / scale, rights, sample_weight=weights)
    found = Certainty(mean, scale, line.coef_[0].astype(np.float32), float(line.intercept_[0]), 0.5)
    others = strange if is_enough else ~rights
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
