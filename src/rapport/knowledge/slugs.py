"""Names in addresses."""

import re
from collections.abc import Set as AbstractSet
from typing import Final

from rapport.kernel.folding import fold

_MAX_CHARS: Final = 80
_NOT_LETTERS = re.compile(r"[\W_]+")


def slugify(title: str) -> str:
    """A name for addresses: lower-case words joined by hyphens, letters of any script; never empty.

    At most 80 characters, cut between words.
    """
    slug = _NOT_LETTERS.sub("-", fold(fold(title))).strip("-")
    if len(slug) > _MAX_CHARS:
        slug = slug[: _MAX_CHARS + 1].rpartition("-")[0] or slug[:_MAX_CHARS]
    return slug or "untitled"


def unused(slug: str, taken: AbstractSet[str]) -> str:
    """`slug`, or the first of `slug-2`, `slug-3` … that nobody has."""
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"
