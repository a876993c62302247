"""Filling in the templates of the scripts."""

import re
from dataclasses import dataclass
from random import Random
from typing import Final

_CHOICE: Final = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the placeholders of one conversation stand for; the same in all of its messages."""

    order: str
    product: str
    size: str
    date: str
    city: str
    amount: str
    tracking: str
    agent: str
    name: str
    company: str


def expand(template: str, facts: Facts, rng: Random) -> str:
    """Choose among `[alternatives|like this]` and fill in `{placeholders}`.

    Double braces, as macros have them, are left alone. A tracking number keeps its value within a
    conversation, like every other fact.
    """
    chosen = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template)
    return _PLACEHOLDER.sub(lambda match: str(getattr(facts, match[1])), chosen)
