"""Numbers that have a name: order, invoice, ticket, error, version, and others by "number" or #."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import msgspec

from rapport.ai.triage.entities.amounts import is_counted
from rapport.ai.triage.entities.values import Found, Kind
from rapport.ai.triage.entities.words import Phrases, Word, held, listed

_ID: Final = re.compile(
    r"(?P<number>(?:[ \t](?:de|mit|con|com|with))?[ \t]?"
    r"(?:(?:number|nummer|no|nr|num|nbr|id|code|ref|n|numero|número|numéro|رقم)"
    r"(?![\w])[.:°º]?|n\.?[°º]|№))?"
    r"(?:\s{0,2}(?:is|was|ist|war|lautet|est|es|é|è)(?!\w))?"
    r"[ \t.]{0,2}[:=#(\"'\u200f\u2013-]{0,2}[ \t]{0,2}(?P<hash>#)?[ \t]?"
    r"(?P<id>[A-Za-z0-9\u0660-\u0669](?:[A-Za-z0-9\u0660-\u0669]|[/_.-](?=[A-Za-z0-9\u0660-\u0669])){0,40})(?!\w)",
    re.IGNORECASE,
)
_HASHED: Final = re.compile(
    r"(?<![\w&/#])#\s?(?P<id>(?=[A-Z-]{0,8}\d)[A-Z0-9][A-Z0-9-]{2,24})(?!\w)"
)
_FORMED: Final = re.compile(
    r"(?<![\w/-])(?P<what>INV|ORD|TKT|RMA)[-/#]?\d[\dA-Z]{0,15}(?:[-/][\dA-Z]{1,16}){0,4}(?!\w)"
)
_FORMS: Final[Mapping[str, Kind]] = {
    "INV": "invoice",
    "ORD": "order",
    "TKT": "ticket",
    "RMA": "reference",
}
_NOT_IDS: Final = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?|\d{1,4}[.]\d{2}|\d{1,3}(?:st|nd|rd|th|x)",
    re.IGNORECASE,
)
_HTTP: Final = re.compile(r"[45]\d\d")
_VERSION: Final = re.compile(
    r"v?\d{1,4}(?:\.\d{1,6}){0,4}(?:[-.]?(?:alpha|beta|rc|b|a)[.-]?\d{0,3})?", re.I
)
_SHORT: Final = 3


@cache
def _names() -> Phrases[Kind]:
    table = msgspec.json.decode(held(__package__, "labels.json"), type=dict[Kind, str])
    return Phrases[Kind](listed(table))


def read(text: str, words: list[Word]) -> Iterator[Found]:
    """The numbers that a name precedes, those whose form names them, and those after a bare #."""
    for kind, _, after in _names().all_in(text, words):
        found = _ID.match(text, words[after - 1].end)
        if found is not None and _is_id(kind, text, words[after - 1].folded, found):
            said = found["id"]
            normal = said.lstrip("vV") if kind == "version" else said.upper()
            yield Found(kind, *found.span("id"), normal, normal)
    for found in _FORMED.finditer(text):
        yield Found(_FORMS[found["what"]], *found.span(), found[0], found[0])
    for found in _HASHED.finditer(text):
        yield Found("reference", *found.span("id"), found["id"], found["id"])


def _is_id(kind: Kind, text: str, name: str, found: re.Match[str]) -> bool:
    said = found["id"]
    if not any(it.isdigit() for it in said):
        return False
    if kind == "version":
        return _VERSION.fullmatch(said) is not None
    if name == "http":
        return _HTTP.fullmatch(said) is not None
    if _NOT_IDS.fullmatch(said) or is_counted(text, found.end()):
        return False
    is_short = said.isdigit() and len(said) < _SHORT
    is_named = bool(found["number"] or found["hash"])
    return is_named or not is_short or kind == "error_code"
