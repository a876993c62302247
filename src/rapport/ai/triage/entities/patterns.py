"""A workspace's own patterns. They run in time linear in the text, whatever is written in them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import re2

from rapport.ai.triage.entities.values import Custom, Found
from rapport.kernel.errors import Unprocessable

MOST: Final = 50
"""So many patterns a workspace may have."""
MAX_CHARS: Final = 300
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MAX_PROGRAM: Final = 3_000
_MAX_MEMORY: Final = 4 << 20
_MOST_FOUND: Final = 100
"""Of one pattern in one message."""
_MISSING: Final = ("(?=", "(?!", "(?<", "invalid escape sequence: \\1")


class PatternRefused(Unprocessable):
    """This pattern cannot be used."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a pattern finds in an example: each match's place and what it stands for."""

    found: tuple[tuple[int, int, str], ...]


class Patterns:
    """Patterns by name, in the syntax of RE2. With a group, what the first one holds is meant."""

    def __init__(self, written: Mapping[str, str]) -> None:
        """Compile patterns that were `check`ed when they were saved.

        Raises:
            PatternRefused: one of them cannot be used, or there are too many.
        """
        if len(written) > MOST:
            raise PatternRefused(f"A workspace may have {MOST} patterns.")
        self._compiled = {name: _compiled(pattern) for name, pattern in written.items()}

    def read(self, text: str) -> Iterator[Found]:
        """What the patterns find; the first `_MOST_FOUND` of each."""
        for name, pattern in self._compiled.items():
            for start, end, said in _matches(pattern, text):
                yield Found("custom", start, end, Custom(name, said), f"{name}:{said}")


def check(name: str, pattern: str, example: str) -> Trial:
    """What a pattern finds in an example, before it is saved.

    Raises:
        PatternRefused: the name or the pattern cannot be used; it says why.
    """
    if not _NAME.fullmatch(name):
        raise PatternRefused(
            "A pattern's name has small letters, digits and _, begins with a letter and is no "
            "longer than 40."
        )
    return Trial(tuple(_matches(_compiled(pattern), example[:1_000])))


def _compiled(pattern: str) -> Any:  # re2 has no types
    if len(pattern) > MAX_CHARS:
        raise PatternRefused(f"A pattern may have {MAX_CHARS} characters.")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternRefused(_reason(error)) from error
    if compiled.programsize > _MAX_PROGRAM:
        raise PatternRefused("The pattern is too large; its repetitions make it so.")
    if compiled.search("") is not None:
        raise PatternRefused("The pattern fits an empty text, so it would be found everywhere.")
    return compiled


def _reason(error: Exception) -> str:
    told = error.args[0]
    said = told.decode(errors="replace") if isinstance(told, bytes) else "it is no valid text"
    if any(it in said for it in _MISSING):
        return f"Look-around and back-references are not supported ({said})."
    return f"The pattern cannot be read: {said}."


def _matches(pattern: Any, text: str) -> Iterator[tuple[int, int, str]]:
    for found in islice(pattern.finditer(text), _MOST_FOUND):
        group = 1 if pattern.groups and found[1] is not None else 0
        start, end = found.span(group)
        if start < end:
            yield start, end, found[group]
