"""Who took part in a conversation, and all that is known of whose it is."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from rapport.ai.solved.safety.spelling import plain, squeezed, words
from rapport.ai.solved.safety.vocabulary import is_small
from rapport.kernel.folding import fold

_LEAST_SQUEEZED: Final = 5
"""Letters and digits of a value that is found without regard to words."""
_APOSTROPHE: Final = re.compile("['\u2019]")
_LEAST_STEM: Final = 4
_MOST_ENDING: Final = 2


class People:
    """Finds what is known of some people in a text, in whatever way it is written."""

    def __init__(self, names: Iterable[str], values: Iterable[str] = ()) -> None:
        """`names` of everybody who took part; `values` that stand for the customer or say of them.

        A word of a name is always theirs, a word of another value unless everybody may know it.
        """
        names, values = list(names), list(values)
        self._names = {w for name in names for w in _folded(name) if len(w) > 1}
        self._values = {w for value in values for w in _folded(value) if len(w) > 2}
        whole = {squeezed(value) for value in (*names, *values)} | self._names
        self._squeezed = {value for value in whole if len(value) >= _LEAST_SQUEEZED}
        digits = map(_digits, self._squeezed)
        self._numbers = {number for number in digits if len(number) >= _LEAST_SQUEEZED}

    def are_in(self, text: str, everybody: Collection[str]) -> bool:
        """Whether anything of theirs is in a text; `everybody` knows these words, folded."""
        together = squeezed(text)
        if any(value in together for value in self._squeezed):
            return True
        if any(number in _digits(together) for number in self._numbers):
            return True
        return any(self._is_theirs(word, everybody) for word in words(plain(text)))

    def _is_theirs(self, word: str, everybody: Collection[str]) -> bool:
        for part in _folded(word):
            if self._is_name(part) and not (is_small(part) and word.islower()):
                return True
            if part in self._values and part not in everybody:
                return True
        return False

    def _is_name(self, word: str) -> bool:
        """Whether a word is a name, or one with an ending."""
        if word in self._names:
            return True
        shorter = (word[:-n] for n in range(1, _MOST_ENDING + 1))
        return any(len(stem) >= _LEAST_STEM and stem in self._names for stem in shorter)


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _folded(text: str) -> list[str]:
    return [fold(part) for word in words(plain(text)) for part in _APOSTROPHE.split(word)]
