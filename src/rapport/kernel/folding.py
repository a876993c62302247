"""Making words comparable: search must not care for case or accents."""

import unicodedata


def fold(words: str) -> str:
    """`words` without case, accents and vowel marks; NUL, which PostgreSQL refuses, is dropped."""
    if words.isascii():
        return words.lower().replace("\x00", "")
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(c for c in decomposed if c != "\x00" and not unicodedata.combining(c))
