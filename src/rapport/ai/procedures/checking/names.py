"""Which names steps and slots read and write."""

from collections.abc import Iterator
from typing import Any

from rapport.ai.procedures.language import Slot
from rapport.ai.procedures.language.formulas import parse
from rapport.ai.procedures.language.steps import (
    Approve,
    Ask,
    Base,
    Branch,
    Call,
    Decide,
    Do,
    HandOver,
    Say,
    Set,
    Signal,
    Wait,
)
from rapport.ai.procedures.language.values import names_in


def names_read(part: Base | Slot) -> set[str]:
    """The names that a step (not the steps within it) or a slot reads."""
    return {name for value in _values(part) for name in names_in(value)} | {
        name for condition in _conditions(part) for name in parse(condition).names
    }


def written(step: Base) -> set[str]:
    """The names that a step gives a value."""
    if isinstance(step, Ask):
        return set(step.ask)
    if isinstance(step, Set):
        return set(step.set)
    if isinstance(step, (Do, Wait, Call)) and step.result:
        return {step.result}
    return set()


def _values(part: Base | Slot) -> Iterator[Any]:
    match part:
        case Slot():
            yield from (part.ask, part.label, part.reason, part.otherwise)
            if isinstance(part.choices, str):
                yield part.choices
            else:
                yield from (choice.label for choice in part.choices or ())
        case Say():
            yield part.say
        case Do():
            yield from (part.arguments, part.confirm, part.undo and part.undo.arguments)
        case Set():
            yield part.set
        case Call():
            yield part.arguments
        case Approve():
            yield part.approve
        case HandOver():
            yield part.hand_over


def _conditions(part: Base | Slot) -> Iterator[str]:
    if isinstance(part, Slot) and part.check:
        yield part.check
    elif isinstance(part, Decide):
        yield from (branch.condition for branch in part.decide if isinstance(branch, Branch))
    elif isinstance(part, Wait) and isinstance(part.wait, Signal) and part.wait.where:
        # The content of what came has a name there and nowhere else.
        yield f"[0 for event in [0] if {part.wait.where}]"
