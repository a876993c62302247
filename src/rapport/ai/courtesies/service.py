"""What somebody means, apart from what is written around it to be kind.

The same question is asked with one line in a chat, and by mail between a greeting and a name.
"""

import re
from collections.abc import Collection, Sequence
from typing import Final

from rapport.ai.courtesies.patterns import (
    ADDRESSED,
    COURTESY,
    GREETING,
    HELLO,
    PLEASANTRY,
    SHORT_SIGN_OFF,
    SIGN_OFF,
)
from rapport.kernel.folding import fold

MAX_LINE: Final = 1_000
_LAST_LINES: Final = 5
_MARKS: Final = " \t.!,;:…-*_🙂😊🙏"
_WORD: Final = re.compile(r"[^\W\d_]+")
_ENDED: Final = re.compile(r"(?<=[.!?؟…])\s+")


def bare(text: str, names: Collection[str] = ()) -> str:
    """What a customer's message says on one line, without greeting, pleasantries and signature.

    `names` are those of the people who write: a last line of nothing else is a signature. A text
    that is nothing but courtesies stays as it is.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = lines[: _unsigned(lines, signed_at(lines), names)]
    said = " ".join(" ".join([_ungreeted(lines[0]), *lines[1:]]).split()) if lines else ""
    kept = " ".join(one for one in _ENDED.split(said) if not is_pleasantry(one))
    return kept or " ".join(text.split())


def without_greeting(text: str) -> str:
    """A text without the hello it begins with."""
    found = GREETING.match(fold(text[:MAX_LINE]))
    if not found:
        return text
    # Folding may change lengths, so the hello is counted in words.
    said = len(found[0].split())
    rest = re.match(rf"\W*(?:\S+\s*){{{said}}}", text)
    return text[rest.end() :] if rest else text


def greets(line: str) -> bool:
    """Whether a line begins with a hello."""
    return HELLO.match(fold(line[:MAX_LINE])) is not None


def is_courtesy(sentence: str) -> bool:
    """Whether a sentence of an agent's is only kind."""
    return COURTESY.search(fold(sentence[:MAX_LINE])) is not None


def is_pleasantry(sentence: str) -> bool:
    """Whether a sentence of a customer's is kind from its first word to its last."""
    return PLEASANTRY.fullmatch(fold(sentence[:MAX_LINE]).strip(_MARKS)) is not None


def signed_at(lines: Sequence[str]) -> int:
    """Which of the lines of a text, without the empty ones, begins the signature."""
    for number, line in enumerate(lines):
        folded = fold(line[:MAX_LINE]).strip()
        is_late = number >= max(1, len(lines) - _LAST_LINES)
        if number and (SIGN_OFF.match(folded) or (is_late and SHORT_SIGN_OFF.match(folded))):
            return number
    return len(lines)


def _ungreeted(line: str) -> str:
    """A line without its hello, if that is said to somebody and is not how a question begins."""
    greeting, hello = (it.match(fold(line[:MAX_LINE])) for it in (GREETING, HELLO))
    if greeting is None or hello is None:
        return line
    said = line.split()[len(hello[0].split()) : len(greeting[0].split())]
    words = [word for part in said for word in _WORD.findall(part)]
    is_said_to = all(word[0].isupper() or fold(word) in ADDRESSED for word in words)
    return without_greeting(line) if is_said_to else line


def _unsigned(lines: Sequence[str], end: int, names: Collection[str]) -> int:
    """Where the names at the end of the first `end` lines begin."""
    known = {fold(word) for name in names for word in _WORD.findall(name)}
    while end > 1 and (said := set(map(fold, _WORD.findall(lines[end - 1])))) and said <= known:
        end -= 1
    return end
