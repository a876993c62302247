"""Numbers of telephones, told apart from all the other numbers by their form and what is near."""

import re
from collections.abc import Iterator
from typing import Final

_CANDIDATE: Final = re.compile(
    r"(?<![\w.+/#-])(?:\+\s?|\(\+?)?\d(?:[ .\-/()\u00a0]{0,2}\d){6,16}(?!\d|[.\-/]\d)"
)
_DATE: Final = re.compile(
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{2}|\d{4}))(?: .*)?"
)
_BEFORE: Final = re.compile(
    r"(?:\b(?:tel|fon|fax|call(?:ed|ing)?|ring|phone|telephone|mobile|cell|cellphone|whats\s?app|"
    r"text|sms|reach(?:ed)?|contact|dial|hotline|"
    r"telefon(?:nummer)?|handy(?:nummer)?|mobil(?:nummer)?|ruf\w*|anruf\w*|erreich\w*|rückruf\w*|"
    r"t[ée]l[ée]phone|appel\w*|portable|rappel\w*|joindre|"
    r"tel[ée]fono|llam\w*|m[óo]vil|celular|"
    r"cellulare|chiam\w*|ligar|ligue\w*|telem[óo]vel|bel(?:len)?|zadzwo\w*|komórk\w*)\b|"
    r"هاتف|جوال|اتصل)[^\n\d]{0,30}$",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    r"^[ \-,(]{0,3}"
    r"(?:office|fax|mobile|cell|home|work|mob|tel|phone|büro|privat|bureau|oficina|casa)\b",
    re.IGNORECASE,
)
_PLACE_BEFORE: Final = re.compile(
    r"\b(?:box|psc|unit|apt|suite|order|invoice|ticket|case|ref(?:erence)?|tracking|account|serial|"
    r"sku|isbn|bestell\w*|rechnung\w*|kunden\w*|auftrag\w*|commande|facture|pedido|factura|zip|"
    r"plz|nr|no|number|nummer|#)\W{0,3}$",
    re.IGNORECASE,
)
_NEAR: Final = 50
_MAX_DIGITS: Final = 15
"""E.164."""


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers of telephones stand."""
    for found in _CANDIDATE.finditer(text):
        said = found[0]
        digits = sum(it.isdigit() for it in said)
        if digits > _MAX_DIGITS or _DATE.fullmatch(said):
            continue
        before = text[max(0, found.start() - _NEAR) : found.start()]
        after = text[found.end() : found.end() + 15]
        if _is_one(said, digits, before, after):
            yield found.span()


def _is_one(said: str, digits: int, before: str, after: str) -> bool:
    if said.startswith(("+", "(+", "00")):
        return digits >= 8
    if _BEFORE.search(before) or _AFTER.match(after):
        return True
    if _PLACE_BEFORE.search(before) or re.match(r" [A-ZÀ-Þ]", after):
        return False  # an address, or a number with a name of its own
    groups = [len(it) for it in re.findall(r"\d+", said)]
    if len(groups) == 1:
        return said.startswith("0") and 9 <= digits <= 12
    if said.startswith("("):
        return digits >= 9
    return digits >= 9 and len(groups) >= 3 and max(groups) <= 5 and min(groups) >= 2
