"""Where and when a message is read: what "tomorrow", 3/5 and $ mean depends on it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies

from rapport.ai.triage.entities.patterns import Patterns
from rapport.ai.triage.entities.products import Products


@dataclass(frozen=True, slots=True)
class Customs:
    """How numbers and dates are written in a place."""

    is_month_first: bool
    has_dotted_dates: bool
    decimal: str
    currencies: tuple[str, ...]
    region: str | None


@dataclass(frozen=True, slots=True)
class Setting:
    """Who wrote when, and what the workspace knows.

    `at` is an aware instant; `locale` is the writer's (`de-AT`), or the workspace's; `language` is
    the message's own, where it is known.
    """

    at: datetime
    zone: ZoneInfo
    locale: str = "en-US"
    language: str | None = None
    products: Products = field(default_factory=lambda: Products({}))
    patterns: Patterns = field(default_factory=lambda: Patterns({}))

    @property
    def today(self) -> date:
        """The day it is where the writer is."""
        return self.at.astimezone(self.zone).date()

    @property
    def customs(self) -> Customs:
        """How the writer's place writes numbers and dates."""
        return _customs_of(self.locale)

    @property
    def tongue(self) -> str:
        """The language whose words go first."""
        return self.language or self.locale[:2].lower()


@lru_cache(256)
def _customs_of(name: str) -> Customs:
    try:
        locale = Locale.parse(name, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en", "US")
    likely = get_global("likely_subtags").get(locale.language, "")
    region = locale.territory or likely.rpartition("_")[2] or None
    pattern = locale.date_formats["short"].pattern
    return Customs(
        is_month_first=pattern.find("M") < pattern.find("d"),
        has_dotted_dates="." in pattern,
        decimal=locale.number_symbols["latn"]["decimal"],
        currencies=tuple(get_territory_currencies(region)) if region else (),
        region=region,
    )
