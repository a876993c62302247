"""The value of a slot in what a customer writes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from rapport.ai.gathering.service import Fact, Named
from rapport.ai.gathering.service import mentioned as fact_mentioned
from rapport.ai.gathering.service import read as read_fact
from rapport.ai.procedures.language import Slot
from rapport.ai.procedures.running.effects import Wanted
from rapport.ai.procedures.understanding import naming
from rapport.ai.procedures.understanding.choosing import choose, several
from rapport.ai.procedures.understanding.replies import reply

_BY_THE_WAY: Final = frozenset({"order_number", "email", "phone", "pattern"})
"""Kinds that a message names for certain without being asked for them."""
_OWN: Final[Mapping[str, Callable[[str], Any]]] = {
    "name": naming.name,
    "address": naming.address,
    "postcode": naming.postcode,
    "yes_no": lambda text: {"yes": True, "no": False}.get(reply(text) or ""),
}


def answered(
    wanted: Sequence[Wanted], text: str, named: Sequence[Named], patterns: Mapping[str, str]
) -> dict[str, Any]:
    """The values of the slots that an answer to the question for them tells.

    `patterns` are the workspace's patterns by the slot's name.
    """
    is_one = len(wanted) == 1
    found = dict[str, Any]()
    for slot in wanted:
        if slot.kind == "text" and not is_one:
            continue
        value = _value(slot, text, named, patterns.get(slot.name, ""))
        if value is not None and value != []:
            found[slot.name] = value
    return found


def mentioned(slots: Mapping[str, Slot], named: Sequence[Named]) -> dict[str, Any]:
    """What a message names by the way; nothing that only an answer shows to be meant."""
    found = dict[str, Any]()
    for name, slot in slots.items():
        if slot.kind in _BY_THE_WAY:
            value = fact_mentioned(_fact(name, slot.kind, slot.pattern), named)
            if value is not None:
                found[name] = [value] if slot.many else value
    return found


def by_the_way(wanted: Wanted, named: Sequence[Named], pattern: str = "") -> Any:
    """The value of a slot that an earlier message named; None where it named none."""
    if wanted.kind not in _BY_THE_WAY:
        return None
    return fact_mentioned(_fact(wanted.name, wanted.kind, pattern), named)


def _value(wanted: Wanted, text: str, named: Sequence[Named], pattern: str) -> Any:
    if wanted.kind == "choice":
        return several(wanted.options, text) if wanted.many else choose(wanted.options, text)
    if wanted.kind in _OWN:
        return _OWN[wanted.kind](text)
    value = read_fact(_fact(wanted.name, wanted.kind, pattern), text, named)
    if value is not None and wanted.kind == "number":
        return float(value) if "." in value else int(value)
    return value


def _fact(name: str, kind: str, pattern: str) -> Fact:
    return Fact(name, cast("Any", kind), {"en": name}, pattern=pattern)
