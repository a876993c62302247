"""Dates in a message: a small grammar over the words of the almanac, and forms of numbers."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from rapport.ai.triage.entities import clocks, moments
from rapport.ai.triage.entities.almanac import UNITS, Term, Told
from rapport.ai.triage.entities.setting import Setting
from rapport.ai.triage.entities.values import Found, When
from rapport.ai.triage.entities.words import Word, is_joined

_NUMERIC: Final = re.compile(
    r"(?<![\w.,:/+-])(?:(?P<iso>\d{4})(?P<a>[-/.])(?P<m>\d{1,2})(?P=a)(?P<d>\d{1,2})(?!\w)"
    r"|(?P<one>\d{1,2})(?P<b>[-/.])(?P<two>\d{1,2})(?:(?P=b)(?P<year>\d{4}|\d{2})(?!\w)"
    r"|(?P<dot>\.)(?![\w.])|(?![\w%/]|[.,]\d)))(?![-/]\d)"
)
_INSTANT: Final = re.compile(
    r"(?<![\w-])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?(?!\w)",
    re.ASCII,
)
_ORDINAL: Final = re.compile(r"(\d{1,2})(st|nd|rd|th|er|ere|re|eme|e|o|a)?")
_SHY_MONTHS: Final = {"may", "march", "mars", "out", "set", "mag", "mar", "ago"}
"""Months that are other words too, unless something says otherwise."""
_NO_DATES: Final = {"24/7"}
_PARTS: Final = {"half", "quarter"}
_Reading = tuple[When | None, int]
"""What is meant, and the place after its last word."""


class Dates:
    """The dates of one text."""

    def __init__(
        self, text: str, words: list[Word], terms: Sequence[Told | None], setting: Setting
    ) -> None:
        """Read `text`; `terms` is what the almanac says of each of its words."""
        self.text = text
        self.words = words
        self.setting = setting
        self._terms = terms

    def read(self) -> Iterator[Found]:
        """Dates in words, then dates in numbers."""
        place = 0
        while place < len(self.words):
            when, after = self._date_at(place)
            if when is not None:
                yield self._dated(when, self.words[place].start, self.words[after - 1].end)
            place = max(place + 1, after)
        for instant in _INSTANT.finditer(self.text):
            if (when := self._instant(instant[0])) is not None:
                yield Found("date", *instant.span(), when, moments.normal(when))
        for found in _NUMERIC.finditer(self.text):
            if (when := self._numeric(found)) is not None:
                yield self._dated(when, *found.span())

    def _dated(self, when: When, start: int, end: int) -> Found:
        """The date, with the time that follows it."""
        if when.grain == "day" and (told := clocks.after(self.text, end)) is not None:
            clock, end = told
            when = moments.at_time(self.setting, when, clock)
        return Found("date", start, end, when, moments.normal(when))

    def _date_at(self, place: int) -> _Reading:
        term, after = self._term(place)
        if not term and not self.words[place].folded[0].isdecimal():
            return None, after
        for rule in (
            self._offset,
            self._ago,
            self._shifted,
            self._day_and_month,
            self._month_and_day,
            self._weekday,
            self._month_alone,
        ):
            when, end = rule(place)
            if when is not None:
                return when, end
        if "day" in term:
            return moments.after(self.setting, term["day"], "day"), after
        return None, place + 1

    def _term(self, place: int) -> tuple[Term, int]:
        known = self._terms[place] if place < len(self._terms) else None
        return known or ({}, place + 1)

    def _next(self, place: int) -> tuple[Term, int]:
        """The term here, if it goes with the word before."""
        return self._term(place) if self._goes_on(place) else ({}, place + 1)

    def _goes_on(self, place: int) -> bool:
        return 0 < place < len(self.words) and is_joined(
            self.text, self.words[place - 1], self.words[place]
        )

    def _amount(self, place: int) -> tuple[int | None, int]:
        if place >= len(self.words):
            return None, place
        said = self.words[place].folded
        if said.isdecimal() and len(said) < 5:
            return int(said), place + 1
        term, after = self._term(place)
        if "number" not in term and place and self.words[place - 1].folded in _PARTS:
            return None, place
        return term.get("number", term.get("article")), after

    def _span(self, place: int) -> tuple[int | None, str, int]:
        """An amount and its unit, and the place after."""
        amount, at = self._amount(place)
        unit, after = self._next(at)
        if amount is None or "unit" not in unit:
            return None, "", place
        return amount, UNITS[unit["unit"]], after

    def _offset(self, place: int) -> _Reading:
        """In three days; il y a trois jours."""
        term, at = self._term(place)
        sign = 1 if "in" in term else -1 if "before" in term else 0
        if not sign or not self._goes_on(at):
            return None, place
        amount, unit, after = self._span(at)
        if amount is None:
            return None, place
        return moments.after(self.setting, sign * amount, unit), after

    def _ago(self, place: int) -> _Reading:
        """Three days ago; tre giorni fa; two weeks from now."""
        amount, unit, at = self._span(place)
        term, after = self._next(at)
        sign = -1 if "ago" in term else 1 if "hence" in term else 0
        if amount is None or not sign:
            return None, place
        return moments.after(self.setting, sign * amount, unit), after

    def _shifted(self, place: int) -> _Reading:
        """Next Tuesday, last week, mardi prochain, settimana scorsa."""
        first, at = self._term(place)
        second, after = self._next(at)
        shift, what = (first, second) if "shift" in first else (second, first)
        if "shift" not in shift:
            return None, place
        by = shift["shift"]
        if "weekday" in what:
            return moments.weekday(self.setting, what["weekday"], by, is_gone=False), after
        if "month" in what:
            return moments.month(self.setting, what["month"], by), after
        if "unit" in what:
            return moments.period(self.setting, UNITS[what["unit"]], by), after
        return None, place

    def _day_and_month(self, place: int) -> _Reading:
        """3 May, le 1er mai, 12. Mai 2026, 3 de mayo de 2026."""
        day, has_ordinal = self._day_number(place)
        at = place + 1
        if day is None:
            return None, place
        if "of" in (between := self._next(at))[0]:
            at = between[1]
        month, after = self._month(at)
        if month is None or not self._goes_on(at):
            return None, place
        year, end = self._year(after)
        if year is None and not has_ordinal and self._is_shy(at, said_before=place):
            return None, place
        return moments.on(self.setting, day, month, year), end

    def _month_and_day(self, place: int) -> _Reading:
        """May 3rd, April 28, 2026, May 2026."""
        month, at = self._month(place)
        if month is None:
            return None, place
        year, after = self._year(at)
        if year is not None:
            return moments.on_month(self.setting, month, year), after
        day, has_ordinal = self._day_number(at) if self._goes_on(at) else (None, False)
        if day is None or self.text[self.words[at].end : self.words[at].end + 1] == ":":
            return None, place
        year, end = self._year(at + 1)
        if year is None and not has_ordinal and self._is_shy(place, said_before=place):
            return None, place
        return moments.on(self.setting, day, month, year), end

    def _weekday(self, place: int) -> _Reading:
        """A day of the week; where a date follows, that."""
        term, end_of_name = self._term(place)
        after = end_of_name
        if "weekday" not in term:
            return None, place
        if after < len(self.words) and "on" in self._term(after)[0] and self._is_near(after):
            after += 1
        if after < len(self.words) and self._is_near(after):
            for rule in (self._day_and_month, self._month_and_day):
                when, end = rule(after)
                if when is not None:
                    return when, end
            found = _NUMERIC.match(self.text, self.words[after].start)
            if found and self._numeric(found) is not None:
                return None, place
        before = self._term(place - 1)[0] if place else {}
        is_gone = "since" in before
        return moments.weekday(self.setting, term["weekday"], None, is_gone=is_gone), end_of_name

    def _month_alone(self, place: int) -> _Reading:
        """In May, seit Mai, en mayo."""
        term, after = self._term(place)
        before = self._term(place - 1)[0] if self._goes_on(place) else {}
        is_led = "in" in before or "on" in before or "since" in before
        has_capital = self.text[self.words[place].start].isupper()
        if "month" not in term or not is_led:
            return None, place
        if self.words[place].folded in _SHY_MONTHS and not has_capital:
            return None, place
        return moments.month(self.setting, term["month"]), after

    def _month(self, place: int) -> tuple[int | None, int]:
        term, after = self._term(place)
        return term.get("month", term.get("short_month")), after

    def _day_number(self, place: int) -> tuple[int | None, bool]:
        word = self.words[place]
        found = _ORDINAL.fullmatch(word.folded)
        if found is None or self.text[max(0, word.start - 1) : word.start] in tuple(".,:/+$€£"):
            return None, False
        return int(found[1]), found[2] is not None

    def _year(self, place: int) -> tuple[int | None, int]:
        if "of" in self._term(place)[0]:
            place += 1
        if place < len(self.words) and self._is_near(place):
            said = self.words[place].folded
            if len(said) == 4 and said.isdecimal() and 1900 <= int(said) < 2200:
                return int(said), place + 1
        return None, place

    def _is_near(self, place: int) -> bool:
        gap = self.text[self.words[place - 1].end : self.words[place].start]
        return len(gap) < 4 and not gap.strip(" ,.\u00a0")

    def _is_shy(self, month: int, *, said_before: int) -> bool:
        word = self.words[month]
        if word.folded not in _SHY_MONTHS or self.text[word.start].isupper():
            return False
        if word.folded == "mars" and self.setting.tongue == "fr":
            return False
        before = self._term(said_before - 1)[0] if said_before else {}
        return not ("on" in before or "since" in before)

    def _instant(self, written: str) -> When | None:
        try:
            instant = datetime.fromisoformat(written)
        except ValueError:
            return None
        zone = self.setting.zone
        local = instant.astimezone(zone) if instant.tzinfo else instant.replace(tzinfo=zone)
        day = moments.stretch(self.setting, local.date(), "day")
        return day and moments.at_time(self.setting, day, local.time())

    def _numeric(self, found: re.Match[str]) -> When | None:
        """03/05/2026, 3.5., 2026-05-03: by the order of the writer's place."""
        if found["iso"]:
            year, month, day = int(found["iso"]), int(found["m"]), int(found["d"])
            return moments.on(self.setting, day, month, year)
        customs, sign = self.setting.customs, found["b"]
        if not found["year"] and not self._may_lack_year(found):
            return None
        if sign == "." and len(found["year"] or "") == 2 and not customs.has_dotted_dates:
            return None
        year_said = int(found["year"]) if found["year"] else None
        if year_said is not None and year_said < 100:
            year_said += 2000
        day, month = int(found["one"]), int(found["two"])
        if customs.is_month_first and sign != ".":
            day, month = month, day
        return moments.on(self.setting, day, month, year_said, may_swap=sign != ".")

    def _may_lack_year(self, found: re.Match[str]) -> bool:
        if found["b"] == "-" or found[0] in _NO_DATES:
            return False
        if found["dot"] and self.setting.customs.has_dotted_dates:
            return True
        if found["b"] == "." and not found["dot"]:
            return False
        place = bisect_left(self.words, found.start(), key=lambda word: word.start)
        before = self._term(place - 1)[0] if self._goes_on(place) else {}
        return any(role in before for role in ("on", "since", "weekday"))
