"""How well intents are recognised, on messages whose intents are known."""

import asyncio
import csv
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

from rapport.ai.triage.intents.learning import NOWHERE, Material, learn
from rapport.ai.triage.intents.memory import Vectors
from rapport.ai.triage.intents.model import Guess, Model
from rapport.inference.ports import Embedder

_AT_ONCE: Final = 256


def material_of(files: Sequence[Path], embedder: Embedder | None) -> Material:
    """The examples in CSV files with the columns `text` and `intent` (or `label`)."""
    texts, intents = list[str](), list[str]()
    for file in files:
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                texts.append(row["text"])
                intents.append(row.get("intent") or row["label"])
    vectors = None if embedder is None else asyncio.run(_embedded(embedder, texts))
    return Material(texts, intents, vectors, None if embedder is None else embedder.name)


async def _embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    return await embedder.embed(texts)


def examine(train: Material, test: Material) -> dict[str, Any]:
    """Learn from one, and try the other.

    `accuracy` is of the rows that belong somewhere, whatever the certainty; with
    `accuracy_with_refusals` one that is refused counts as wrong. The `oos` figures are about rows
    that belong nowhere: refusing them is right.
    """
    begun = time.perf_counter()
    model = learn(train)
    trained = time.perf_counter() - begun
    begun = time.perf_counter()
    guesses = guessed(model, test)
    seconds = time.perf_counter() - begun
    truth = np.array(test.intents, object)
    said = np.array([one.intent for one in guesses], object)
    known = np.array([one.is_known for one in guesses])
    certainty = np.array([one.certainty for one in guesses])
    inside = truth != NOWHERE
    right = said == truth
    return {
        "accuracy": _share(right[inside]),
        "accuracy_with_refusals": _share((right & known)[inside]),
        "macro_f1": round(float(f1_score(truth[inside], said[inside], average="macro")), 4),
        **refusing(inside, known, certainty),
        "train_s": round(trained, 1),
        "messages_per_s": round(len(guesses) / max(seconds, 1e-9)),
        "intents": len(model.intents),
        "examples": len(train.texts),
        "tested": len(guesses),
    }


def guessed(model: Model, test: Material) -> list[Guess]:
    """What the model says of each text; vectors of another embedder than its own are left out."""
    vectors = test.vectors if model.embedder == test.embedder else None
    test = replace(test, vectors=vectors)
    found: list[Guess] = []
    for start in range(0, len(test.texts), _AT_ONCE):
        part = test.part(range(start, min(start + _AT_ONCE, len(test.texts))))
        found += model.guess(part.texts, part.vectors)
    return found


def refusing(
    inside: NDArray[np.bool_], known: NDArray[np.bool_], certainty: NDArray[np.float64]
) -> dict[str, float | None]:
    """How well what belongs nowhere is refused; null where there is none of it."""
    if inside.all():
        return dict.fromkeys(("oos_recall", "oos_precision", "oos_f1", "oos_auroc"))
    refused, outside = ~known, ~inside
    recall = float((refused & outside).sum() / outside.sum())
    precision = float((refused & outside).sum() / max(1, refused.sum()))
    f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
    return {
        "oos_recall": round(recall, 4),
        "oos_precision": round(precision, 4),
        "oos_f1": round(f1, 4),
        "oos_auroc": round(float(roc_auc_score(inside, certainty)), 4),
    }


def _share(right: NDArray[np.bool_]) -> float:
    return round(float(right.mean()), 4) if len(right) else 0.0
