"""Texts that the server itself says, in the reader's language.

English is the source: its sentences are the message ids. Each `catalogues/<locale>.po` holds a
translation; what it lacks is said in English. Placeholders are `{name}`.
"""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
FOLDER = Path(__file__).parent / "catalogues"


def available() -> tuple[str, ...]:
    """The locales there are texts in, English first."""
    return (SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po") if path.stem != SOURCE))


def t(locale: str, message: str, **params: object) -> str:
    """`message` in a locale (or its nearest relative), with the parameters filled in."""
    said = _translations(nearest(locale)).gettext(message)
    return said.format(**params) if params else said


def tn(locale: str, one: str, many: str, count: int, **params: object) -> str:
    """The form of a message that fits `count`, which is also the parameter `{count}`."""
    said = _translations(nearest(locale)).ngettext(one, many, count)
    return said.format(count=count, **params)


def nearest(locale: str | None) -> str:
    """The available locale that serves a wish best: itself, its language, or English."""
    if locale:
        wished = locale.replace("_", "-").lower()
        for candidate in (wished, wished.split("-", 1)[0]):
            for known in available():
                if known.lower() == candidate:
                    return known
    return SOURCE


def negotiate(
    *, user: str | None = None, workspace: str | None = None, accept_language: str | None = None
) -> str:
    """The locale to speak: the person's choice, then the workspace's, then the browser's."""
    for wish in (user, workspace):
        if wish:
            return nearest(wish)
    for wish in _by_preference(accept_language or ""):
        if wish.split("-", 1)[0].lower() == SOURCE or nearest(wish) != SOURCE:
            return nearest(wish)
    return SOURCE


def direction(locale: str) -> Literal["ltr", "rtl"]:
    """Which way a locale is written; left to right for an unknown one."""
    try:
        found = Locale.parse(locale.replace("-", "_")).text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"
    return "rtl" if found == "rtl" else "ltr"


def catalogue(locale: str) -> Catalog:
    """A locale's messages, read from its file."""
    with (FOLDER / f"{locale}.po").open("rb") as file:
        return read_po(file, locale=locale.replace("-", "_"))


@lru_cache(maxsize=32)
def _translations(locale: str) -> gettext.NullTranslations:
    if locale == SOURCE:
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _by_preference(header: str) -> list[str]:
    """The languages of an Accept-Language header, the dearest first."""
    weighed: list[tuple[float, str]] = []
    for part in header[:1_000].split(","):
        language, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if language and language != "*" and weight > 0:
            weighed.append((weight, language))
    return [language for _, language in sorted(weighed, key=lambda pair: -pair[0])]
