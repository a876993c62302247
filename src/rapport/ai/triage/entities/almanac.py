"""The words of dates in eight languages: months and days of the week from CLDR.

The rest stands in `almanac.json`, by language, by what a phrase does, and by its number.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, Literal

import msgspec
from babel import Locale

from rapport.ai.triage.entities.words import Phrases, held, words_of

LANGUAGES: Final = ("en", "de", "fr", "es", "pt", "it", "nl", "ar")
UNITS: Final = ("minute", "hour", "day", "week", "month", "year")

Role = Literal[
    "month",
    "short_month",
    "weekday",
    "day",  # so many days from today
    "unit",  # a place in UNITS
    "shift",  # last, this, next: -1, 0, 1
    "number",
    "article",
    "ago",  # after an amount: so long before now
    "hence",  # after an amount: so long after now
    "before",  # before an amount: the same as "ago"
    "in",  # before an amount: so long after now
    "since",  # what follows is gone
    "on",  # what follows is a day
    "of",
]
Term = Mapping[Role, int]
Told = tuple[Term, int]
"""What a phrase says, and the place after it."""
_Table = Mapping[Role, Mapping[int, str]]
"""By what a phrase does and the number that goes with it: phrases, with | between them."""

_NOTHING: Final[Mapping[str, str]] = {
    "de": "guten morgen|am morgen|jeden morgen",
    "nl": "goede morgen|elke morgen",
    "es": "por la mañana|de la mañana|la mañana|buen día",
    "en": "good day|some day|one day|the other day",
}
"""What only looks like a date."""
_OWN: Final = {"hier", "over", "en", "em", "há", "d", "de", "as", "an", "da", "a", "her", "of"}
"""Words that mean this in their own language only, and something else in the others."""


def almanac(language: str) -> Phrases[Term]:
    """The words of all languages; where one means several things, as `language` has it."""
    return _almanac(language if language in LANGUAGES else None)


@cache
def _almanac(language: str | None) -> Phrases[Term]:
    known: dict[tuple[str, ...], dict[Role, int]] = {}
    for other in sorted(LANGUAGES, key=lambda it: it == language):
        own: dict[tuple[str, ...], dict[Role, int]] = {}
        for role, value, phrase in _entries(other):
            if other == language or (phrase not in _OWN and role != "short_month"):
                key = tuple(word.folded for word in words_of(phrase))
                own.setdefault(key, {})[role] = value
        for key, term in own.items():
            known[key] = term if other == language else {**known.get(key, {}), **term}
    silent = {it: dict[Role, int]() for it in _NOTHING.get(language or "", "").split("|") if it}
    return Phrases[Term]([*((" ".join(it), term) for it, term in known.items()), *silent.items()])


@cache
def _written() -> Mapping[str, _Table]:
    content = held(__package__, "almanac.json")
    return msgspec.json.decode(content, type=dict[str, dict[Role, dict[int, str]]])


def _entries(language: str) -> Iterator[tuple[Role, int, str]]:
    locale = Locale(language)
    for form in ("format", "stand-alone"):
        for number, name in locale.months[form]["wide"].items():
            yield "month", number, name
        for number, name in locale.months[form]["abbreviated"].items():
            yield "short_month", number, name.rstrip(".")
        for number, name in locale.days[form]["wide"].items():
            yield "weekday", number, name
    if language == "ar":
        for number, name in Locale("ar", "SY").months["format"]["wide"].items():
            yield "month", number, name
    for role, values in _written()[language].items():
        for number, phrases in values.items():
            yield from ((role, number, phrase) for phrase in phrases.split("|"))
