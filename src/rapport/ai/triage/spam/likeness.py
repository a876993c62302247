"""Whether two texts are nearly the same, by fingerprints that can be kept and compared."""

from hashlib import blake2b
from itertools import pairwise
from typing import Final

import numpy as np

from rapport.ai.triage.entities.words import words_of

LEAST_WORDS: Final = 12
"""Shorter texts are often the same by chance: "where is my order"."""
NEAR: Final = 12
"""Texts whose fingerprints differ in at most so many bits are nearly the same."""
_MOST_CHARS: Final = 4_000


def fingerprint(text: str) -> int | None:
    """64 bits that nearly equal texts nearly share (simhash, Charikar 2002); None for short ones.

    Numbers are left out, so that a name or a price put in makes no other text of it.
    """
    words = [it.folded for it in words_of(text[:_MOST_CHARS]) if not it.folded.isdecimal()]
    if len(words) < LEAST_WORDS:
        return None
    parts = {*words, *(f"{one} {two}" for one, two in pairwise(words))}
    hashes = b"".join(blake2b(it.encode(), digest_size=8).digest() for it in parts)
    bits = np.unpackbits(np.frombuffer(hashes, np.uint8).reshape(len(parts), 8), axis=1)
    common = bits.sum(axis=0, dtype=np.int32) * 2 > len(parts)
    return int.from_bytes(np.packbits(common).tobytes(), "big")


def is_alike(one: int, other: int) -> bool:
    """Whether two fingerprints are of nearly the same text."""
    return (one ^ other).bit_count() <= NEAR
