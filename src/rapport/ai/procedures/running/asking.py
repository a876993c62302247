"""Asking for slots, and taking what is answered."""

from collections.abc import Sequence
from typing import Any, Final

from rapport.ai.procedures.language.formulas import parse
from rapport.ai.procedures.language.procedure import Slot
from rapport.ai.procedures.language.reckoning import holds
from rapport.ai.procedures.language.steps import Ask as AskStep
from rapport.ai.procedures.language.values import computed, names_in
from rapport.ai.procedures.running import wording
from rapport.ai.procedures.running.effects import Ask, Option, Wanted
from rapport.ai.procedures.running.states import ForAnswer, Frame
from rapport.ai.procedures.running.turn import Turn

MOST_TRIES: Final = 3
_MOST_OPTIONS: Final = 200
_MAX_CHARS: Final = 1_000
_MOST_THINGS: Final = 50
_FIELDS: Final = {
    "name": {"first_name", "last_name"},
    "address": {"address1", "address2", "city", "state", "zip", "country"},
}


def ask(turn: Turn, frame: Frame, step: AskStep) -> None:
    """Ask for what is not known of a step's slots; go on where all is."""
    for name in step.ask:
        if name in frame.offered and frame.slots.get(name) is None:
            take(turn, frame, name, frame.offered.pop(name))
    slots = turn.program(frame).procedure.slots
    missing = [name for name in step.ask if is_open(frame, name, slots[name])]
    if not missing:
        reads = frozenset[str]().union(*(_reads(slots[n]) - {n} for n in step.ask))
        turn.passed(frame, reads, set(step.ask))
        return
    wanted = [_wanted(turn, frame, name) for name in missing]
    if any(one.kind == "choice" and not one.options for one in wanted):
        aside(turn, frame, f"There is nothing to choose for: {', '.join(missing)}.")
        return
    frame.waiting = ForAnswer(slots=missing)
    turn.effects.append(Ask(frame.procedure, tuple(wanted)))


def answered(turn: Turn, frame: Frame, values: dict[str, Any], *, refused: bool) -> None:
    """Take an answer to the question a frame waits with; ask again, or give up in time."""
    assert isinstance(frame.waiting, ForAnswer), "the caller looked"
    slots = turn.program(frame).procedure.slots
    for name in frame.waiting.slots:
        if name in values:
            take(turn, frame, name, values[name])
    missing = [name for name in frame.waiting.slots if is_open(frame, name, slots[name])]
    frame.waiting = None
    for name in missing:
        frame.tries[name] = frame.tries.get(name, 0) + 1
        is_enough = refused or frame.tries[name] >= MOST_TRIES
        if is_enough and slots[name].optional:
            frame.slots[name] = None
    missing = [name for name in missing if is_open(frame, name, slots[name])]
    if missing and (refused or any(frame.tries[name] >= MOST_TRIES for name in missing)):
        frame.tries = {n: tries for n, tries in frame.tries.items() if n not in missing}
        aside(turn, frame, f"The customer did not tell: {', '.join(missing)}.")


def take(turn: Turn, frame: Frame, name: str, value: Any) -> bool:
    """Fill a slot, if the value is of its kind, may be chosen, and its check holds.

    Where the check does not hold the customer is told why.
    """
    slot = turn.program(frame).procedure.slots[name]
    if slot.many and not isinstance(value, list):
        value = [value]
    things = value if slot.many else [value]
    fits = 0 < len(things) <= _MOST_THINGS and all(_fits(slot, thing) for thing in things)
    if fits and slot.choices is not None:
        possible = {option.value for option in options(turn, frame, slot)}
        fits = all(thing in possible for thing in things)
    if not fits:
        return False
    names = {**turn.names(frame), name: value}
    if slot.check is not None and not holds(slot.check, names):
        said = slot.otherwise or {}
        text = (
            turn.words(said, names)
            if said
            else wording.invalid(_label(turn, frame, name), turn.state.language)
        )
        turn.say(text)
        return False
    frame.slots[name] = value
    return True


def aside(turn: Turn, frame: Frame, note: str) -> None:
    """Go where a question leads that nobody answers."""
    place = turn.here(frame).asides.get("otherwise")
    if place is None:
        turn.hand_over(note, "unanswered")
    else:
        frame.at = place


def is_open(frame: Frame, name: str, slot: Slot) -> bool:
    """Whether a slot is still to be filled; what is optional and was passed over is not."""
    if frame.slots.get(name) is not None:
        return False
    return not (slot.optional and name in frame.slots)


def options(turn: Turn, frame: Frame, slot: Slot) -> Sequence[Option]:
    """What may be chosen now, each value once."""
    if slot.choices is None:
        return ()
    if isinstance(slot.choices, str):
        found = computed(slot.choices, turn.names(frame))
        things = found if isinstance(found, list) else []
        made = [_option(thing) for thing in things[:_MOST_OPTIONS]]
    else:
        names = turn.names(frame)
        made = [
            Option(one.value, turn.words(one.label, names), (*one.words, *one.label.values()))
            for one in slot.choices
        ]
    return list({option.value: option for option in made if option}.values())


def _option(thing: Any) -> Option | None:
    if isinstance(thing, dict):
        value = thing.get("value")
        words = thing.get("words")
        others = tuple(str(w) for w in words) if isinstance(words, list) else ()
        return None if value is None else Option(str(value), str(thing.get("label", value)), others)
    return None if thing is None else Option(str(thing), str(thing))


def _wanted(turn: Turn, frame: Frame, name: str) -> Wanted:
    slot = turn.program(frame).procedure.slots[name]
    if slot.ask is not None:
        question = turn.words(slot.ask, turn.names(frame))
    else:
        reason = turn.words(slot.reason, turn.names(frame)) if slot.reason else ""
        label = _label(turn, frame, name)
        question = wording.question(label, reason, slot.example, turn.state.language)
    return Wanted(
        name=name,
        kind=slot.kind,
        question=question,
        options=tuple(options(turn, frame, slot)),
        many=slot.many,
        again=bool(frame.tries.get(name)),
        optional=slot.optional,
    )


def _label(turn: Turn, frame: Frame, name: str) -> str:
    slot = turn.program(frame).procedure.slots[name]
    names = turn.names(frame)
    return turn.words(slot.label, names) if slot.label else name.replace("_", " ")


def _fits(slot: Slot, value: Any) -> bool:
    """Whether a value, from wherever it comes, is of a slot's kind."""
    if slot.kind == "yes_no":
        return isinstance(value, bool)
    if slot.kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if slot.kind in _FIELDS:
        return (
            isinstance(value, dict)
            and set(value) <= _FIELDS[slot.kind]
            and all(isinstance(part, str) and len(part) <= _MAX_CHARS for part in value.values())
        )
    return isinstance(value, str) and 0 < len(value) <= _MAX_CHARS


def _reads(slot: Slot) -> frozenset[str]:
    """The names that decide what may fill a slot."""
    check = parse(slot.check).names if slot.check else frozenset()
    return check | (names_in(slot.choices) if isinstance(slot.choices, str) else frozenset())
