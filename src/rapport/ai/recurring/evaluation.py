"""How well problems are found, on questions whose intents are known."""

import asyncio
import csv
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, homogeneity_score, v_measure_score

from rapport.ai.recurring import grouping, openings, vectors
from rapport.ai.recurring.finding.repository import MOST_LOOSE
from rapport.ai.recurring.repository import REMEMBERED
from rapport.ai.recurring.vectors import Limits, Vectors
from rapport.inference.ports import Embedder

NOWHERE: Final = "oos"
"""What belongs to no intent."""
_A_LOOK: Final = 100
"""So many questions come between two looks."""
_SEED: Final = 1


def questions_in(file: Path) -> tuple[list[str], list[str]]:
    """The texts of a CSV file with the columns `text` and `intent` (or `label`), and these."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return [row["text"] for row in rows], [row.get("intent") or row["label"] for row in rows]


def examine(
    texts: Sequence[str], intents: Sequence[str], embedder: Embedder | None
) -> dict[str, Any]:
    """Let the questions come in an order drawn once, each of a customer of their own.

    `adjusted_rand`, `v_measure`, `homogeneity` and `purity` are of the conversations in problems,
    `adjusted_rand_of_all` counts each of the others as a problem of its own; `in_a_problem` is the
    share of questions that have an intent, `nowhere_in_a_problem` of those that have none.
    """
    order = np.random.default_rng(_SEED).permutation(len(texts))
    begun = time.perf_counter()
    asked = [openings.covered(texts[at], ()) for at in order]
    placed = asyncio.run(vectors.place(embedder, asked))
    marks = np.full(len(texts), -1)
    for space in sorted({one.space for one in placed}):
        here = [at for at, one in enumerate(placed) if one.space == space]
        found = _come_in(np.stack([placed[at].vector for at in here]), vectors.LIMITS[space])
        marks[here] = np.where(found < 0, -1, found + int(marks.max()) + 1)
    seconds = time.perf_counter() - begun
    truth = np.array([intents[at] for at in order], object)
    return {**_marked(marks, truth), "seconds": round(seconds, 1), "conversations": len(texts)}


def _come_in(matrix: Vectors, limits: Limits) -> NDArray[np.int64]:
    """The number of each one's problem, or -1, as the looks of the product find them."""
    marks = np.full(len(matrix), -1)
    faces = dict[int, Vectors]()
    merged = dict[int, int]()
    of_face = np.full(len(matrix), -1)
    for end in range(_A_LOOK, len(matrix) + _A_LOOK, _A_LOOK):
        loose = np.flatnonzero(marks[:end] < 0)[-MOST_LOOSE:]
        keys = list(faces)
        known = np.stack([faces[key] for key in keys]) if keys else matrix[:0]
        joined = grouping.join(matrix[loose], known, limits, [()] * len(loose))
        for one in joined:
            of_face[loose[one.row]] = keys[one.face]
        rest = np.delete(loose, [one.row for one in joined])
        for group in grouping.found(matrix[rest], rest.tolist(), limits):
            of_face[rest[group]] = len(merged)
            merged[len(merged)] = len(merged)
        for key in sorted(set(of_face[loose].tolist()) - {-1}):
            faces[key] = grouping.middle(matrix[np.flatnonzero(of_face == key)[-REMEMBERED:]])
        _merge(faces, merged, limits)
        marks = np.array([merged[face] if face >= 0 else -1 for face in of_face.tolist()])
    return marks


def _merge(faces: dict[int, Vectors], merged: dict[int, int], limits: Limits) -> None:
    keys, gone = sorted(faces), set[int]()
    for one, other in (
        grouping.alike(np.stack([faces[key] for key in keys]), limits) if keys else ()
    ):
        low, high = sorted((merged[keys[one]], merged[keys[other]]))
        if low != high and not {low, high} & gone:
            gone |= {low, high}
            merged.update({key: low for key, root in merged.items() if root == high})


def _marked(marks: NDArray[np.int64], truth: NDArray[Any]) -> dict[str, Any]:
    inside, real = marks >= 0, truth != NOWHERE
    alone = np.where(inside, marks, np.arange(len(marks)) + len(marks))
    most = [Counter(truth[marks == mark]).most_common(1)[0][1] for mark in set(marks[inside])]
    return {
        "adjusted_rand": _round(adjusted_rand_score(truth[inside], marks[inside])),
        "adjusted_rand_of_all": _round(adjusted_rand_score(truth[real], alone[real])),
        "v_measure": _round(v_measure_score(truth[inside], marks[inside])),
        "homogeneity": _round(homogeneity_score(truth[inside], marks[inside])),
        "purity": _round(sum(most) / max(1, int(inside.sum()))),
        "in_a_problem": _round(inside[real].mean()),
        "nowhere_in_a_problem": None if real.all() else _round(inside[~real].mean()),
        "problems": len(most),
        "intents": len(set(truth[real])),
    }


def _round(value: Any) -> float:
    return round(float(value), 4)
