"""Amounts of money, percentages, durations and quantities: a number, and what stands beside it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Final

import msgspec
from babel.numbers import list_currencies

from rapport.ai.triage.entities import numerals
from rapport.ai.triage.entities.almanac import UNITS, Told, almanac
from rapport.ai.triage.entities.setting import Setting
from rapport.ai.triage.entities.values import Found, Measure, Money
from rapport.ai.triage.entities.words import Phrases, Word, held, is_joined, listed, words_of
from rapport.kernel.folding import fold

_NUMBER: Final = re.compile(rf"(?<![\w.,])(?:{numerals.NUMBER})(?P<dash>,-|,\u2013|\.-)?")
_AFTER: Final = re.compile(
    r"[ \u00a0\u202f]{0,2}(?P<said>%(?!\w)|٪|[^\W\d_]{0,3}\$|[€£¥₹₽₺₴₩₪₫₦₱฿₡円元]|[^\W\d_]{1,16}\b)"
)
_BEFORE: Final = re.compile(
    r"(?:(?<!\w)[A-Za-z]{0,2}\$|[€£¥₹₽₺₴₩₪₫₦₱฿₡]|(?<!\w)[A-Z]{3}"
    r"|(?<!\w)(?:[Kk]r|Rs|S?[Ff]r)\.?)[ \u00a0]?$"
)
_WORDLIKE: Final = {
    "ALL",
    "TOP",
    "CUP",
    "TRY",
    "PEN",
    "MAD",
    "GEL",
    "COP",
    "SOS",
    "MOP",
    "RON",
    "BAM",
}
"""Codes of currencies that are words in capital letters: only after a number they are money."""
_MOST_BEFORE: Final = 6
_LETTERS: Final = {"minute": "M", "hour": "H", "day": "D", "week": "W", "month": "M", "year": "Y"}
_SPOKEN: Final = {
    "USD",
    "EUR",
    "GBP",
    "CHF",
    "CAD",
    "AUD",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "BRL",
    "INR",
}
"""Codes that are understood in small letters too."""
_NO_UNITS: Final = {"M", "G"}
"""Millions, and a net for telephones."""
_TIMES: Final = re.compile(r"[xX]\s?\d")
_MOST_AFTER: Final = 40


class Amounts:
    """The numbers of one text that measure something."""

    def __init__(
        self, text: str, words: list[Word], terms: Sequence[Told | None], setting: Setting
    ) -> None:
        """Read `text`; `terms` is what the almanac says of each of its words."""
        self._terms = terms
        self.text = text
        self.words = words
        self.setting = setting

    def read(self) -> Iterator[Found]:
        """Every number by what stands beside it; then durations whose number is a word."""
        for number in _NUMBER.finditer(self.text):
            if (found := self._found(number)) is not None:
                yield found
        yield from self._in_words()

    def _found(self, number: re.Match[str]) -> Found | None:
        written = number[0].removesuffix(number["dash"] or "")
        values = numerals.read(written, decimal=self.setting.customs.decimal)
        return self._money(number, values) or self._measure(number, values)

    def _money(self, number: re.Match[str], values: tuple[Decimal, ...]) -> Found | None:
        """$20, 20 €, and $20 CAD, where the code says which."""
        start, end = number.span()
        before = _BEFORE.search(self.text, max(0, start - _MOST_BEFORE), start)
        sign = before[0].strip().rstrip(".") if before else ""
        led = () if sign in _WORDLIKE else self._currencies(sign)
        after = _AFTER.match(self.text, end)
        followed = self._currencies(after["said"]) if after else ()
        if before and led:
            start = before.start()
        if after and followed and (not led or followed[0] in led):
            end = after.end()
        else:
            followed = ()
        currencies = followed or led
        if not currencies:
            return None
        normal = f"{numerals.plain(values[0])} {currencies[0]}"
        return Found("money", start, end, Money(values, currencies), normal)

    def _measure(self, number: re.Match[str], values: tuple[Decimal, ...]) -> Found | None:
        known = _unit_after(self.text, number.end(), self.setting.tongue)
        return known and _measured(known[0], number.start(), known[1], values[0])

    def _currencies(self, said: str) -> tuple[str, ...]:
        """What currency a sign, a code or a word may be, that of the writer's place first."""
        if said in _codes():
            return (said,)
        if said.upper() in _SPOKEN:
            return (said.upper(),)
        known = _signs().get(fold(said), ())
        own = [it for it in self.setting.customs.currencies if it in known]
        return (*own, *(it for it in known if it not in own))

    def _in_words(self) -> Iterator[Found]:
        for place, known in enumerate(self._terms):
            if known is None or "number" not in known[0] or known[1] >= len(self.words):
                continue
            unit = self._terms[known[1]]
            if unit is None or "unit" not in unit[0]:
                continue
            if is_joined(self.text, self.words[known[1] - 1], self.words[known[1]]):
                start, end = self.words[place].start, self.words[unit[1] - 1].end
                yield _measured(UNITS[unit[0]["unit"]], start, end, Decimal(known[0]["number"]))


def is_counted(text: str, end: int) -> bool:
    """Whether what stands behind a number makes it an amount of something."""
    after = _AFTER.match(text, end)
    if after is None:
        return False
    is_money = after["said"] in _codes() or fold(after["said"]) in _signs()
    return is_money or _unit_after(text, end, "en") is not None


def _unit_after(text: str, end: int, tongue: str) -> tuple[str, int] | None:
    """The unit behind a number, and where it ends."""
    after = _AFTER.match(text, end)
    if after is None:
        return None
    if after["said"] in ("%", "٪"):
        return "percent", after.end()
    start = after.start("said")
    if after["said"] in _NO_UNITS or _TIMES.match(text, start):
        return None
    rest = text[start : start + _MOST_AFTER]
    words = words_of(rest)
    if words and (goods := _goods().at(rest, words, 0)) is not None:
        return goods[0], start + words[goods[1] - 1].end
    if words and (term := almanac(tongue).at(rest, words, 0)) is not None and "unit" in term[0]:
        return UNITS[term[0]["unit"]], start + words[term[1] - 1].end
    return None


def _measured(unit: str, start: int, end: int, amount: Decimal) -> Found:
    if unit == "percent":
        return Found("percentage", start, end, amount, numerals.plain(amount))
    value = Measure(amount, unit)
    if unit in _LETTERS:
        time = "T" if unit in ("minute", "hour") else ""
        return Found(
            "duration", start, end, value, f"P{time}{numerals.plain(amount)}{_LETTERS[unit]}"
        )
    return Found("quantity", start, end, value, f"{numerals.plain(amount)} {unit}")


@cache
def _codes() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def _signs() -> Mapping[str, tuple[str, ...]]:
    table = msgspec.json.decode(held(__package__, "currencies.json"), type=dict[str, str])
    return {fold(sign): tuple(codes.split()) for sign, codes in table.items()}


@cache
def _goods() -> Phrases[str]:
    return Phrases[str](
        listed(msgspec.json.decode(held(__package__, "units.json"), type=dict[str, str]))
    )
