"""What must be known before a wish of one kind can be met."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal[
    "order_number", "email", "phone", "date", "amount", "choice", "text", "number", "pattern"
]
Words = Mapping[str, str]
"""A text by language (`en`, `de` …); English serves where the reader's is missing."""


class Named(Protocol):
    """Something that a message names, as `ai.triage.entities.find` tells it."""

    @property
    def kind(self) -> str:
        """What it is: `order`, `email`, `date`, `custom` …"""

    @property
    def normal(self) -> str:
        """What it stands for, in one form."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know about a customer's wish.

    `choices` are, for that kind alone, what may be chosen: by its value, the words for it.
    `pattern` is, for that kind alone, the name of one of the workspace's own patterns.
    """

    name: str
    kind: Kind
    labels: Words
    is_required: bool = True
    reasons: Words = field(default_factory=dict)
    """Why it is asked."""
    example: str = ""
    choices: Mapping[str, Words] = field(default_factory=dict)
    pattern: str = ""

    def label(self, language: str) -> str:
        """What it is called."""
        return in_language(self.labels, language) or self.name

    def reason(self, language: str) -> str:
        """Why it is asked; empty where nobody said."""
        return in_language(self.reasons, language)

    def options(self, language: str) -> list[str]:
        """The words for what may be chosen, in order."""
        return [in_language(words, language) or value for value, words in self.choices.items()]


def in_language(words: Words, language: str) -> str:
    """The text in a language, else in English, else in whatever there is."""
    return words.get(language) or words.get("en") or next(iter(words.values()), "")
