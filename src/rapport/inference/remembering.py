"""An embedder that keeps the vectors of the texts it saw last."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rapport.inference.ports import Embedder

KEPT: Final = 8_192
"""12 MB of 384 numbers each."""


class Remembering:
    """An `Embedder` in front of another; keeps hashes and vectors, never a text.

    Sentences of an article are compared with question after question, and they seldom change.
    """

    def __init__(self, embedder: Embedder, *, kept: int = KEPT) -> None:
        """Ask `embedder` for what is not among the last `kept` texts."""
        self._embedder = embedder
        self._kept = kept
        self._vectors: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """See `Embedder.dimensions`."""
        return self._embedder.dimensions

    def speaks(self, locale: str) -> bool:
        """See `Embedder.speaks`."""
        return self._embedder.speaks(locale)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        keys = [hashlib.sha256(text.encode(errors="replace")).digest() for text in texts]
        known = {key: self._vectors[key] for key in keys if key in self._vectors}
        asked = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if asked:
            known |= zip(asked, await self._embedder.embed(list(asked.values())), strict=True)
        for key in keys:
            self._vectors[key] = known[key].copy() if key in asked else known[key]
            self._vectors.move_to_end(key)
        while len(self._vectors) > self._kept:
            self._vectors.popitem(last=False)
        empty = np.empty((0, self.dimensions), dtype=np.float32)
        return np.stack([known[key] for key in keys]) if keys else empty
