"""What of an agent's message may be told to everybody: its answer, without anything of anybody's.

A sentence that holds something personal, or a number that only one customer has, is left out whole:
with a hole in it, it would say nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rapport.ai.autopilot import service as autopilot
from rapport.ai.courtesies import service as courtesies
from rapport.ai.gaps.courtesies import PERSONAL_CASE, TOLD_NAME
from rapport.inference.personal.service import Cover
from rapport.kernel.folding import fold

_MAX_CHARS: Final = 6_000
_MIN_WORDS: Final = 3
"""A sentence of fewer is an exclamation."""
_GREETED: Final = 6
"""Words of a greeting, the hello and a name with its titles."""
_SIGNED: Final = 3
"""Words of a name below a text; what is longer is a department or a motto."""
_ITEM: Final = re.compile(r"^\s{0,6}(?:[-*+•]|\d{1,3}[.)])\s+")
_MARKED: Final = re.compile(r"\*\*|__|`|^#{1,6}\s+")
_LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,2000}\)")
_COVERED: Final = re.compile(r"\[[A-Z]{2,10}_\d{1,6}\]")
_NUMBERED: Final = re.compile(
    r"#\s?\d{2,}"
    r"|(?<![\w])(?=[\w./-]{0,30}\d[\w./-]{0,30}\d[\w./-]{0,30}\d[\w./-]{0,30}\d)"
    r"[\w./-]{5,}(?![\w])"
)
"""Four digits and more in a word of five and more: an order, a parcel, a postcode, a date."""
_CASED: Final = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something an agent said that may be told to everybody."""

    text: str
    is_item: bool
    """Whether it stood in a list."""
    is_of_one_case: bool
    """Whether it speaks of one customer's case: only worth telling if several agents say it."""


class Discretion:
    """Knows whose a conversation is, and takes out of its texts what is theirs."""

    def __init__(self, names: Iterable[str], said: Iterable[str] = ()) -> None:
        """`names` of everybody who took part; `said` are all texts, in which people name others."""
        known = {name.strip() for name in names if len(name.strip()) > 1}
        for text in said:
            known |= _named_in(text[:_MAX_CHARS])
        self._cover = Cover([("name", name) for name in known])
        parts = {part for name in known for part in _CASED.findall(name)}
        parts = {part for part in parts if part[0].upper() == part[0]}
        forms = sorted({form for part in parts for form in (part, part.upper())})
        self._parts = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)")
        self._has_parts = bool(forms)

    def shown(self, text: str) -> str:
        """A text for colleagues, with covers over what is personal."""
        covered = self._cover.cover(text)
        return self._parts.sub("[NAME]", covered) if self._has_parts else covered

    def lets_pass(self, sentence: str) -> bool:
        """Whether nothing in a sentence is anybody's."""
        if _COVERED.search(self._cover.cover(sentence)) or _NUMBERED.search(sentence):
            return False
        return not (self._has_parts and self._parts.search(sentence))

    def impersonal(self, text: str) -> str:
        """The words of a text that are nobody's, to be compared with others'."""
        kept = _NUMBERED.sub(" ", _COVERED.sub(" ", self._cover.cover(text)))
        return self._parts.sub(" ", kept) if self._has_parts else kept


def sentences(body: str, discretion: Discretion) -> list[Sentence]:
    """The sentences of an agent's Markdown that may be told to everybody, in order."""
    return [
        Sentence(text, is_item, PERSONAL_CASE.search(fold(text)) is not None)
        for line, is_item in _lines(body)
        for text in autopilot.sentences(line)
        if _says_something(text) and discretion.lets_pass(text)
    ]


def trimmed(body: str) -> str:
    """An agent's text without greeting and signature."""
    return "\n".join(f"- {line}" if is_item else line for line, is_item in _lines(body))


def _lines(body: str) -> Iterator[tuple[str, bool]]:
    """The lines that answer, without marks; and whether each stood in a list."""
    lines = [line for line in _LINK.sub(r"\1", body[:_MAX_CHARS]).splitlines() if line.strip()]
    lines = lines[: courtesies.signed_at(lines)]
    for number, written in enumerate(lines):
        if written.lstrip().startswith(">"):
            continue
        is_item = _ITEM.match(written) is not None
        line = _MARKED.sub("", _ITEM.sub("", written[: courtesies.MAX_LINE]).strip())
        line = courtesies.without_greeting(line) if number == 0 else line
        if line.strip():
            yield line.strip(), is_item


def _says_something(text: str) -> bool:
    return len(text.split()) >= _MIN_WORDS and not courtesies.is_courtesy(text)


def _named_in(text: str) -> set[str]:
    """Who a text greets, and what somebody in it says they are called."""
    found = {match["who"] for match in TOLD_NAME.finditer(text)}
    first = next((line for line in text.splitlines() if line.strip()), "")[: courtesies.MAX_LINE]
    if courtesies.greets(first):
        for word in first.split()[1:_GREETED]:
            if word[:1].isupper():
                found.add(word.strip(",.:;!?،"))
            if word[-1:] in ",.:;!?،":
                break
    return (found | set(_signed(text))) - {""}


def _signed(text: str) -> Iterator[str]:
    """The name below a text."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    below = lines[courtesies.signed_at(lines) + 1 :][:1]
    for word in below[0].split() if below and len(below[0].split()) <= _SIGNED else ():
        if word[:1].isupper():
            yield word.strip(",.:;!?،")
