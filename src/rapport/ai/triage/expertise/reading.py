"""How much the writer of a message knows, by words, detail and form."""

import math
import re
from dataclasses import dataclass
from typing import Final, Literal

from rapport.ai.triage.entities.words import words_of
from rapport.ai.triage.expertise.vocabulary import Shown, spoken

Level = Literal["novice", "ordinary", "expert"]
MAX_CHARS: Final = 4_000
_FORMS: Final = (
    re.compile(r"`[^`\n]{2,200}`|^[ \t]{2,8}\S.{0,200}[;{}=]$", re.MULTILINE),  # code
    re.compile(r"(?<![\w-])--?[a-z][\w-]{1,30}(?=[\s=]|$)"),  # options of commands
    re.compile(r"(?<![\w-])(?:0x[0-9A-Fa-f]{4,16}|[A-Z]{2,20}(?:_[A-Z0-9]{1,20}){1,8})(?![\w-])"),
    re.compile(r"\b[a-z]{2,30}(?:_[a-z0-9]{1,30}){1,6}\b|\b[a-z]{2,20}(?:[A-Z][a-z]{2,20}){1,5}\b"),
    re.compile(r"\b(?:[A-Z][a-z]{2,20}){3,6}\b|\bF\.?\d{2}\b"),
    re.compile(r"\b\d{1,5} ?(?:[kM]?Ohm|[kM]?Hz|mA|Pa|hPa)\b"),
    re.compile(r"\b[A-Z][a-z]{2,40}(?:[A-Z][a-z]{1,40}){0,4}(?:Exception|Error)\b"),
    re.compile(r"(?<![\w.,])v?\d{1,4}(?:\.\d{1,5}){2,3}(?![\w.])"),  # versions and addresses
    re.compile(
        r"\b(?:HTTP|status|error|fehler|erreur|erro|errore|fout|code|exit code)\s\d{1,5}\b", re.I
    ),
    re.compile(
        r"(?:^|\s)(?:/[\w.-]{2,40}){2,8}"
        r"|\b[\w-]{1,40}\.(?:ya?ml|json|conf|cfg|ini|log|py|js|php|sh|xml|java)\b"
    ),
    re.compile(r"(?<!\w)(?:GET|POST|PUT|PATCH|DELETE) /\S|\b[a-z]{2,20}\(\)"),
)
"""Forms that only those use who know: code, options, names of errors, versions, paths."""
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S{1,500}|\S{1,64}@\S{1,200}", re.IGNORECASE)
_MOST_OF_ONE: Final = 2
_EXPERT_FROM, _NOVICE_FROM = 2.0, -1.0
_SHORT: Final = 8
"""So few words show little, whatever they are."""


@dataclass(frozen=True, slots=True)
class Expertise:
    """A level, and how sure that is, 0 to 1."""

    level: Level
    confidence: float


def read(text: str) -> Expertise:
    """How much the writer knows; where a text shows nothing, ordinary, and not sure of it."""
    text = _ADDRESS.sub(" ", text[:MAX_CHARS])
    words = words_of(text)
    shown: dict[Shown, set[str]] = {"technical": set(), "tried": set(), "lost": set()}
    for shows, first, after in spoken().all_in(text, words):
        shown[shows].add(" ".join(word.folded for word in words[first:after]))
    score = (
        0.8 * min(5, len(shown["technical"]))
        + 0.8 * min(2, len(shown["tried"]))
        + 1.0 * min(4, _forms(text))
        - 1.5 * min(3, len(shown["lost"]))
    )
    return _judged(score, len(words))


def _forms(text: str) -> int:
    found = 0
    for form in _FORMS:
        for count, _ in enumerate(form.finditer(text), 1):
            found += 1
            if count == _MOST_OF_ONE:
                break
    return found


def _judged(score: float, words: int) -> Expertise:
    sure = min(1.0, words / _SHORT) if words else 0.0
    if score >= _EXPERT_FROM:
        return Expertise("expert", sure * _grown(score - _EXPERT_FROM))
    if score <= _NOVICE_FROM:
        return Expertise("novice", sure * _grown(_NOVICE_FROM - score))
    middle = (_EXPERT_FROM + _NOVICE_FROM) / 2
    return Expertise("ordinary", sure * _grown(1.0 - abs(score - middle)))


def _grown(beyond: float) -> float:
    """How sure: half at the edge of a level, more the further in."""
    return 1 / (1 + math.exp(-beyond))
