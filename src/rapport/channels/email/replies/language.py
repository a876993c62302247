"""Which language a mail is written in."""

from typing import Final

from rapport.inference.language import service as languages

SURE: Final = 0.5
"""Below it a text is too short or too mixed to tell."""


def of(text: str) -> str | None:
    """The ISO 639-1 code of the language, or None for a text too short or too mixed to tell.

    Chinese is `zh` in either script, Norwegian is `no`, and Croatian, Bosnian and Serbian in Latin
    letters are `hr`.
    """
    found = languages.guess(text)
    return found.code if found.probability >= SURE else None
