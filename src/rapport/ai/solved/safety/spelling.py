"""Undoing odd ways of writing, so that what is somebody's is recognised however it is spelt."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from rapport.kernel.folding import fold

_INVISIBLE: Final = frozenset({"Cf", "Cc", "Co", "Cn", "Cs"})
_VARIANTS: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\ufe00-\ufe0f]")
_OPEN: Final = r"\s*[\[({<«|]\s*"
_SHUT: Final = r"\s*[\])}>»|]\s*"
_AT_WORDS: Final = "at|ät|aet|arroba|chiocciola|arobase|snabela"
_DOT_WORDS: Final = "dot|punkt|punto|point|ponto|prikk|kropka"
_AT: Final = re.compile(
    rf"{_OPEN}(?:{_AT_WORDS}|@){_SHUT}|\s+(?:{_AT_WORDS}|@)\s+|\s+@|@\s+", re.IGNORECASE
)
_DOT: Final = re.compile(
    rf"{_OPEN}(?:{_DOT_WORDS}|\.){_SHUT}|\s+(?:{_DOT_WORDS}|\.)\s+|\s+\.(?=\w)", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def plain(text: str) -> str:
    """A text in ordinary letters and digits, with nothing in it that one does not see."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if _is_seen(c))
    return _VARIANTS.sub("", "".join(map(_digit, kept)))


def readings(text: str) -> Iterator[str]:
    """A plain text as it is, and with addresses that are spelt out put together."""
    yield text
    yield _DOT.sub(".", _AT.sub("@", text))


def words(text: str) -> list[str]:
    """The words of a text as they are written, in order."""
    return _WORD.findall(text.replace("_", " "))


def squeezed(text: str) -> str:
    """Nothing but the letters and digits of a text, without case and accents."""
    return "".join(c for c in fold(plain(text)) if c.isalnum())


def _is_seen(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in _INVISIBLE


def _digit(character: str) -> str:
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))
