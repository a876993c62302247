"""Many texts as one matrix, for those who learn from them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack

from rapport.ai.triage.intents.analysis import Sparse, Split, Vocabulary
from rapport.ai.triage.linear import Floats


def matrix(
    splits: Sequence[Split], words: Vocabulary, pieces: Vocabulary, numbers: Floats | None = None
) -> csr_matrix:
    """Texts by features, in the order of `Linear.weights`."""
    parts: list[Any] = [
        _rows([words.weigh(one.words) for one in splits], len(words)),
        _rows([pieces.weigh(one.pieces) for one in splits], len(pieces)),
    ]
    if numbers is not None:
        parts.append(csr_matrix(numbers))
    return csr_matrix(hstack(parts))


def _rows(weighed: Sequence[Sparse], width: int) -> csr_matrix:
    ends = np.cumsum([0, *(len(one.places) for one in weighed)])
    return csr_matrix(
        (
            np.concatenate([one.weights for one in weighed]),
            np.concatenate([one.places for one in weighed]),
            ends,
        ),
        shape=(len(weighed), width),
    )
