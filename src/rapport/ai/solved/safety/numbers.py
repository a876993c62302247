"""Numbers that may be somebody's: of orders, cards, accounts, telephones, houses.

Which number is whose cannot be seen, so only short ones pass: `within 14 days`, `up to 5 kg`.
"""

import re
from collections.abc import Collection
from typing import Final

from rapport.kernel.folding import fold

_RUN: Final = re.compile(r"\d(?:[^\w\n]{0,3}\d)*")
_IN_A_ROW: Final = 4
"""Digits, whatever stands between them; a year has four, and so has the end of a card."""
_IN_A_SENTENCE: Final = 6
_IN_A_TEXT: Final = 12
_SPELT: Final = (
    "zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple"
    "|null|eins|zwei|zwo|drei|vier|funf|sechs|sieben|acht|neun"
    "|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
    "|zero|un|deux|trois|quatre|cinq|sept|huit|neuf|um|dois|quatro|sete|oito|nove"
    "|صفر|واحد|اثنان|ثلاثة|اربعة|خمسة|ستة|سبعة|ثمانية|تسعة"
)
_SPELT_OUT: Final = re.compile(rf"(?:\b(?:{_SPELT})\b\W{{0,3}}){{4}}")
_A_NUMBER: Final = re.compile(rf"\d|\b(?:{_SPELT})\b")
_STREET: Final = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|boulevard|blvd|crescent|terrace|apartment|apt|flat|suite"
    r"|p\W?o\W?box|postbox|postfach|postcode|zip|plz|rue|calle|rua|avenida|plaza|piazza|viale|weg)\b"
    r"|(?:strasse|str|gasse|platz|allee|damm|ufer)\b"
)


def of_somebody(sentence: str, said: Collection[str]) -> bool:
    """Whether a plain sentence holds a number that may be somebody's; `said` by the customer."""
    runs = ["".join(filter(str.isdigit, run)) for run in _RUN.findall(sentence)]
    if any(len(run) >= _IN_A_ROW or run in said for run in runs):
        return True
    together = "".join(runs)
    if any(len(number) >= _IN_A_ROW and number in together for number in said):
        return True
    folded = fold(sentence)
    if _count(sentence) > _IN_A_SENTENCE or _SPELT_OUT.search(folded):
        return True
    return _STREET.search(folded) is not None and _A_NUMBER.search(folded) is not None


def too_many(text: str) -> bool:
    """Whether a plain text has so many digits that a number may be spread over it."""
    return _count(text) > _IN_A_TEXT


def said_in(text: str) -> set[str]:
    """The numbers of two digits and more in a plain text."""
    runs = {"".join(filter(str.isdigit, run)) for run in _RUN.findall(text)}
    return {run for run in runs if len(run) > 1}


def _count(text: str) -> int:
    return sum(map(str.isdigit, text))
