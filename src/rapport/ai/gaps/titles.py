"""What many customers asked, as one question that anybody may read."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rapport.ai.autopilot import service as autopilot
from rapport.ai.courtesies import service as courtesies
from rapport.ai.gaps.grouping import alike, key_words
from rapport.ai.gaps.replies import Discretion
from rapport.kernel.richtext import plain

MAX_CHARS: Final = 120
_MAX_WORDS: Final = 16
_ASKS: Final = 0.25
"""How much a question counts more than a statement of the same words."""
_MARKS: Final = "?؟"
_TOPIC_WORDS: Final = 4
_LEADS: Final = re.compile(
    r"^\W{0,3}(?:(?:and|but|so|also|then|please|just|und|aber|also|bitte|et|mais|alors|y|pero|"
    r"por favor|e|mas|entao|quick question|question|frage|pregunta|pergunta)\b[\s,:]{0,3}){1,3}",
    re.IGNORECASE,
)


def title(questions: Sequence[str], discretion: Discretion) -> str:
    """The sentence that says best what the questions have in common; without names and numbers.

    Where every sentence holds something personal, the words that most of them share. Empty where
    there is nothing at all.
    """
    told = [s for question in questions for s in _sentences(question, discretion)]
    spoken = [set(key_words(discretion.impersonal(question))) for question in questions]
    if not told:
        counted = Counter(word for words in spoken for word in words)
        return _capital(", ".join(word for word, _ in counted.most_common(_TOPIC_WORDS)))
    return _capital(max(told, key=lambda s: (_fit(s, spoken), -len(s))))


def _sentences(question: str, discretion: Discretion) -> list[str]:
    said = courtesies.without_greeting(plain(question))
    found = [_LEADS.sub("", s) for s in autopilot.sentences(said)]
    return [
        s
        for s in found
        if 0 < len(s) <= MAX_CHARS
        and key_words(s)
        and not courtesies.is_courtesy(s)
        and discretion.lets_pass(s)
    ]


def _fit(sentence: str, spoken: Sequence[set[str]]) -> float:
    """How much a sentence has of all questions; a short one that asks is preferred."""
    words = key_words(sentence)
    shared = sum(alike(words, others) for others in spoken) / (len(spoken) or 1)
    asks = _ASKS if sentence.rstrip()[-1:] in _MARKS else 0.0
    too_long = max(0, len(sentence.split()) - _MAX_WORDS) / _MAX_WORDS
    return shared + asks - too_long


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:MAX_CHARS]
