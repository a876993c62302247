"""What each kind of step does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from rapport.ai.procedures.language import steps
from rapport.ai.procedures.language.formulas import parse
from rapport.ai.procedures.language.reckoning import holds
from rapport.ai.procedures.language.templates import filled
from rapport.ai.procedures.language.values import computed, names_in
from rapport.ai.procedures.running import asking
from rapport.ai.procedures.running.effects import Approve, Wait
from rapport.ai.procedures.running.gate import call_of, proceed
from rapport.ai.procedures.running.states import (
    Call,
    Deed,
    ForApproval,
    ForSignal,
    ForTime,
    Frame,
)
from rapport.ai.procedures.running.turn import Turn
from rapport.kernel.actions import Risk


def step(turn: Turn, frame: Frame) -> None:
    """Do the step a frame is at, or begin to wait for what it needs."""
    todo = turn.here(frame).step
    _HOW[type(todo)](turn, frame, todo)


def done(turn: Turn, frame: Frame, call: Call, result: Any) -> None:
    """Take the result of an action's step, and go on."""
    todo = turn.here(frame).step
    assert isinstance(todo, steps.Do), "calls are of such steps"
    writes = set[str]()
    if todo.result:
        frame.values[todo.result] = result
        writes = {todo.result}
    spec = turn.library.spec(call.action)
    if spec is not None and spec.risk is not Risk.READS:
        undo = None
        if todo.undo is not None:
            undo = (todo.undo.do, computed(todo.undo.arguments, turn.names(frame)))
        frame.deeds.append(
            Deed(
                key=call.key,
                action=call.action,
                arguments=call.arguments,
                result=result,
                place=frame.at,
                mark=len(frame.trail),
                undo=undo,
            )
        )
    turn.passed(frame, names_in(todo.arguments), writes)


def failed(turn: Turn, frame: Frame, reason: str) -> None:
    """Go where an action leads that was not done."""
    place = turn.here(frame).asides.get("on_error")
    if place is None:
        turn.hand_over(f"An action failed: {reason}", "failed")
        return
    frame.values["error"] = reason
    frame.agreed, frame.was_approved = "", False
    frame.at = place


def _say(turn: Turn, frame: Frame, todo: steps.Say) -> None:
    turn.say(turn.words(todo.say, turn.names(frame)))
    turn.passed(frame, set(), set())


def _decide(turn: Turn, frame: Frame, todo: steps.Decide) -> None:
    names, reads = turn.names(frame), set[str]()
    place = turn.here(frame).next
    for condition, leads in turn.here(frame).ways:
        reads |= parse(condition).names if condition else set()
        if not condition or holds(condition, names):
            place = leads
            break
    turn.passed(frame, reads, set())
    frame.at = place


def _do(turn: Turn, frame: Frame, todo: steps.Do) -> None:
    call = call_of(turn, frame, todo.do, computed(todo.arguments, turn.names(frame)))
    if call is None:
        return
    same = [
        deed
        for deed in frame.deeds
        if deed.kept and (deed.action, deed.arguments) == (call.action, call.arguments)
    ]
    if not same:
        proceed(turn, frame, call)
        return
    deed = same[0]
    deed.kept, deed.mark = False, len(frame.trail)
    if todo.result:
        frame.values[todo.result] = deed.result
    turn.passed(frame, names_in(todo.arguments), {todo.result} if todo.result else set())


def _set(turn: Turn, frame: Frame, todo: steps.Set) -> None:
    slots = turn.program(frame).procedure.slots
    for name, value in todo.set.items():
        worth = computed(value, turn.names(frame))
        if name in slots and worth is None:
            frame.slots.pop(name, None)  # it is to be asked for again
        else:
            (frame.slots if name in slots else frame.values)[name] = worth
    turn.passed(frame, names_in(todo.set), set(todo.set))


def _wait(turn: Turn, frame: Frame, todo: steps.Wait) -> None:
    if isinstance(todo.wait, timedelta):
        frame.waiting = ForTime(until=turn.now + todo.wait)
        turn.effects.append(Wait(turn.now + todo.wait))
        return
    assert todo.at_most is not None, "a signal is not waited for endlessly"
    until = turn.now + todo.at_most
    frame.waiting = ForSignal(event=todo.wait.event, webhook=todo.wait.webhook, until=until)
    turn.effects.append(Wait(until, todo.wait.event, todo.wait.webhook))


def _approve(turn: Turn, frame: Frame, todo: steps.Approve) -> None:
    until = turn.now + todo.at_most if todo.at_most else None
    frame.waiting = ForApproval(until=until)
    turn.effects.append(Approve(filled(todo.approve, turn.names(frame)), todo.by, until))


def _call(turn: Turn, frame: Frame, todo: steps.Call) -> None:
    program = turn.library.programs.get(todo.call)
    if program is None:
        turn.hand_over(f"There is no procedure called {todo.call}.", "failed")
        return
    given = computed(todo.arguments, turn.names(frame))
    turn.push(
        Frame(
            id=f"{turn.state.begun + 1}",
            procedure=todo.call,
            version=program.version,
            is_call=True,
            result=todo.result,
            slots={name: value for name, value in given.items() if value is not None},
        )
    )


def _hand_over(turn: Turn, frame: Frame, todo: steps.HandOver) -> None:
    note = filled(todo.hand_over, turn.names(frame))
    turn.hand_over(note, "step", queue=todo.queue, skill=todo.skill)


def _go(turn: Turn, frame: Frame, todo: steps.Go) -> None:
    turn.passed(frame, set(), set())


_HOW: Final[Mapping[type[steps.Base], Callable[[Turn, Frame, Any], None]]] = {
    steps.Say: _say,
    steps.Ask: asking.ask,
    steps.Decide: _decide,
    steps.Do: _do,
    steps.Set: _set,
    steps.Wait: _wait,
    steps.Approve: _approve,
    steps.Call: _call,
    steps.HandOver: _hand_over,
    steps.Go: _go,
}
