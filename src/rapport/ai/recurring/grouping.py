"""Which conversations speak of the same: joining what is known, and finding what is new.

Nothing here knows a database. The same vectors in the same order give the same answer.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rapport.ai.recurring.vectors import Limits, Vectors

LEAST: Final = 3
"""So many different customers make a problem."""


@dataclass(frozen=True, slots=True)
class Join:
    """That the conversation at `row` is near enough to the face at `face`; nearness is a cosine."""

    row: int
    face: int
    nearness: float


def middle(vectors: Vectors) -> Vectors:
    """The middle of some vectors, of unit length."""
    mean: Vectors = vectors.mean(axis=0)
    norm = float(np.linalg.norm(mean))
    return mean / np.float32(norm) if norm else mean


def join(
    vectors: Vectors, faces: Vectors, limits: Limits, barred: Sequence[Collection[int]]
) -> list[Join]:
    """Each conversation that is near enough to a face, with the nearest.

    `vectors` are conversations x dimensions, `faces` faces x dimensions, and `barred` tells for
    each conversation which faces it may not join. Of two equally near faces the first is taken.
    """
    if not len(vectors) or not len(faces):
        return []
    near = vectors @ faces.T
    for row, places in enumerate(barred):
        near[row, list(places)] = -1
    best = near.argmax(axis=1)
    return [
        Join(row, int(face), float(near[row, face]))
        for row, face in enumerate(best)
        if near[row, face] >= limits.join
    ]


def found(vectors: Vectors, customers: Sequence[Hashable], limits: Limits) -> list[list[int]]:
    """Groups of conversations that lie close together, each of at least 3 different customers.

    By average linkage: two groups become one as long as the mean cosine between them is at least
    `limits.found`. Time and memory grow with the square of the number of conversations.
    """
    if len(vectors) < LEAST:
        return []
    # Imported only here: a process that founds nothing does without 30 MB.
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415

    rows, columns = np.triu_indices(len(vectors), 1)
    apart = np.clip(1 - (vectors @ vectors.T)[rows, columns], 0, 2).astype(np.float64)
    marks: NDArray[np.int32] = fcluster(linkage(apart, "average"), 1 - limits.found, "distance")
    groups: dict[int, list[int]] = {}
    for row, mark in enumerate(marks):
        groups.setdefault(int(mark), []).append(row)
    return [
        group
        for group in sorted(groups.values())
        if len({customers[row] for row in group}) >= LEAST
    ]


def alike(faces: Vectors, limits: Limits) -> list[tuple[int, int]]:
    """Pairs of faces that mean the same, the nearest first, each with the earlier one first."""
    if len(faces) < 2:
        return []
    near = np.triu(faces @ faces.T, 1)
    rows, columns = np.nonzero(near >= limits.merge)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-float(near[pair]), pair))
