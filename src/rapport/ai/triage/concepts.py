"""What a message speaks of, in any of six languages: danger, haste, money, thanks …

The words are kept by concept and language in `concepts.json`: with `_` between the words of a
phrase, and `*` where a word may go on. What is learned about a concept from messages of one
language so holds for all.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from rapport.kernel.folding import fold

LANGUAGES: Final = ("en", "de", "fr", "es", "pt", "ar")
_WORD: Final = re.compile(r"[^\W_]+(?:['-][^\W_]+){0,4}")
_MAX_WORD: Final = 40
_SHORTEST_STEM: Final = 3
_LONGEST_PHRASE: Final = 5
_ATTACHED: Final = re.compile(
    r"(?:l|d|j|n|s|m|t|c|qu)'(?=\w)|[وف]?(?:بال|لل|ال)(?=\w{3})|[وف](?=\w{3})"
)
"""What French and Arabic write together with the word that follows."""


class _Lexicon(NamedTuple):
    """Phrases and beginnings of words of one language, folded, with the concepts they stand for."""

    phrases: dict[str, Sequence[str]]
    stems: dict[str, Sequence[str]]

    def of_word(self, word: str) -> Sequence[str]:
        """The concepts of a word by itself, or of the longest beginning of it that is known."""
        found = self.phrases.get(word)
        if found is not None:
            return found
        for length in range(len(word), _SHORTEST_STEM - 1, -1):
            if (found := self.stems.get(word[:length])) is not None:
                return found
        return ()


@cache
def _lexicons() -> Mapping[str, _Lexicon]:
    content = files(__package__).joinpath("concepts.json").read_bytes()
    lexicons = {language: _Lexicon({}, {}) for language in LANGUAGES}
    for concept, spoken in msgspec.json.decode(content, type=dict[str, dict[str, str]]).items():
        for language, entries in spoken.items():
            for entry in fold(entries).split():
                phrases, stems = lexicons[language]
                known, key = (
                    (stems, entry[:-1])
                    if entry.endswith("*")
                    else (phrases, entry.replace("_", " "))
                )
                known[key] = (*known.get(key, ()), concept)
    return lexicons


@cache
def names() -> tuple[str, ...]:
    """The names of all concepts."""
    lexicons = _lexicons().values()
    known = (it for lexicon in lexicons for part in lexicon for it in part.values())
    return tuple(sorted({name for names in known for name in names}))


def found_in(text: str, language: str | None) -> list[str]:
    """The concepts of `text` in their order, each as often as it is spoken of.

    A phrase counts before its words, so that `not urgent` is not `urgent`. A language that is not
    one of `LANGUAGES` is looked at with English eyes.
    """
    lexicon = _lexicons().get(language or "", _lexicons()["en"])
    words = [word[:_MAX_WORD] for word in _WORD.findall(fold(text.replace("\u2019", "'")))]
    found: list[str] = []
    place = 0
    while place < len(words):
        length, concepts = _longest(lexicon, words[place : place + _LONGEST_PHRASE])
        found += concepts
        place += length
    return found


def _longest(lexicon: _Lexicon, words: Sequence[str]) -> tuple[int, Sequence[str]]:
    """How many of the words belong together, and the concepts they stand for."""
    bare = _ATTACHED.sub("", words[0], count=1) if _ATTACHED.match(words[0]) else words[0]
    for length in range(len(words), 1, -1):
        rest = " ".join(islice(words, 1, length))
        for first in {words[0], bare}:
            if (found := lexicon.phrases.get(f"{first} {rest}")) is not None:
                return length, found
    return 1, lexicon.of_word(words[0]) or lexicon.of_word(bare)
