"""Corrections and calling off: back to what depends on it, but never over what was done."""

from collections.abc import Mapping
from typing import Any

from rapport.ai.procedures.language.steps import Ask, Decide
from rapport.ai.procedures.running import wording
from rapport.ai.procedures.running.asking import take
from rapport.ai.procedures.running.gate import call_of, proceed
from rapport.ai.procedures.running.states import Deed, Frame, Undoing
from rapport.ai.procedures.running.turn import Turn


def correct(turn: Turn, frame: Frame, changes: Mapping[str, Any]) -> None:
    """Change slots that were filled: go back to the first step that depends on them.

    What was done after it and depends on them is undone first, last things first, if it can be;
    if not, a person takes over. What does not depend on them stays known, and stays done.
    """
    frame = turn.folded(frame, down_to=frame)
    begins = _first(frame, changes)
    if begins is None:
        for name, value in changes.items():
            take(turn, frame, name, value)
        return
    tainted, touched = _tainted(turn, frame, begins, changes)
    if any(deed.undo is None for deed in touched):
        about = ", ".join(changes)
        turn.hand_over(f"The customer changed what was already acted on: {about}.", "corrected")
        return
    frame.waiting, frame.agreed, frame.was_approved = None, "", False
    if touched:
        keys = [deed.key for deed in reversed(touched)]
        frame.undoing = Undoing(keys=keys, corrections=dict(changes))
        return
    _rewind(turn, frame, begins, changes, tainted)


def cancel(turn: Turn, frame: Frame) -> None:
    """Call a run off: undo what was done and can be undone, last things first, then its end.

    While an action is being done, that is waited for.
    """
    top = turn.run_of(frame)[-1]
    if top.waiting is not None and top.waiting.kind == "result":
        top.is_cancelled = True
        return
    base = turn.folded(frame)
    done = [deed.key for deed in base.deeds if deed.undo and not deed.is_undone]
    base.waiting, base.agreed, base.is_cancelling = None, "", True
    base.undoing = Undoing(keys=done[::-1])


def undo_next(turn: Turn, frame: Frame) -> None:
    """Go on undoing; where all is undone, with what comes then."""
    assert frame.undoing is not None, "the caller looked"
    if frame.undoing.keys:
        deed = next(one for one in frame.deeds if one.key == frame.undoing.keys[0])
        assert deed.undo is not None, "only such are undone"
        call = call_of(turn, frame, *deed.undo, undoes=deed.key)
        if call is not None:
            proceed(turn, frame, call)
        return
    changes, frame.undoing = frame.undoing.corrections, None
    if changes:
        correct(turn, frame, changes)
        return
    program = turn.program(frame)
    frame.at = program.end if program.cancelling is None else program.cancelling


def undone(frame: Frame, key: str) -> None:
    """Note that a deed is undone."""
    assert frame.undoing is not None, "it was being undone"
    frame.undoing.keys.remove(key)
    for deed in frame.deeds:
        deed.is_undone = deed.is_undone or deed.key == key


def stays(turn: Turn, frame: Frame, key: str) -> None:
    """The customer does not want a deed undone."""
    assert frame.undoing is not None, "it was being undone"
    if frame.undoing.corrections:
        turn.hand_over("The customer changed what was acted on, and wants it kept.", "corrected")
    else:
        frame.undoing.keys.remove(key)


def decline(turn: Turn, frame: Frame) -> None:
    """The customer does not agree to an action."""
    place = turn.here(frame).asides.get("otherwise")
    if place is not None:
        frame.at = place
        return
    turn.say(wording.declined(turn.state.language))
    turn.finish(frame, "declined")


def _first(frame: Frame, changes: Mapping[str, Any]) -> int | None:
    for place, mark in enumerate(frame.trail):
        if not changes.keys().isdisjoint({*mark.reads, *mark.writes}):
            return place
    return None


def _tainted(
    turn: Turn, frame: Frame, begins: int, changes: Mapping[str, Any]
) -> tuple[set[str], list[Deed]]:
    """The names that depend on what changes, and the deeds that do and are not undone."""
    program, tainted, is_by_way = turn.program(frame), set(changes), False
    touched = list[Deed]()
    for place, mark in enumerate(frame.trail[begins:], begins):
        step = program.instructions[mark.at].step
        depends = not tainted.isdisjoint(mark.reads)
        is_by_way = is_by_way or (depends and isinstance(step, Decide))
        if depends or (is_by_way and not isinstance(step, Ask)):
            tainted |= set(mark.writes)
            touched += [it for it in frame.deeds if it.mark == place and not it.is_undone]
    return tainted, touched


def _rewind(
    turn: Turn, frame: Frame, begins: int, changes: Mapping[str, Any], tainted: set[str]
) -> None:
    program = turn.program(frame)
    for deed in frame.deeds:
        deed.kept = deed.kept or (deed.mark >= begins and not deed.is_undone)
    frame.at = frame.trail[begins].at
    frame.trail = frame.trail[:begins]
    for name in tainted:
        frame.slots.pop(name, None)
        frame.values.pop(name, None)
        frame.tries.pop(name, None)
    step = program.instructions[frame.at].step
    for name, value in changes.items():
        if isinstance(step, Ask) and name in step.ask:
            frame.offered[name] = value
        else:
            take(turn, frame, name, value)
