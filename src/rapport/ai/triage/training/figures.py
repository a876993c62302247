"""How well a model does on messages that were held back."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from rapport.ai.triage.intents.evaluation import guessed, refusing
from rapport.ai.triage.intents.learning import NOWHERE, Material
from rapport.ai.triage.intents.model import Guess, Model

WORST: Final = 20
"""So many pairs of intents are told that are taken for one another."""
BINS: Final = 10
"""Into so many parts certainty is divided to see whether it is what it says."""


def figures(model: Model, held: Material) -> dict[str, Any] | None:
    """See `schemas.FiguresOut`; None where nothing was held back.

    A message that is about several intents is rightly said to be about any of them.
    """
    if not held.texts:
        return None
    guesses = guessed(model, held)
    truth = [held.all_of(at) for at in range(len(guesses))]
    rights = np.array([g.intent in t for g, t in zip(guesses, truth, strict=True)], np.bool_)
    inside = np.array([NOWHERE not in one for one in truth], np.bool_)
    known = np.array([one.is_known for one in guesses], np.bool_)
    certainty = np.array([one.certainty for one in guesses])
    each = _each(guesses, truth)
    bins = _bins(certainty, rights)
    return {
        "count": len(guesses),
        "accuracy": _share(rights[inside].tolist()),
        "accuracy_with_refusals": _share((rights & known)[inside].tolist()),
        "macro_f1": _share([one["f1"] for one in each if one["count"]]),
        **_refusals(inside, known, certainty),
        "calibration_error": round(
            sum(one["count"] * abs(one["certainty"] - one["accuracy"]) for one in bins)
            / len(guesses),
            4,
        ),
        "calibration": bins,
        "intents": each,
        "confusions": _confusions(guesses, truth),
    }


def _refusals(inside: Any, known: Any, certainty: Any) -> dict[str, float | None]:
    if not inside.any():  # then there is nothing to tell strangers from
        return dict.fromkeys(("oos_recall", "oos_precision", "oos_f1", "oos_auroc"))
    return refusing(inside, known, certainty)


def _each(guesses: Sequence[Guess], truth: Sequence[set[str]]) -> list[dict[str, Any]]:
    """Precision, recall and F1 of each intent, refused messages included, the commonest first."""
    told, meant, right = Counter[str](), Counter[str](), Counter[str]()
    for guess, about in zip(guesses, truth, strict=True):
        said = {guess.intent, *(one.intent for one in guess.further)}
        told.update(said)
        meant.update(about)
        right.update(said & about)
    return [
        {
            "intent_id": intent,
            "count": meant[intent],
            "said": told[intent],
            "precision": _part(right[intent], told[intent]),
            "recall": _part(right[intent], meant[intent]),
            "f1": _part(2 * right[intent], told[intent] + meant[intent]),
        }
        for intent in sorted(told | meant, key=lambda one: (-meant[one], one))
        if intent != NOWHERE
    ]


def _confusions(guesses: Sequence[Guess], truth: Sequence[set[str]]) -> list[dict[str, Any]]:
    """Which intents were taken for which, the most frequent first; null belongs nowhere."""
    pairs = Counter(
        (min(about), guess.intent if guess.is_known else NOWHERE)
        for guess, about in zip(guesses, truth, strict=True)
        if (guess.intent if guess.is_known else NOWHERE) not in about
    )
    return [
        {"intent_id": _id(meant), "taken_for_id": _id(said), "count": count}
        for (meant, said), count in sorted(pairs.items(), key=lambda it: (-it[1], it[0]))[:WORST]
    ]


def _id(intent: str) -> str | None:
    return None if intent == NOWHERE else intent


def _bins(certainty: Any, rights: Any) -> list[dict[str, Any]]:
    """How often what was said with a certainty is right; empty parts are left out."""
    place = np.minimum((certainty * BINS).astype(int), BINS - 1)
    return [
        {
            "count": int((place == at).sum()),
            "certainty": round(float(certainty[place == at].mean()), 4),
            "accuracy": round(float(rights[place == at].mean()), 4),
        }
        for at in range(BINS)
        if (place == at).any()
    ]


def _part(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _share(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0
