"""Products by the names a workspace knows, also where a letter is wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapport.ai.triage.entities.values import Found
from rapport.kernel.folding import fold

_PART: Final = re.compile(r"[^\W\d_]+|\d+")
_GAP: Final = re.compile(r"[^\w\n]{0,2}|_")
_FUZZY_FROM: Final = 5
"""Words shorter than this must be right; numbers and the first letter of a name always."""
_MOST_NEAR = 8
_MOST_WAYS = 16


@dataclass(slots=True)
class _Node:
    """A beginning of names: how they go on, and whose names end here."""

    after: dict[str, "_Node"] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)


class Products:
    """The names of products, as an index; it takes what a workspace calls them, by their ids."""

    def __init__(self, names: Mapping[str, str | Sequence[str]]) -> None:
        self._root = _Node()
        self._near: dict[str, list[str]] = {}
        self._beginnings = set[str]()
        known = set[str]()
        for product, called in names.items():
            for name in [called] if isinstance(called, str) else called:
                parts = [part for part, _, _ in _parts(name)]
                known.update(parts)
                self._beginnings.update(part[0] for part in parts[:1])
                self._add(product, parts)
        for part in sorted(known):
            if _is_fuzzy(part):
                for shorter in {part, *_without_one(part)}:
                    self._near.setdefault(shorter, []).append(part)

    def read(self, text: str) -> Iterator[Found]:
        """The products a text names, the longest name at a place; one wrong letter a word."""
        if not self._root.after:
            return
        parts = _parts(text)
        place = 0
        while place < len(parts):
            is_begun = parts[place][0][0] in self._beginnings
            found = self._longest(text, parts, place) if is_begun else None
            if found is None:
                place += 1
            else:
                product, after = found
                start, end = parts[place][1], parts[after - 1][2]
                yield Found("product", start, end, product, product)
                place = after

    def _add(self, product: str, parts: Sequence[str]) -> None:
        node = self._root
        for part in parts:
            node = node.after.setdefault(part, _Node())
        if parts and product not in node.ids:
            node.ids.append(product)

    def _longest(
        self, text: str, parts: list[tuple[str, int, int]], place: int
    ) -> tuple[str, int] | None:
        nodes, found = [self._root], None
        for at in range(place, len(parts)):
            if at > place and not _GAP.fullmatch(text, parts[at - 1][2], parts[at][1]):
                break
            meant = self._meant(parts[at][0])
            nodes = [node.after[it] for node in nodes for it in meant if it in node.after]
            if not nodes:
                break
            nodes = nodes[:_MOST_WAYS]
            found = next(((node.ids[0], at + 1) for node in nodes if node.ids), found)
        return found

    def _meant(self, part: str) -> list[str]:
        """The words of names that this may be, itself first."""
        if not _is_fuzzy(part):
            return [part]
        near = [it for shorter in (part, *_without_one(part)) for it in self._near.get(shorter, ())]
        likely = [it for it in dict.fromkeys(near) if it != part and _is_near(part, it)]
        return [part, *likely[:_MOST_NEAR]]


def _parts(text: str) -> list[tuple[str, int, int]]:
    if text.isascii():
        return [(found[0], *found.span()) for found in _PART.finditer(text.lower())]
    return [(folded, *found.span()) for found in _PART.finditer(text) if (folded := fold(found[0]))]


def _is_fuzzy(part: str) -> bool:
    return _FUZZY_FROM <= len(part) <= 24 and not part.isdecimal()


def _without_one(part: str) -> list[str]:
    return [part[:at] + part[at + 1 :] for at in range(len(part))]


def _is_near(one: str, other: str) -> bool:
    """Whether one letter more, less or different, or two changed about, tell them apart."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    at = next(
        (i for i, pair in enumerate(zip(shorter, longer, strict=False)) if pair[0] != pair[1]), None
    )
    if at is None:
        return True
    if len(longer) > len(shorter):
        return shorter[at:] == longer[at + 1 :]
    if shorter[at + 1 :] == longer[at + 1 :]:
        return True
    return (
        shorter[at : at + 2] == longer[at : at + 2][::-1] and shorter[at + 2 :] == longer[at + 2 :]
    )
