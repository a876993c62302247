"""What unwanted mail speaks of, in groups, and what customers say.

One word proves nothing: a sort of unwanted mail is told by several groups meeting in one message,
what it is about among them. Each group counts once, and a little more for every further phrase.
The phrases are in `phrases.json`, by group.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

import msgspec

from rapport.ai.triage.entities.words import Phrases, held, listed

Sort = Literal["seo", "sales", "phishing", "advance_fee", "goods", "form_bot"]
Group = Literal[
    "search",
    "business",
    "threat",
    "fortune",
    "wares",
    "praise",
    "offer",
    "call",
    "price",
    "act",
    "greeting",
    "own_site",
]

ABOUT: Final[Mapping[Sort, tuple[Group, tuple[Group, ...]]]] = {
    "seo": ("search", ("offer", "call", "price", "own_site")),
    "sales": ("business", ("offer", "call", "price")),
    "phishing": ("threat", ("act", "greeting")),
    "advance_fee": ("fortune", ("act", "greeting", "call")),
    "goods": ("wares", ("price", "call")),
    "form_bot": ("praise", ("own_site",)),
}
"""What each sort is about, and what goes with it."""

CUSTOMER: Final[Mapping[str, int]] = {"customer": 1, "surely_customer": 2}
"""The headings of what speaks for a customer (mine, ours, and what one writes to a shop about), and
how much each phrase does."""


@cache
def _table() -> Mapping[str, str]:
    return msgspec.json.decode(held(__package__, "phrases.json"), type=dict[str, str])


@cache
def unwanted() -> Phrases[tuple[str, ...]]:
    """The phrases of unwanted mail, and the groups they belong to."""
    groups: dict[str, tuple[str, ...]] = {}
    for phrase, heading in listed(_table()):
        if heading not in CUSTOMER:
            groups[phrase] = (*groups.get(phrase, ()), heading)
    return Phrases[tuple[str, ...]](groups.items())


@cache
def customers() -> Phrases[int]:
    """The phrases of customers: how much they tell."""
    return Phrases[int](
        (phrase, CUSTOMER[heading]) for phrase, heading in listed(_table()) if heading in CUSTOMER
    )
