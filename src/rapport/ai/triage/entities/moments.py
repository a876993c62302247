"""Days and stretches of time, reckoned from the day a message was written."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final

from rapport.ai.triage.entities.setting import Setting
from rapport.ai.triage.entities.values import Grain, When

_WEEK: Final = timedelta(days=7)
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)


def stretch(setting: Setting, day: date, grain: Grain, *others: date) -> When | None:
    """The day, or the week, month or year that begins with it; None where nobody lives."""
    if not _FIRST <= day <= _LAST:
        return None
    ends: dict[Grain, Callable[[], date]] = {
        "day": lambda: day + timedelta(days=1),
        "week": lambda: day + _WEEK,
        "month": lambda: months_on(day, 1),
        "year": lambda: months_on(day, 12),
    }
    return When(_midnight(setting, day), _midnight(setting, ends[grain]()), grain, others)


def at_time(setting: Setting, when: When, clock: time) -> When:
    """That time on that day."""
    start = datetime.combine(when.start.date(), clock, setting.zone)
    return When(start, start + timedelta(minutes=1), "minute", when.others)


def after(setting: Setting, amount: int, unit: str) -> When | None:
    """So many minutes, hours, days, weeks, months or years from now; ago, where below zero."""
    if abs(amount) > 1_000:
        return None
    if unit in ("minute", "hour"):
        start = (setting.at + timedelta(**{f"{unit}s": amount})).astimezone(setting.zone)
        return When(start, start + timedelta(minutes=1), "minute")
    if unit in ("day", "week"):
        return stretch(setting, setting.today + amount * timedelta(**{f"{unit}s": 1}), "day")
    return stretch(setting, months_on(setting.today, amount * (12 if unit == "year" else 1)), "day")


def months_on(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(max(year, 1), 9_998)
    return day.replace(year=year, month=month + 1, day=min(day.day, _days_in(year, month + 1)))


def weekday(setting: Setting, number: int, shift: int | None, *, is_gone: bool) -> When | None:
    """The Tuesday that is meant: 0 is Monday, `shift` is last, this or next.

    Without a shift it is the one to come, today counted, and may be the one that is gone. The next
    Tuesday is the first after today; if that is in this week still, it may be the one after.
    """
    today = setting.today
    ahead = (number - today.weekday()) % 7
    if shift == 0:
        return stretch(setting, today + timedelta(days=number - today.weekday()), "day")
    if shift == 1:
        day = today + timedelta(days=ahead or 7)
        return stretch(setting, day, "day", *([day + _WEEK] if number > today.weekday() else []))
    day = today + timedelta(days=ahead)
    gone = day - _WEEK
    if shift == -1:
        return stretch(setting, gone, "day", *([gone - _WEEK] if number < today.weekday() else []))
    return stretch(setting, gone, "day") if is_gone else stretch(setting, day, "day", gone)


def period(setting: Setting, unit: str, shift: int) -> When | None:
    """Last, this or next week, month or year."""
    today = setting.today
    if unit == "week":
        return stretch(setting, today - timedelta(days=today.weekday()) + shift * _WEEK, "week")
    if unit == "month":
        return stretch(setting, months_on(today.replace(day=1), shift), "month")
    if unit == "year":
        return stretch(setting, months_on(today.replace(month=1, day=1), 12 * shift), "year")
    return None


def month(setting: Setting, number: int, shift: int | None = None) -> When | None:
    """The May that is meant: last, this or next; without a shift, the nearest."""
    first = setting.today.replace(month=number, day=1)
    this = setting.today.replace(day=1)
    if shift is None:
        return stretch(setting, _nearest(setting, number, 1) or first, "month")
    if (shift == 1 and first <= this) or (shift == -1 and first >= this):
        first = first.replace(year=first.year + shift)
    return stretch(setting, first, "month")


def on_month(setting: Setting, number: int, year: int) -> When | None:
    """A month of a year."""
    return stretch(setting, date(year, number, 1), "month")


def on(
    setting: Setting, day: int, month_number: int, year: int | None, *, may_swap: bool = False
) -> When | None:
    """A day of a month, of the nearest year where none is said; None if there is no such day.

    With `may_swap` the two numbers may stand the other way round.
    """
    found = _day(setting, day, month_number, year)
    other = _day(setting, month_number, day, year) if may_swap else None
    if found is None:
        found, other = other, None
    if found is None:
        return None
    return stretch(setting, found, "day", *([other] if other and other != found else []))


def normal(when: When) -> str:
    """2026, 2026-05, 2026-W19, 2026-05-03 or 2026-05-03T15:00 (ISO 8601)."""
    forms: dict[Grain, str] = {"year": "%Y", "month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d"}
    return when.start.strftime(forms.get(when.grain, "%Y-%m-%dT%H:%M"))


def _day(setting: Setting, day: int, number: int, year: int | None) -> date | None:
    if not 1 <= number <= 12 or not 1 <= day <= 31:
        return None
    if year is None:
        return _nearest(setting, number, day)
    try:
        return date(year, number, day)
    except ValueError:
        return None


def _nearest(setting: Setting, number: int, day: int) -> date | None:
    today = setting.today
    years = [
        year for year in range(today.year - 1, today.year + 2) if day <= _days_in(year, number)
    ]
    days = [date(year, number, day) for year in years]
    return min(days, key=lambda one: abs(one - today), default=None)


def _days_in(year: int, number: int) -> int:
    return (date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)).day


def _midnight(setting: Setting, day: date) -> datetime:
    return datetime.combine(day, time(), setting.zone)
