"""What people who know say in any language, and what those say who are lost."""

from functools import cache
from typing import Literal

import msgspec

from rapport.ai.triage.entities.words import Phrases, held, listed

Shown = Literal["technical", "tried", "lost"]
"""A technical word, nearly the same in every language; something tried already; being lost."""


@cache
def spoken() -> Phrases[Shown]:
    """The phrases of `vocabulary.json`, each with what it shows."""
    table = msgspec.json.decode(held(__package__, "vocabulary.json"), type=dict[Shown, str])
    return Phrases[Shown](listed(table))
