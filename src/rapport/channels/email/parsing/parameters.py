"""Fields with parameters: Content-Type and Content-Disposition (RFC 2045, 2183, 2231)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from rapport.channels.email.parsing.charsets import decode
from rapport.channels.email.parsing.words import decode_words, one_line

_MAX_PARAMETERS: Final = 200
_MAX_PIECES: Final = 100
_VALUE: Final = re.compile(r"\s*([^;\s\"]*)")
_PARAMETER: Final = re.compile(
    r"[;\s]*([^\s=;\"*]{1,60})(?:\*(\d{1,3}))?(\*)?\s*=\s*"
    r"(?:\"((?:[^\"\\]|\\.)*+)(?:\"|$)|'([^';]*)'(?=\s*(?:;|$))|([^;]*))"
)
_NEXT: Final = re.compile(r"[;\s]*+[^;]*+")
_ESCAPED: Final = re.compile(r"\\([\"\\])")
_FUSED: Final = re.compile(
    r" (?:name|filename|charset|boundary|format|type|size|report-type)\*?\d?\*?\s?=", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Parameterised:
    """A value in lower case and its parameters, decoded."""

    value: str
    parameters: Mapping[str, str]


def parse(text: str) -> Parameterised:
    """Read a field; what cannot be understood is left out.

    Values may be unquoted with spaces in them, in encoded words (which RFC 2047 forbids and many
    send), or in numbered pieces with a charset (RFC 2231). Of two with one name the first counts.
    """
    head = _VALUE.match(text)
    value = head[1] if head is not None else ""
    position = head.end() if head is not None else 0
    if "=" in value:  # the value itself is missing
        value, position = "", 0
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for _ in range(_MAX_PARAMETERS):
        found = _PARAMETER.match(text, position)
        if found is None:
            skipped = _NEXT.match(text, position)
            if skipped is None or skipped.end() >= len(text):
                break
            position = skipped.end()
            continue
        position = _take(text, found, plain, pieces)
    merged = {name: _merged(numbered) for name, numbered in pieces.items()}
    return Parameterised(value.lower(), {**plain, **merged})


def _take(
    text: str,
    found: re.Match[str],
    plain: dict[str, str],
    pieces: dict[str, dict[int, tuple[str, bool]]],
) -> int:
    """Note one parameter; where the next begins."""
    name, number, is_extended = found[1].lower(), found[2], found[3] is not None
    position = found.end()
    value = _ESCAPED.sub(r"\1", found[4]) if found[4] is not None else found[5] or ""
    if found[6] is not None:
        value = found[6]
        fused = _FUSED.search(value)
        if fused is not None:  # the semicolon before the next one is missing
            position = found.start(6) + fused.start()
            value = value[: fused.start()]
        value = value.strip().strip('"')
    if number is None and not is_extended:
        plain.setdefault(name, one_line(decode_words(value)))
    elif len(pieces.setdefault(name, {})) < _MAX_PIECES:
        pieces[name].setdefault(int(number or 0), (value, is_extended))
    return position


def _merged(numbered: Mapping[int, tuple[str, bool]]) -> str:
    """The value of a parameter that was sent in pieces (RFC 2231, sections 3 and 4)."""
    charset = "utf-8"
    content: list[bytes] = []
    for number in sorted(numbered):
        value, is_extended = numbered[number]
        if is_extended and number == min(numbered) and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        raw = value.encode("utf-8", "replace")
        content.append(unquote_to_bytes(raw) if is_extended else raw)
    text = decode(b"".join(content), charset or None, hints=["utf-8"])[0]
    return one_line(decode_words(text))
