"""What a knowledge base has names for: who is meant in a dialogue, and whom an article is about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rapport.ai.retrieval import mentions
from rapport.ai.retrieval.names import Names
from rapport.ai.retrieval.subjects import subjects
from rapport.knowledge.models import Collection
from rapport.knowledge.schemas import Titled

MAX_CHARS: Final = 2_000
"""Of each turn; the beginning says what a long one is about."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is talked about, by the names the knowledge base has for it.

    `among` are the articles that may answer a question about it: those about nothing else.
    """

    names: tuple[str, ...]
    among: frozenset[UUID]


class Index:
    """The names of one knowledge base at one time. Never changed."""

    def __init__(self, collections: Sequence[Collection], titles: Sequence[Titled]) -> None:
        """Index the names that `collections` and the `titles` of published articles hold."""
        names = subjects(collections, titles)
        self._names = Names(names, [(title.title, title.article_id) for title in titles])
        self._about: dict[UUID, set[str]] = defaultdict(set)
        for name in names:
            for article_id in name.articles:
                self._about[article_id].add(name.text)
        self._general = frozenset(
            title.article_id for title in titles if title.article_id not in self._about
        )

    def subject(self, said: Iterable[str]) -> Subject | None:
        """What a dialogue is about; None when nothing in it has a name here.

        `said` are its turns, oldest first, the open question last. It takes time in proportion to
        their length; of each turn 2,000 characters are read.
        """
        found = mentions.subject(self._names, (turn[:MAX_CHARS] for turn in said))
        if not found:
            return None
        own = frozenset[UUID]().union(*(name.articles for name in found))
        return Subject(tuple(dict.fromkeys(name.text for name in found)), own | self._general)

    def rest(self, text: str) -> list[str]:
        """What a text says besides the names of things, in words that carry meaning."""
        return mentions.rest(self._names, text[:MAX_CHARS])

    def is_torn(self, first: UUID, others: Iterable[UUID]) -> bool:
        """Whether one of the other articles says of something else what the first says of its own.

        A question that they all fit does not tell what it is about.
        """
        about = self._about.get(first, set())
        told = (self._about.get(other, set()) for other in others)
        return any(about and other and not about & other for other in told)
