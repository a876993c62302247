"""The interpreter's front: an input is taken, then every run goes on as far as it can."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rapport.ai.procedures.language.procedure import LEVELS
from rapport.ai.procedures.language.reckoning import FormulaFailed, holds
from rapport.ai.procedures.language.steps import Signal, Wait
from rapport.ai.procedures.running import asking, correcting, stepping
from rapport.ai.procedures.running.effects import Ask, Confirm, Effect
from rapport.ai.procedures.running.gate import is_identified
from rapport.ai.procedures.running.inputs import (
    Answer,
    Approved,
    Begin,
    Cancelled,
    Confirmed,
    Done,
    Due,
    Event,
    Failed,
    Identified,
    Input,
)
from rapport.ai.procedures.running.program import Library
from rapport.ai.procedures.running.states import (
    ForAnswer,
    ForApproval,
    ForConfirmation,
    ForIdentity,
    ForResult,
    ForSignal,
    ForTime,
    Frame,
    State,
)
from rapport.ai.procedures.running.turn import Turn, VersionGone

MOST_STEPS: Final = 200
"""Of one advance."""
MOST_PASSED: Final = 2_000
"""Steps of one run."""
_CUSTOMERS: Final = ("answer", "confirmation")


def advance(
    library: Library, state: State, given: Input, now: datetime
) -> tuple[State, Sequence[Effect]]:
    """Where the runs stand after an input, and what is to be carried out, in this order.

    The state that is passed stays as it is. An input that nothing waits for changes nothing.

    Raises:
        KeyError: a procedure is begun that is not in the library.
    """
    turn = Turn(library, state.model_copy(deep=True), now)
    try:
        _HOW[type(given)](turn, given)
        _go_on(turn)
    except FormulaFailed as error:
        turn.hand_over(f"A formula has no value: {error}", "failed")
    except VersionGone as error:
        turn.hand_over(f"The version of {error} that it began with is gone.", "failed")
    return turn.state, tuple(turn.effects)


def open_question(library: Library, state: State, now: datetime) -> Ask | Confirm | None:
    """What the customer was asked last and has not answered, made anew from the state alone."""
    again = state.model_copy(deep=True)
    turn = Turn(library, again, now)
    frame = _waiting_for_customer(turn)
    if frame is None:
        return None
    frame.waiting = None
    try:
        _go_on(turn)
    except (FormulaFailed, VersionGone):
        return None
    return next((it for it in turn.effects if isinstance(it, (Ask, Confirm))), None)


def _begin(turn: Turn, given: Begin) -> None:
    program = turn.library.programs[given.procedure]
    known = {n: v for n, v in given.slots.items() if n in program.procedure.slots}
    frame = Frame(
        id=f"{turn.state.begun + 1}",
        procedure=given.procedure,
        version=program.version,
        offered=known,
    )
    turn.push(frame)


def _answer(turn: Turn, given: Answer) -> None:
    """Give each value to the frame it is for: asked, said before it is asked, or corrected."""
    frame = _waiting_for_customer(turn) or (turn.state.frames[-1] if turn.state.frames else None)
    if frame is None:
        return
    run, left = turn.run_of(frame), dict(given.values)
    for one in reversed(run):
        changes = dict[str, Any]()
        slots = turn.program(one).procedure.slots
        asked = one.waiting.slots if isinstance(one.waiting, ForAnswer) else ()
        for name in [name for name in left if name in slots and name not in asked]:
            value = left.pop(name)
            if one.slots.get(name) is None:
                one.offered[name] = value
            elif one.slots[name] != value:
                changes[name] = value
        if changes:
            _change(turn, one, changes, run)
            return
    if isinstance(frame.waiting, ForAnswer):
        asking.answered(turn, frame, left, refused=given.refused)
    elif isinstance(frame.waiting, ForConfirmation):
        frame.waiting = None  # what was not understood is asked again


def _change(turn: Turn, frame: Frame, changes: dict[str, Any], run: Sequence[Frame]) -> None:
    if any(isinstance(one.waiting, ForResult) for one in run):
        frame.corrections |= changes
    else:
        correcting.correct(turn, frame, changes)


def _confirmed(turn: Turn, given: Confirmed) -> None:
    frame = _waiting_for_customer(turn)
    if frame is None or not isinstance(frame.waiting, ForConfirmation):
        return
    call = frame.waiting.call
    if given.digest != call.digest:
        return
    frame.waiting = None
    if given.agreed:
        frame.agreed = call.digest
    elif call.undoes is not None:
        correcting.stays(turn, frame, call.undoes)
    else:
        correcting.decline(turn, frame)


def _identified(turn: Turn, given: Identified) -> None:
    for frame in turn.state.frames:
        if isinstance(frame.waiting, ForIdentity):
            frame.waiting = None
    _know(turn, given)


def _know(turn: Turn, given: Identified) -> None:
    """Remember who the customer is; whoever was verified stays it in this conversation."""
    is_other = turn.state.identity == "verified" and turn.state.customer != given.customer
    if not is_other and LEVELS.index(given.level) >= LEVELS.index(turn.state.identity):
        turn.state.identity, turn.state.customer = given.level, dict(given.customer)


def _result(turn: Turn, given: Done | Failed) -> None:
    for frame in turn.state.frames:
        if isinstance(frame.waiting, ForResult) and frame.waiting.call.key == given.key:
            _after(turn, frame, frame.waiting, given)
            return


def _after(turn: Turn, frame: Frame, waiting: ForResult, given: Done | Failed) -> None:
    call, frame.waiting = waiting.call, None
    if isinstance(given, Failed) and call.undoes is not None:
        turn.hand_over(f"Undoing failed: {given.reason}", "failed")
        return
    if isinstance(given, Failed):
        stepping.failed(turn, frame, given.reason)
    elif call.undoes is not None:
        correcting.undone(frame, call.undoes)
    else:
        spec = turn.library.spec(call.action)
        found = given.identified
        if (
            found
            and spec
            and spec.verifies
            and LEVELS.index(found.level) <= LEVELS.index(spec.verifies)
        ):
            _know(turn, found)
        stepping.done(turn, frame, call, given.result)
    if frame in turn.state.frames:
        _catch_up(turn, frame)


def _catch_up(turn: Turn, frame: Frame) -> None:
    """Take up what the customer said while an action was being done."""
    run = turn.run_of(frame)
    changed = next((one for one in reversed(run) if one.corrections), None)
    if frame.is_cancelled:
        correcting.cancel(turn, frame)
    elif changed is not None:
        changes, changed.corrections = changed.corrections, {}
        correcting.correct(turn, changed, changes)


def _approved(turn: Turn, given: Approved) -> None:
    for frame in reversed(turn.state.frames):
        if isinstance(frame.waiting, ForApproval):
            _decided(turn, frame, frame.waiting, agreed=given.agreed)
            return


def _decided(turn: Turn, frame: Frame, waiting: ForApproval, *, agreed: bool) -> None:
    frame.waiting = None
    if agreed and waiting.call is not None:
        frame.was_approved = True
    elif agreed:
        turn.passed(frame, set(), set())
    elif waiting.call is not None and waiting.call.undoes is None:
        stepping.failed(turn, frame, "A colleague did not agree.")
    elif (place := turn.here(frame).asides.get("otherwise")) is not None and not frame.undoing:
        frame.at = place
    else:
        turn.hand_over("A colleague did not agree.", "refused")


def _due(turn: Turn, given: Due) -> None:
    for frame in list(turn.state.frames):
        waiting = frame.waiting
        until = getattr(waiting, "until", None)
        if frame not in turn.state.frames or until is None or until > turn.now:
            continue
        if isinstance(waiting, ForResult):
            _after(turn, frame, waiting, Failed(waiting.call.key, "It took too long."))
        elif isinstance(waiting, ForApproval):
            _decided(turn, frame, waiting, agreed=False)
        elif isinstance(waiting, ForTime):
            frame.waiting = None
            turn.passed(frame, set(), set())
        else:
            frame.waiting = None
            asking.aside(turn, frame, "What was waited for did not come.")


def _event(turn: Turn, given: Event) -> None:
    for frame in turn.state.frames:
        waiting = frame.waiting
        if not isinstance(waiting, ForSignal):
            continue
        wanted = waiting.webhook if given.webhook else waiting.event
        step = turn.here(frame).step
        assert isinstance(step, Wait), "signals are waited for by such steps"
        where = step.wait.where if isinstance(step.wait, Signal) else None
        names = {**turn.names(frame), "event": given.content}
        if wanted != given.name or (where and not holds(where, names)):
            continue
        frame.waiting = None
        if step.result:
            frame.values[step.result] = given.content
        turn.passed(frame, set(), {step.result} if step.result else set())


def _go_on(turn: Turn) -> None:
    """Let each run go on that can, the topmost first."""
    for _ in range(MOST_STEPS):
        frame = _ready(turn)
        if frame is None:
            return
        program = turn.program(frame)
        if len(frame.trail) > MOST_PASSED:
            turn.hand_over("A procedure went round in circles.", "limit")
        elif frame.undoing is not None:
            correcting.undo_next(turn, frame)
        elif frame.at >= program.end:
            _end(turn, frame)
        elif frame.is_cancelling or is_identified(turn, frame, program.procedure.identity):
            stepping.step(turn, frame)
    turn.hand_over("A procedure went round in circles.", "limit")


def _end(turn: Turn, frame: Frame) -> None:
    if frame.is_call:
        turn.come_back(frame)
    else:
        turn.finish(frame, "cancelled" if frame.is_cancelling else "done")


def _ready(turn: Turn) -> Frame | None:
    """The topmost frame that can go on; none while one above it waits for the customer."""
    is_blocked = False
    for frame in reversed(turn.state.frames):
        if frame.waiting is None and not is_blocked:
            return frame
        if frame.waiting is not None and frame.waiting.kind in _CUSTOMERS:
            return None
        is_blocked = frame.is_call
    return None


def _waiting_for_customer(turn: Turn) -> Frame | None:
    for frame in reversed(turn.state.frames):
        if frame.waiting is not None and frame.waiting.kind in _CUSTOMERS:
            return frame
    return None


def _cancel(turn: Turn, given: Cancelled) -> None:
    if turn.state.frames:
        correcting.cancel(turn, turn.state.frames[-1])


_HOW: Final[Mapping[type[Input], Callable[[Turn, Any], None]]] = {
    Begin: _begin,
    Answer: _answer,
    Confirmed: _confirmed,
    Identified: _identified,
    Done: _result,
    Failed: _result,
    Approved: _approved,
    Due: _due,
    Event: _event,
    Cancelled: _cancel,
}
