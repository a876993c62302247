"""What a message means where something is under way: an answer, yes or no, a correction, an end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapport.ai.gathering.service import Named, refuses
from rapport.ai.procedures.running.effects import Ask, Confirm
from rapport.ai.procedures.running.inputs import Answer, Cancelled, Confirmed, Input
from rapport.ai.procedures.running.program import Library
from rapport.ai.procedures.running.states import Frame, State
from rapport.ai.procedures.understanding.reading import answered, mentioned
from rapport.ai.procedures.understanding.replies import reply
from rapport.ai.procedures.understanding.turns import calls_off, corrects


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message means to what is under way.

    `told` is false where it tells nothing there: it may be a digression, and counts as an answer
    in vain where it is none.
    """

    given: Input
    told: bool


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer wrote, and what it names (`triage.find`)."""

    text: str
    named: Sequence[Named] = field(default_factory=tuple)


def heard(library: Library, state: State, open_: Ask | Confirm | None, message: Message) -> Heard:
    """Understand a message while `open_` is what the customer was asked last."""
    text, said = message.text, reply(message.text)
    if isinstance(open_, Confirm):
        return _confirming(library, state, open_, message)
    if open_ is None:
        changes = _changes(library, state, message)
        return Heard(Answer(changes), told=True) if changes else _called_off(text)
    values = answered(open_.slots, text, message.named, _patterns(library, open_.procedure))
    is_free = any(slot.kind == "text" for slot in open_.slots)
    if calls_off(text) and (is_free or not values):
        return Heard(Cancelled(), told=True)
    changes = _changes(library, state, message) if corrects(text) else {}
    changes = {name: value for name, value in changes.items() if name not in values}
    if is_free and changes:
        values = {}
    if values or changes:
        return Heard(Answer({**changes, **values}), told=True)
    if refuses(text) or (said == "no" and all(slot.optional for slot in open_.slots)):
        return Heard(Answer(refused=True), told=True)
    return Heard(Answer(), told=False)


def _confirming(library: Library, state: State, open_: Confirm, message: Message) -> Heard:
    said = reply(message.text)
    if said == "yes":
        return Heard(Confirmed(open_.digest, agreed=True), told=True)
    changes = _changes(library, state, message)
    if changes:
        return Heard(Answer(changes), told=True)
    if said == "no" or calls_off(message.text):
        return Heard(Confirmed(open_.digest, agreed=False), told=True)
    return Heard(Answer(), told=False)


def _called_off(text: str) -> Heard:
    return Heard(Cancelled(), told=True) if calls_off(text) else Heard(Answer(), told=False)


def _changes(library: Library, state: State, message: Message) -> dict[str, Any]:
    """The known slots that a message names anew, of what is under way."""
    changes = dict[str, Any]()
    for frame in reversed(state.frames):
        program = library.program(frame.procedure, frame.version)
        if program is not None:
            found = mentioned(program.procedure.slots, message.named)
            changes |= {n: v for n, v in found.items() if _is_new(frame, n, v) and n not in changes}
        if not frame.is_call:
            break
    return changes


def _is_new(frame: Frame, name: str, value: Any) -> bool:
    return frame.slots.get(name) not in (None, value)


def _patterns(library: Library, procedure: str) -> Mapping[str, str]:
    program = library.programs.get(procedure)
    slots = program.procedure.slots if program else {}
    return {name: slot.pattern for name, slot in slots.items()}
