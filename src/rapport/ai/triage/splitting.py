"""Taking a message apart for those who read its mood and its urgency."""

import re
from typing import Final

from rapport.ai.triage.intents.analysis import Split, pieces, words

MAX_CHARS: Final = 2_000
"""How somebody feels, and how much it hurries, stands in the beginning."""
_MARK: Final = re.compile(
    r"[\U0001f300-\U0001faff\u2600-\u27bf]|[?!]{2,8}|\.{3}|\u2026|[:;]-?[()DP]"
)
_CAPITALS: Final = re.compile(r"\b[^\W\d_]{3,40}\b")
_SHOUTED: Final = "<shouted>"
_LOUD: Final = 2
"""From so many words in capitals on, somebody is shouting."""


def split(text: str) -> Split:
    """The features of a text: its words, pairs of words and marks, and the pieces of its words."""
    said = text[:MAX_CHARS]
    return Split([*words(said), *marks(said)], pieces(said))


def marks(text: str) -> list[str]:
    """What is not said in words: pictures of faces, repeated signs, and shouting."""
    found = [mark[:3] for mark in _MARK.findall(text)]
    shouted = sum(word.isupper() for word in _CAPITALS.findall(text))
    return [*found, _SHOUTED] if shouted >= _LOUD else found


def is_loud(text: str) -> bool:
    """Whether somebody shouts: in capitals, or with several signs of exclamation."""
    return any(mark == _SHOUTED or "!" in mark for mark in marks(text))
