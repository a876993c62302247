"""Words that are nobody's own: everybody may read them, or many customers used them."""

from collections.abc import Collection, Iterable
from typing import Final

from rapport.ai.autopilot import service as autopilot
from rapport.ai.solved.repository import SolvedRepository
from rapport.ai.solved.safety.spelling import words
from rapport.customers import service as customers
from rapport.kernel.context import Ctx
from rapport.kernel.folding import fold
from rapport.knowledge.solved import service as documents

LEAST_CUSTOMERS: Final = 4
"""In whose conversations a word must occur: theirs whose conversation it is, and three others'."""
_LOOKED_AT: Final = 20
_ALONE: Final = frozenset("aeiouy")
"""Single letters that are words; others may spell a name."""
_PIECES: Final = frozenset(
    [
        "don",
        "doesn",
        "didn",
        "isn",
        "aren",
        "wasn",
        "weren",
        "won",
        "wouldn",
        "couldn",
        "shouldn",
        "haven",
        "hasn",
        "hadn",
        "ain",
        "ll",
        "ve",
        "re",
        "qu",
        "aujourd",
        "hui",
        "s",
        "t",
        "d",
        "m",
        "l",
        "j",
        "n",
        "c",
    ]
)
"""What stands before or behind an apostrophe."""


def is_small(word: str) -> bool:
    """Whether a folded word is too common to say anything, in the assistant's languages."""
    return word in _ALONE if len(word) == 1 else not autopilot.content(word)


class Vocabulary:
    """What was found out about words in one unit of work."""

    def __init__(self, ctx: Ctx) -> None:
        """Know nothing yet."""
        self._ctx = ctx
        self._asked: set[str] = set()
        self._common: set[str] = set()
        self.everybody: set[str] = set()
        """Folded words that everybody may read, or that are small."""

    async def learn(self, texts: Iterable[str]) -> None:
        """Find out about all words of some plain texts."""
        parts = {part for text in texts for word in words(text) for part in _parts(word)}
        new = parts - self._asked
        self._asked |= new
        self.everybody |= {word for word in new if is_small(word)}
        new -= self.everybody
        self.everybody |= await documents.said_to_everybody(self._ctx, new)
        new -= self.everybody
        self._common |= await self._used_by_many(new)

    def is_nobodys(self, word: str, *, may_be_capital: bool) -> bool:
        """Whether a word, as it is written, is nobody's own.

        Written with a capital within a sentence it may be a name that many have: it passes only
        where everybody may read it, or where `may_be_capital` says that this means nothing.
        """
        has_capital = word != word.lower()
        return all(self._knows(part, may_be_capital or not has_capital) for part in _parts(word))

    def _knows(self, part: str, as_common: bool) -> bool:
        if part in self.everybody:
            return True
        return as_common and part in self._common

    async def _used_by_many(self, wanted: Collection[str]) -> set[str]:
        """Those of some folded words that many customers used, and none is called."""
        letters = {word for word in wanted if len(word) > 1 and word.isalpha()}
        used = await SolvedRepository(self._ctx).used_by(letters, least=LEAST_CUSTOMERS)
        return {word for word in used if not await self._is_a_name(word)}

    async def _is_a_name(self, word: str) -> bool:
        """Whether a customer is called so, or too many have something like it to tell."""
        found = await customers.find(self._ctx, words=word, limit=_LOOKED_AT)
        if found.next is not None:
            return True
        return any(word in map(fold, words(one.name)) for one in found.items)


def _parts(word: str) -> list[str]:
    """A word folded, or the parts around its apostrophes that say something."""
    folded = fold(word.replace("\u2019", "'"))
    if "'" not in folded:
        return [folded]
    return [part for part in folded.split("'") if part not in _PIECES]
