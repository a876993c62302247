"""Opening questions as vectors: by their meaning where a model knows the language, and by words.

Vectors of two spaces are never compared. What is near enough was chosen on the validation parts of
two sets of intents (docs/reference/assistant-quality.md), never on a test part.
"""

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rapport.inference.language import service as languages
from rapport.inference.ports import Embedder
from rapport.kernel.folding import fold

Vectors = NDArray[np.float32]
WORDS: Final = "words/1"
DIMENSIONS: Final = 512
_WEIGHT: Final = 0.4
"""What the words count beside the meaning."""
_PIECE: Final = 0.35
"""What a piece of a word counts beside the whole, so that its forms lie close together."""
_SMALL: Final = 0.15
_UNSPACED: Final = 0x2E80
"""From this character on, scripts mostly put no space between words: pairs of signs count."""
_WORD: Final = re.compile(r"[^\W_]+")
_MAX_WORD: Final = 40
_SURE: Final = 0.6
"""Below it a language is not taken for granted: short English looks like many."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How near is near enough, as cosines.

    `found`: the mean between the halves of what becomes a problem. `join`: to a problem's middle.
    `merge`: between the middles of two problems that mean the same.
    """

    found: float
    join: float
    merge: float


LIMITS: Final = {
    f"all-MiniLM-L6-v2/int8/1+{WORDS}": Limits(found=0.5, join=0.55, merge=0.8),
    WORDS: Limits(found=0.45, join=0.5, merge=0.75),
}
"""By space. Of a model that is not here nobody knows what is near: words alone speak then."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A text in its space; `language` is null where it cannot be told."""

    language: str | None
    space: str
    vector: Vectors


async def place(embedder: Embedder | None, texts: Sequence[str]) -> list[Placed]:
    """Each text's vector of unit length and its space, in their order.

    Raises as `Embedder.embed` does.
    """
    tongues = [_language(text) for text in texts]
    meant = [at for at, code in enumerate(tongues) if _space(embedder, code) != WORDS]
    meanings: dict[int, Vectors] = {}
    if embedder is not None and meant:
        made = await embedder.embed([texts[at] for at in meant], background=True)
        meanings = dict(zip(meant, made, strict=True))
    return [
        Placed(code, _space(embedder, code), _joined(meanings.get(at), words(texts[at])))
        for at, code in enumerate(tongues)
    ]


def spoken(embedder: Embedder | None) -> tuple[set[str], set[str]]:
    """The spaces in use now, and the languages that are not placed by words alone."""
    codes = {code for code in languages.KNOWN if _space(embedder, code) != WORDS}
    return {WORDS, *(_space(embedder, code) for code in codes)}, codes


def words(text: str) -> Vectors:
    """The words of a text and their pieces, hashed into 512 numbers, of unit length.

    A text without a word is all zeros.
    """
    small = languages.small_words()
    vector = np.zeros(DIMENSIONS, np.float32)
    for word in _WORD.findall(fold(text)):
        weight = _SMALL if word in small else 1.0
        whole = f" {word[:_MAX_WORD]} "
        is_spaced = ord(word[0]) < _UNSPACED
        length = 4 if is_spaced else 2
        if is_spaced:
            _add(vector, whole, weight)
        for at in range(max(1, len(whole) - length + 1)):
            _add(vector, whole[at : at + length], weight * _PIECE)
    norm = float(np.linalg.norm(vector))
    return vector / norm if norm else vector


def _add(vector: Vectors, feature: str, weight: float) -> None:
    hashed = zlib.crc32(feature.encode())
    vector[hashed % DIMENSIONS] += weight if hashed >> 31 else -weight


def _joined(meaning: Vectors | None, said: Vectors) -> Vectors:
    if meaning is None:
        return said
    length = math.sqrt(1 + _WEIGHT**2 * float(said @ said))
    return np.concatenate([meaning, _WEIGHT * said]).astype(np.float32) / np.float32(length)


def _space(embedder: Embedder | None, language: str | None) -> str:
    if embedder is None or not embedder.speaks(language or "en"):
        return WORDS
    space = f"{embedder.name}+{WORDS}"
    return space if space in LIMITS else WORDS


def _language(text: str) -> str | None:
    guessed = languages.guess(text)
    return guessed.code if guessed.probability >= _SURE else None
