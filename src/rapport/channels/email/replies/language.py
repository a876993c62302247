"""Which language a mail is written in: by its script, its small words and its letters."""

import re
from collections import Counter
from importlib.resources import files
from typing import Final

import msgspec

MAX_CHARS: Final = 4_000
"""The beginning tells; what follows is looked at no more."""
_MIN_LETTERS: Final = 12
_MIN_SCORE: Final = 1.2
_GOOD_SCORE: Final = 2.0
_LEAD: Final = 1.15
_LEAD_OF_FEW: Final = 1.6
"""How far ahead a language has to be, and how far where few words speak for it."""
_MAX_TIMES: Final = 3
_MAX_FOR_LETTERS: Final = 2.0
_WEIGHT_OF_LETTERS: Final = 40
_WORD: Final = re.compile(r"[^\W\d_]+")
_NOT_WORDS: Final = re.compile(r"https?://\S{1,2000}|`[^`\n]{1,200}`|\S{1,200}@\S{1,200}")
_SCRIPTS: Final = (
    ("el", 0x370, 0x3FF),
    ("cyrillic", 0x400, 0x4FF),
    ("hy", 0x530, 0x58F),
    ("he", 0x590, 0x5FF),
    ("ar", 0x600, 0x6FF),
    ("hi", 0x900, 0x97F),
    ("th", 0xE00, 0xE7F),
    ("ka", 0x10A0, 0x10FF),
    ("latin", 0x1E00, 0x1EFF),
    ("ja", 0x3040, 0x30FF),
    ("zh", 0x4E00, 0x9FFF),
    ("ko", 0xAC00, 0xD7A3),
    ("latin", 0x61, 0x24F),
)
"""The letters of each script, under the language that alone has it here."""


class _Tongues(msgspec.Struct, frozen=True):
    """Facts about languages, in `tongues.json`."""

    small_words: dict[str, str]
    """Words that hardly any text of a few sentences is without; some languages share some."""
    letters: dict[str, str]
    """Letters that few languages have; they decide where the small words are even."""
    persian: str
    """Letters that Persian has and Arabic has not."""


_TONGUES: Final = msgspec.json.decode(
    files(__package__).joinpath("tongues.json").read_bytes(), type=_Tongues
)
_WORDS: Final = {code: frozenset(words.split()) for code, words in _TONGUES.small_words.items()}
_LETTERS: Final = {code: frozenset(letters) for code, letters in _TONGUES.letters.items()}
_CYRILLIC: Final = frozenset({"bg", "ru", "sr", "uk"})
_IDEOGRAPHIC: Final = frozenset({"ja", "ko", "zh"})


def of(text: str) -> str | None:
    """The ISO 639-1 code of the language, or None for a text too short or too mixed to tell.

    Chinese is `zh` in either script, Norwegian is `no`, and Croatian, Bosnian and Serbian in Latin
    letters are `hr`.
    """
    words = _NOT_WORDS.sub(" ", text[:MAX_CHARS]).casefold()
    letters = Counter(c for c in words if c.isalpha())
    script = _script(letters)
    if script is None:
        return None
    if script in {"latin", "cyrillic"}:
        return _by_words(words, letters, cyrillic=script == "cyrillic")
    if script == "ar" and sum(letters[c] for c in _TONGUES.persian) * 50 > letters.total():
        return "fa"
    return script


def _script(letters: Counter[str]) -> str | None:
    """The script of most letters, by the language that has it alone; None for too few letters."""
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        code = ord(letter)
        name = next((name for name, first, last in _SCRIPTS if first <= code <= last), None)
        if name is not None:
            scripts[name] += 3 * count if name in _IDEOGRAPHIC else count
    if scripts["ja"] * 10 > scripts["zh"]:  # Japanese is written with both
        scripts["ja"] += scripts.pop("zh", 0)
    if scripts.total() < _MIN_LETTERS:
        return None
    name, count = scripts.most_common(1)[0]
    return name if count * 2 > scripts.total() else None


def _by_words(words: str, letters: Counter[str], *, cyrillic: bool) -> str | None:
    """The language whose small words and letters are there the most, if it is ahead of all others.

    A word counts by how few languages have it.
    """
    found = Counter(_WORD.findall(words))
    scores = dict.fromkeys(_WORDS, 0.0)
    for word, times in found.items():
        having = [code for code, small in _WORDS.items() if word in small]
        for code in having:
            scores[code] += min(times, _MAX_TIMES) / len(having)
    for code, own in _LETTERS.items():
        share = sum(letters[letter] for letter in own) / letters.total()
        scores[code] += min(_MAX_FOR_LETTERS, _WEIGHT_OF_LETTERS * share)
    of_script = (it for it in scores.items() if (it[0] in _CYRILLIC) == cyrillic)
    (code, score), (_, second) = sorted(of_script, key=lambda it: -it[1])[:2]
    lead = _LEAD if score >= _GOOD_SCORE else _LEAD_OF_FEW
    return code if score >= max(_MIN_SCORE, lead * second) else None
