"""Covering what is somebody's with a name for it, and putting it back into what is answered."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from rapport.inference.personal.finding import find

_NAME: Final = re.compile(r"\[([A-Z]{2,10})_(\d{1,6})\]", re.IGNORECASE)


class Cover:
    """Covers texts that belong together: the same value has the same name in all of them.

    `[EMAIL_1]` says to a model what stood there. Whoever writes such a name themselves gets it
    covered like anything else, so that nobody has a value told to them by guessing its name.
    """

    def __init__(self, also: Iterable[tuple[str, str]] = ()) -> None:
        """Cover what is found, and `also`: pairs of a word such as `NAME` and a value."""
        self._names: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        told = {value.strip(): word.upper() for word, value in also if len(value.strip()) > 1}
        self._known = {value.casefold(): word for value, word in told.items()}
        longest_first = "|".join(map(re.escape, sorted(told, key=len, reverse=True)))
        self._also = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.IGNORECASE)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many different values were covered, by the word for them."""
        return self._counts

    def cover(self, text: str) -> str:
        """The text with names where something is somebody's."""
        text = _NAME.sub(lambda found: self._name("TEXT", found[0]), text)
        covered, end = list[str](), 0
        for span in find(text):
            covered += [text[end : span.start]]
            covered += [self._name(span.kind.upper(), text[span.start : span.end])]
            end = span.end
        text = "".join([*covered, text[end:]])
        return self._also.sub(self._known_name, text) if self._known else text

    def uncover(self, text: str) -> str:
        """The text with the values back; a name that was never given stays as it is."""
        return _NAME.sub(lambda found: self._values.get(found[0].upper(), found[0]), text)

    def _known_name(self, found: re.Match[str]) -> str:
        return self._name(self._known.get(found[0].casefold(), "NAME"), found[0])

    def _name(self, word: str, value: str) -> str:
        if value in self._names:
            return self._names[value]
        self._counts[word] += 1
        name = f"[{word}_{self._counts[word]}]"
        self._names[value] = name
        self._values[name] = value
        return name
