"""What to ask next: exactly what is missing, not for ever, and never what is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from rapport.ai.gathering.answers import mentioned, parts, read, refuses
from rapport.ai.gathering.facts import Fact, Named

MOST_TRIES: Final = 3
Surface = Literal["card", "letter", "chat"]
"""A form, all questions in one message, or one question after another."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known in a conversation, how often each thing was asked, and what was refused."""

    values: Mapping[str, str] = field(default_factory=dict)
    tries: Mapping[str, int] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for these; `again` are those of them that were asked before and not understood."""

    facts: tuple[Fact, ...]
    again: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Enough:
    """Everything required is known."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """A person has to go on: something required was refused, or asked too often in vain."""

    missing: tuple[Fact, ...]
    was_refused: bool


Plan = Ask | Enough | GiveUp


def plan(
    facts: Sequence[Fact], known: Known, surface: Surface, *, most_tries: int = MOST_TRIES
) -> Plan:
    """What to do now.

    What is optional is asked once, together with something required or never: nobody is kept
    waiting for it.
    """
    open_ = [fact for fact in facts if fact.name not in known.values]
    missing = tuple(fact for fact in open_ if fact.is_required)
    if not missing:
        return Enough()
    refused = any(fact.name in known.refused for fact in missing)
    if refused or any(known.tries.get(fact.name, 0) >= most_tries for fact in missing):
        return GiveUp(missing, refused)
    asked = missing[:1]
    if surface != "chat":
        asked = tuple(
            fact
            for fact in open_
            if fact.is_required or not (known.tries.get(fact.name) or fact.name in known.refused)
        )
    return Ask(asked, tuple(fact for fact in asked if known.tries.get(fact.name)))


def hear(
    asked: Sequence[Fact], known: Known, answer: str, named: Mapping[str, Sequence[Named]]
) -> Known:
    """What is known after an answer to the question for some facts.

    `named` is what the whole answer names under the empty name, and what the part of a fact
    (`answers.parts`) names under the fact's. A fact that the answer says nothing of was asked in
    vain; who says that they cannot tell has refused all that stay open.
    """
    said = parts(asked, answer)
    whole = named.get("", ())
    values = dict(known.values)
    for fact in asked:
        own = said.get(fact.name)
        is_code = fact.kind == "order_number"
        value = read(fact, answer, whole) if is_code else mentioned(fact, whole)
        if own is not None:
            value = read(fact, own, named.get(fact.name, whole if len(asked) == 1 else ()))
            value = None if fact.kind == "text" and value and refuses(value) else value
        if value is not None:
            values[fact.name] = value
    left = [fact.name for fact in asked if fact.name not in values]
    tries = {**known.tries, **{name: known.tries.get(name, 0) + 1 for name in left}}
    refused = known.refused | frozenset(left if refuses(answer) else ())
    return Known(values, tries, refused)
