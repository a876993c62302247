"""The lines between two `---` at the start of a Markdown file: names and plain values."""

import re
from collections.abc import Mapping

_FENCE = re.compile(r"\A﻿?---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:[ \t]*(.*)")


def split(source: str) -> tuple[Mapping[str, str], str]:
    """The values at the head of a file, names in lower case, and the text after them.

    Only `name: value` lines are understood; lists, nested values and comments are passed over.
    """
    found = _FENCE.match(source)
    if found is None:
        return {}, source
    values = {}
    for line in found[1].splitlines():
        entry = _LINE.fullmatch(line.rstrip())
        if entry is not None and (value := _unquoted(entry[2].strip())):
            values[entry[1].lower()] = value
    return values, source[found.end() :]


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
