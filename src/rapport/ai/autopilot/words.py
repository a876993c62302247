"""The words of a question: which carry its content, which language they are, what they ask for."""

import re
from collections.abc import Iterable
from typing import Final, Literal

from rapport.ai.autopilot import lexicon
from rapport.inference.language import service as languages
from rapport.kernel.folding import fold

Intent = Literal["person", "unhelpful", "thanks", "greeting"]

MAX_CHARS: Final = 2_000
"""What is longer is a letter, not a question; its beginning says what it is about."""
_MAX_SMALL_TALK_WORDS: Final = 8
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_NAME: Final = re.compile(r"(?<=[\w,;:] )[A-Z\u00c0-\u00de][\w-]*|\b\w*\d\w*\b")
_SPOKEN: Final = frozenset({"ar", *lexicon.SMALL_WORDS})
_SURE: Final = 0.7
"""Below it a text may be in any language."""
_SUFFIXES: Final = frozenset({"s", "es", "ed", "d", "ing", "ment", "ments", "n", "en", "e", "er"})
_SHARED_CHARS: Final = 4


def words(text: str) -> list[str]:
    """The words of a text without case and accents, in order."""
    return _WORD.findall(fold(text[:MAX_CHARS]).replace("\u2019", "'"))


def content(text: str) -> list[str]:
    """The words that carry the meaning, in order, each once."""
    return list(dict.fromkeys(w for w in words(text) if len(w) > 1 and w not in lexicon.STOP))


def entities(text: str) -> list[str]:
    """What a text is about by name: words in capitals within a sentence, and numbers of things."""
    found = _NAME.findall(text[:MAX_CHARS])
    return list(dict.fromkeys(w for w in found if fold(w) not in lexicon.STOP and len(w) > 1))


def is_same(one: str, other: str) -> bool:
    """Whether two folded words are forms of one: `return` and `returning`, `size` and `sizes`."""
    if one == other:
        return True
    if not (one.isalpha() and other.isalpha()):
        return False
    short, long = sorted((one, other), key=len)
    ending = long[len(short) :]
    if long.startswith(short) and len(short) > 2 and ending in _SUFFIXES:
        return ending != "d" or short.endswith("e")
    pairs = enumerate(zip(short, long, strict=False))
    shared = next((place for place, (a, b) in pairs if a != b), len(short))
    return shared >= _SHARED_CHARS and shared >= len(short) - 2 and shared >= len(long) - 4


def coverage(question: Iterable[str], text: str) -> float:
    """The share of the question's content words that the text contains, 0 to 1.

    0 for a question without any content word: nothing can show that a text answers it.
    """
    wanted = list(question)
    if not wanted:
        return 0.0
    there = set(words_of(text))
    found = sum(1 for w in wanted if w in there or any(is_same(w, t) for t in there))
    return found / len(wanted)


def words_of(text: str) -> list[str]:
    """The words of a text of any length."""
    return _WORD.findall(fold(text).replace("\u2019", "'"))


def language(text: str, *, default: str = "en") -> str:
    """The language of a text, as far as it shows one that the assistant speaks.

    `default` where it does not: a product name or a number belongs to no language.
    """
    found = languages.guess(text, among=_SPOKEN)
    return found.code if found.code and found.probability >= _SURE else default


def intent(text: str) -> Intent | None:
    """What a message is besides a question; None when it is one, or may be one."""
    plain = " ".join(words(text))
    if not plain:
        return "thanks" if any(sign in text for sign in lexicon.THUMBS) else None
    if any(pattern.search(plain) for pattern in lexicon.PERSON):
        return "person"
    if any(pattern.search(plain) for pattern in lexicon.UNHELPFUL):
        return "unhelpful"
    spoken = plain.split()
    if len(spoken) > _MAX_SMALL_TALK_WORDS or not set(spoken) <= lexicon.SMALL_TALK:
        return None
    if set(spoken) & lexicon.THANKS:
        return "thanks"
    return "greeting" if set(spoken) & lexicon.GREETINGS else None
