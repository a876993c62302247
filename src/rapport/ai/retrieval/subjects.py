"""What a knowledge base has articles about, by the names it has for each."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Final
from uuid import UUID

from rapport.ai.retrieval.names import Name
from rapport.ai.retrieval.small_words import SMALL_WORDS
from rapport.knowledge import service as knowledge
from rapport.knowledge.models import Collection
from rapport.knowledge.schemas import Titled

_ALIKE: Final = 1 / 3
"""Measured: 0.55 among the collections of 143 hotels and restaurants, 0.43 among any six of them,
0.04 among those of a shop's help centre, which are topics."""
_LEAST_ALIKE: Final = 1 / 3
"""Of what they have in common: a shelf of house rules among those of the houses has less."""
_CAPITALS: Final = re.compile(
    r"[^\W\d_a-z][\w'\u2019&-]*(?: (?:(?:and|of|the|&|de|la|le|du|von|der) ){0,2}"
    r"(?:[^\W\d_a-z][\w'\u2019&-]*|\d\w*))*"
)
_LEAST_TITLES: Final = 3
"""Fewer titles that hold a name may share their other words by chance."""


def subjects(collections: Sequence[Collection], titles: Sequence[Titled]) -> list[Name]:
    """Names of things that have articles about the same questions: hotels, models, plans …

    They are the names of collections that lie side by side, or names in titles. Collections and
    titles that part the articles by topic are none: a customer may leave a topic without a word.
    """
    shelves = _shelves(collections, titles)
    siblings: dict[UUID | None, dict[str, list[Titled]]] = defaultdict(dict)
    for shelf in collections:
        if shelf.id in shelves:
            siblings[shelf.parent_id].setdefault(shelf.name, []).extend(shelves[shelf.id])
    found = [name for group in siblings.values() for name in _alike(group)]
    known = frozenset[UUID]().union(*(name.articles for name in found))
    return found + _alike(_named([title for title in titles if title.article_id not in known]))


def _shelves(
    collections: Sequence[Collection], titles: Sequence[Titled]
) -> dict[UUID, list[Titled]]:
    """What lies in each collection, or in one inside it."""
    parents = {shelf.id: shelf.parent_id for shelf in collections}
    found: dict[UUID, list[Titled]] = defaultdict(list)
    for title in titles:
        at = title.collection_id
        while at is not None:
            found[at].append(title)
            at = parents.get(at)
    return found


def _named(titles: Sequence[Titled]) -> dict[str, list[Titled]]:
    """Titles by the names in them: words in capitals that several titles hold."""
    found: dict[str, list[Titled]] = defaultdict(list)
    for title in titles:
        for name in dict.fromkeys(_names_in(title.title)):
            found[name].append(title)
    return {name: held for name, held in found.items() if len(held) >= _LEAST_TITLES}


def _names_in(title: str) -> Iterator[str]:
    """Words in capitals, without the one with which any title begins."""
    for found in _CAPITALS.finditer(title):
        name = found[0]
        if found.start() == 0:
            _, _, name = name.partition(" ")
        if name:
            yield name


def _alike(groups: Mapping[str, Sequence[Titled]]) -> list[Name]:
    """The groups whose titles ask the same, about different things; none where they do not."""
    said = {name: tuple(knowledge.content_words(name)) for name in groups}
    asked = {
        name: Counter(
            word
            for title in held
            for word in set(knowledge.content_words(title.title)).difference(
                said[name], SMALL_WORDS
            )
        )
        for name, held in groups.items()
        if said[name]
    }
    shares = _shares(asked)
    if not shares or fmean(shares.values()) < _ALIKE:
        return []
    least = fmean(shares.values()) * _LEAST_ALIKE
    return [
        Name(name, said[name], frozenset(title.article_id for title in groups[name]))
        for name, share in shares.items()
        if share >= least
    ]


def _shares(asked: Mapping[str, Counter[str]]) -> dict[str, float]:
    """For each group, how many of the others say what its titles say: the mean over its words."""
    if len(asked) < 2:
        return {}
    groups = Counter(word for words in asked.values() for word in words)
    others = len(asked) - 1
    return {
        key: sum(n * (groups[word] - 1) for word, n in words.items()) / others / words.total()
        for key, words in asked.items()
        if words
    }
