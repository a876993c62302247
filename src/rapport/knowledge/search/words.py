"""What BM25 counts: words made comparable, and parts of words where a language needs them."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from rapport.kernel.folding import fold

MAX_TERM_CHARS: Final = 64
MAX_QUESTION_TERMS: Final = 128
_GRAM: Final = 4
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
# Scripts written without spaces, where a run of letters is a sentence and not a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

_STOP_WORDS: Final = (
    "a about above after again all am an and any are as at be because been before being below "
    "between both but by can could did do does doing down during each few for from further "
    "get had has have having he her here hers him his how i if in into is it its itself just "
    "like me more most my myself no nor not now of off on once only or other our ours out "
    "over own please s same she should so some such t than that the their theirs them then "
    "there these they this those through to too under until up very want was we were what "
    "when where which while who whom why will with would you your yours yourself"
)
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())
"""Too common in English to say what a question is about."""


def content_words(text: str) -> list[str]:
    """The words that carry meaning, folded and stemmed a little, in their order."""
    return [_stem(word) for word in _words(text) if word not in STOP_WORDS]


def terms_of_article(text: str, locale: str) -> Counter[str]:
    """What an article in `locale` is found by, and how often it says each."""
    counted = Counter(content_words(text))
    if not locale.startswith("en"):
        counted.update(gram for word in _words(text) for gram in _grams(word))
    return counted


def terms_of_question(text: str) -> list[str]:
    """What to look for: words, and parts of words (which only articles not in English have)."""
    words = dict.fromkeys(content_words(text))
    grams = dict.fromkeys(gram for word in _words(text) for gram in _grams(word))
    return list(words | grams)[:MAX_QUESTION_TERMS]


def _words(text: str) -> Iterator[str]:
    for found in _WORD.finditer(fold(text)):
        yield found[0].replace("\u2019", "'").removesuffix("'s")[:MAX_TERM_CHARS]


def _stem(word: str) -> str:
    """Take the plural off an English word; everything else is left to the embeddings."""
    if len(word) < 4 or not word.isascii() or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") else word


def _grams(word: str) -> Iterator[str]:
    """Pairs of signs where words are not spaced, else four letters in a row; marked with `~`."""
    size = 2 if _UNSPACED.search(word) else _GRAM
    for start in range(len(word) - size + 1) if len(word) > size else ():
        yield f"~{word[start : start + size]}"
