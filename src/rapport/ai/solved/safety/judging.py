"""Whether a sentence can be shown to hold nothing of anybody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapport.ai.solved.safety import numbers
from rapport.ai.solved.safety.people import People
from rapport.ai.solved.safety.spelling import plain, readings, words
from rapport.ai.solved.safety.vocabulary import Vocabulary
from rapport.inference.personal.service import find

_CAPITALS: Final = frozenset({"de"})
"""Languages in which a capital is no sign of a name."""
_MARKS: Final = "@#<>{}\\^=~|"
"""Signs of addresses, numbers and markup; no answer needs them."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Everything that is known when one conversation is looked at."""

    people: People
    vocabulary: Vocabulary
    said: Sequence[str]
    """The customer's messages, plain."""
    language: str

    def lets_pass(self, sentence: str) -> bool:
        """Whether a plain sentence is nobody's; what cannot be shown to be is taken for somebody's.

        Nothing in it may look like an address, an account or a number of somebody's, belong to who
        took part, or be a word that others do not use.
        """
        if any(mark in sentence for mark in _MARKS):
            return False
        if any(find(reading) for reading in readings(sentence)):
            return False
        told = {number for text in self.said for number in numbers.said_in(text)}
        if numbers.of_somebody(sentence, told) or self._is_about_people(sentence):
            return False
        return self._is_common(sentence)

    def lets_all_pass(self, text: str) -> bool:
        """Whether nothing of anybody's is spread over several sentences that each pass."""
        return not numbers.too_many(text) and not self._is_about_people(text)

    def _is_about_people(self, text: str) -> bool:
        return self.people.are_in(plain(text), self.vocabulary.everybody)

    def _is_common(self, sentence: str) -> bool:
        for at, word in enumerate(words(sentence)):
            if word.isdecimal():
                continue
            is_usual = at == 0 and word[1:] == word[1:].lower()
            may_be_capital = is_usual or self.language in _CAPITALS
            if not self.vocabulary.is_nobodys(word, may_be_capital=may_be_capital):
                return False
        return True
