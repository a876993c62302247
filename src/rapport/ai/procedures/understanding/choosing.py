"""Which of some options a text means, by its id, its words, or what tells it from the others."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from rapport.ai.procedures.running.effects import Option
from rapport.kernel.folding import fold

_MAX_CHARS: Final = 1_000
_WORD: Final = re.compile(r"[^\W_]+(?:['.][^\W_]+)*%?")
_ID: Final = re.compile(r"(?<![\w-])(?=[\w-]*\d)[A-Za-z\d]+(?:[_-][A-Za-z\d]+)*(?![\w-])")
_PLACE: Final = re.compile(
    r"^\W*(?:(?:number|no\.?|option|nummer|numero|the)\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?\W*$", re.I
)
_ALL: Final = re.compile(
    r"\b(?:all(?: of (?:them|it|the items))?|both|everything|every item|the whole order|"
    r"alle|alles|beide|tous|toutes|todo|todos|todas|tudo|ambos)\b|كل|جميع"
)
_EXCEPT: Final = re.compile(
    r"\b(?:except|but not|apart from|besides|not the|ausser|sauf|excepto|menos)\b"
)
_ENOUGH: Final = 0.5
"""Of the words of a text that carry meaning, the part that the options must know."""
_SMALL: Final = frozenset(
    [
        "the",
        "a",
        "an",
        "my",
        "your",
        "this",
        "that",
        "one",
        "ones",
        "it",
        "is",
        "its",
        "it's",
        "i",
        "i'd",
        "id",
        "like",
        "want",
        "would",
        "please",
        "use",
        "to",
        "with",
        "from",
        "for",
        "of",
        "and",
        "or",
        "in",
        "on",
        "at",
        "by",
        "me",
        "can",
        "you",
        "just",
        "item",
        "items",
        "product",
        "products",
        "number",
        "no",
        "id",
        "make",
        "same",
        "but",
        "be",
        "into",
        "change",
        "swap",
        "exchange",
        "return",
        "replace",
        "get",
        "have",
        "new",
        "go",
        "back",
        "put",
        "pay",
        "refund",
        "ending",
        "ends",
        "which",
        "think",
        "maybe",
        "thanks",
        "thank",
        "ok",
        "okay",
        "yes",
        "so",
        "then",
        "instead",
        "should",
        "will",
        "take",
        "prefer",
        "send",
        "returning",
        "wish",
        "choose",
        "pick",
        "select",
        "let's",
        "lets",
        "do",
        "not",
        "order",
        "version",
        "variant",
        "option",
        "kind",
        "type",
        "size",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "einen",
        "ich",
        "mochte",
        "hatte",
        "gerne",
        "bitte",
        "mit",
        "und",
        "von",
        "zu",
        "auf",
        "nehme",
        "le",
        "la",
        "les",
        "un",
        "une",
        "je",
        "voudrais",
        "avec",
        "et",
        "de",
        "du",
        "s'il",
        "vous",
        "plait",
        "el",
        "los",
        "las",
        "una",
        "quiero",
        "con",
        "y",
        "por",
        "favor",
        "o",
        "os",
        "as",
        "um",
        "uma",
        "quero",
        "com",
        "e",
        "de",
        "da",
        "do",
        "para",
    ]
)


def choose(options: Sequence[Option], text: str) -> str | None:
    """The value of the one option that is meant; None where none or several may be.

    What looks like an id and is none of theirs means none of them, whatever else is said.
    """
    found = chosen(options, text)
    return found[0] if len(found) == 1 else None


def several(options: Sequence[Option], text: str) -> list[str]:
    """The values of all options that a text names; those of all for "all of them"."""
    said = fold(text[:_MAX_CHARS])
    if _ALL.search(said) and not _EXCEPT.search(said):
        return [option.value for option in options]
    if _EXCEPT.search(said):
        return []
    known = _ids(options, text)
    if known is not None:
        return known
    found = list[str]()
    for part in re.split(r"[;\n]|,? and (?:the|my|a) |, (?:the|my) ", text[:_MAX_CHARS]):
        one = choose(options, part)
        if one is None and any(sign.isalpha() for sign in part) and len(part.split()) > 1:
            whole = choose(options, text)
            return [whole] if whole else []
        if one is not None and one not in found:
            found.append(one)
    return found


def chosen(options: Sequence[Option], text: str) -> list[str]:
    """The values that fit a text best; several where nothing tells them apart."""
    text = text[:_MAX_CHARS]
    place = _PLACE.match(text)
    if place and 1 <= int(place[1]) <= len(options) and not _named(options, place[1]):
        return [options[int(place[1]) - 1].value]
    known = _ids(options, text)
    if known is not None:
        return known
    spoken = _phrases(options, text)
    return spoken or _described(options, text)


def _named(options: Sequence[Option], number: str) -> bool:
    return any(number in _words(option.label) for option in options)


def _ids(options: Sequence[Option], text: str) -> list[str] | None:
    """The options whose ids are written; [] where an id of their form is none; None without any."""
    ids = {option.value.casefold(): option.value for option in options}
    shaped = {_shape(value) for value in ids if any(sign.isdigit() for sign in value)}
    written = [found.casefold() for found in _ID.findall(text)]
    known = [ids[one] for one in written if one in ids]
    strange = [one for one in written if one not in ids and _shape(one) in shaped]
    if known and not strange:
        return list(dict.fromkeys(known))
    return [] if strange else None


def _shape(value: str) -> str:
    """What ids of one making have in common: how long their number is, and where letters stand."""
    digits = sum(sign.isdigit() for sign in value)
    form = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", value))
    return f"{min(digits, 6)}:{form}" if digits > 3 else value


def _phrases(options: Sequence[Option], text: str) -> list[str]:
    """The options one of whose other words, or whose whole label or value, stands in the text."""
    said = f" {' '.join(_words(text))} "
    return [
        option.value
        for option in options
        if any(
            phrase and f" {phrase} " in said
            for phrase in (" ".join(_words(p)) for p in (option.value, option.label, *option.words))
        )
    ]


def _described(options: Sequence[Option], text: str) -> list[str]:
    """The options that share most of the words that tell options apart, if the text is on them."""
    told = {option.value: _told_by(option) for option in options}
    everything = frozenset[str]().union(*told.values())
    tells = {stem for stem in everything if any(stem not in stems for stems in told.values())}
    words = {word for word in _words(text) if word not in _SMALL or _stem(word) in tells}
    if not words:
        return []
    explained = {word for word in words if _stem(word) in everything}
    if len(explained) < _ENOUGH * len(words):
        return []
    counts = Counter(stem for stems in told.values() for stem in stems)
    scores = {
        value: sum(1 / counts[_stem(w)] for w in explained if _stem(w) in stems)
        - sum(0.5 for w in explained if _stem(w) not in stems)
        for value, stems in told.items()
    }
    best = max(scores.values(), default=0.0)
    return [value for value, score in scores.items() if best > 0 and score >= best - 1e-9]


def _told_by(option: Option) -> frozenset[str]:
    return frozenset(_stem(word) for word in _words(" ".join((option.label, *option.words))))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text).replace("\u2019", "'").replace("-", " "))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def labelled(options: Iterable[Option]) -> str:
    """The options as a list to choose from."""
    return "\n".join(f"{place}. {option.label}" for place, option in enumerate(options, 1))
