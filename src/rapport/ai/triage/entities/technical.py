"""Versions and error codes that their own form tells."""

import errno
import re
from collections.abc import Iterator
from typing import Final

from rapport.ai.triage.entities.values import Found

_PLATFORM: Final = re.compile(
    r"(?<!\w)(?:iOS|iPadOS|watchOS|macOS|Mac OS X|Android|Windows|Ubuntu|Debian|Fedora|Chrome|"
    r"Firefox|Safari|Edge|Opera|Office|Java|Python|PHP|Node(?:\.js)?|WordPress|WooCommerce|Magento|"
    r"Shopware|PostgreSQL|MySQL|Bluetooth)[ \t]\d{1,4}(?:\.\d{1,5}){0,3}(?![\w.]*\d)",
    re.IGNORECASE,
)
_MARKED: Final = re.compile(
    r"(?<![\w.])[vV]\.?\s?"
    r"(?P<v>\d{1,4}(?:\.\d{1,6}){0,4}(?:[-+]?(?:alpha|beta|rc|b|a)[.-]?\d{0,3})?)(?!\w)"
)
_DOTTED: Final = re.compile(
    r"(?<![\w.,])\d{1,4}(?:\.\d{1,5}){2,3}(?:-?(?:alpha|beta|rc)[.-]?\d{0,3})?(?![\w]|\.\d)"
)
_CODES: Final = re.compile(
    r"(?<![\w-])(?:0[xX][0-9A-Fa-f]{4,16}"
    r"|(?:ORA|TNS|PLS|SQLSTATE|AADSTS|NETSDK|MSB|LNK|KB|CVE|ERR|ERROR)[-:]? ?\d[\d-]{2,11}"
    r"|(?=[A-Z_]{0,40}(?:ERR|FAIL|DENIED|TIMEOUT|TIMED|INVALID|REFUSED|EXCEPTION|NOT_FOUND|UNAVAIL))"
    r"[A-Z]{2,20}(?:_[A-Z0-9]{1,20}){1,8}"
    r"|[A-Z][a-z][A-Za-z]{2,40}(?:Exception|Error))(?![\w-])"
)
_SYMBOL: Final = re.compile(r"(?<![\w-])E[A-Z]{3,14}(?![\w-])")
_SYMBOLS: Final = frozenset(errno.errorcode.values())


def errors(text: str) -> Iterator[Found]:
    """0x80070057, ORA-00942, ERR_CONNECTION_RESET, ECONNREFUSED, NullPointerException."""
    for found in _CODES.finditer(text):
        yield Found("error_code", *found.span(), found[0].upper(), found[0].upper())
    for found in _SYMBOL.finditer(text):
        if found[0] in _SYMBOLS:
            yield Found("error_code", *found.span(), found[0], found[0])


def platforms(text: str) -> Iterator[Found]:
    """Versions such as iOS 17.4, Windows 11, v4.0-beta2: surer than a date."""
    for found in _PLATFORM.finditer(text):
        said = " ".join(found[0].split())
        yield Found("version", *found.span(), said, said)
    for found in _MARKED.finditer(text):
        yield Found("version", *found.span(), found["v"], found["v"])


def dotted(text: str) -> Iterator[Found]:
    """2.3.1, unless it was a date."""
    for found in _DOTTED.finditer(text):
        yield Found("version", *found.span(), found[0], found[0])
