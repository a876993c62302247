"""Letters that no language has put together."""

import re
from typing import Final

_WORD: Final = re.compile(r"(?<![\w@./:#-])[A-Za-z]{7,80}(?![\w@/-])")
_LETTER: Final = re.compile(r"[^\W\d_]")
_CONSONANTS: Final = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}")
_TURNS: Final = re.compile(r"[a-z][A-Z]")
_MIXED: Final = re.compile(r"[A-Za-z][аеорсухіѕј]|[аеорсухіѕј][A-Za-z]")  # noqa: RUF001
_AGAIN: Final = re.compile(r"(.)\1+")
_LEAST: Final = 12
"""Fewer letters are no text, and no noise."""


def share(text: str) -> float:
    """How much of a text is noise, 0 to 1; words in capitals are codes, not noise."""
    letters = len(_LETTER.findall(text))
    if letters < _LEAST:
        return 0.0
    return sum(len(it[0]) for it in _WORD.finditer(text) if _is_noise(it[0])) / letters


def disguised(text: str) -> int:
    """How often Cyrillic letters stand among Latin ones in a word, to look like them."""
    return len(_MIXED.findall(text))


def _is_noise(word: str) -> bool:
    if word.isupper():
        return False
    small = _AGAIN.sub(r"\1", word.lower())
    vowels = sum(map(small.count, "aeiouy")) / len(small)
    if len(_TURNS.findall(word)) > 2 and vowels < 0.25:
        return True
    is_one_letter = len(set(small)) < 4
    return not is_one_letter and (
        vowels < 0.13 or (vowels < 0.22 and bool(_CONSONANTS.search(small)))
    )
