"""The only way to an action: identity, confirmation of exactly these arguments, approval.

No wording and no model comes past it: what is checked here are the state and the catalogue.
"""

from typing import Any

from rapport.ai.procedures.language.catalogue import ActionSpec
from rapport.ai.procedures.language.procedure import LEVELS, Identity
from rapport.ai.procedures.language.steps import Do as DoStep
from rapport.ai.procedures.language.values import computed
from rapport.ai.procedures.running import wording
from rapport.ai.procedures.running.effects import Approve, Confirm, Do, Identify
from rapport.ai.procedures.running.states import (
    Call,
    ForApproval,
    ForConfirmation,
    ForIdentity,
    ForResult,
    Frame,
    digest_of,
)
from rapport.ai.procedures.running.turn import Turn
from rapport.kernel.actions import Risk


class NotAllowed(AssertionError):
    """An action was about to be emitted that nobody agreed to: a fault of this program."""


def call_of(
    turn: Turn,
    frame: Frame,
    action: str,
    arguments: dict[str, Any],
    *,
    undoes: str | None = None,
) -> Call | None:
    """A call with what the runner binds; None, and a person takes over, where there is no such."""
    spec = turn.library.spec(action)
    if spec is None:
        turn.hand_over(f"There is no action called {action}.", "failed")
        return None
    bound = computed(dict(spec.bound), {"customer": turn.state.customer})
    whole = {**arguments, **bound}
    digest = digest_of(frame.id, action, whole)
    key = f"{frame.id}.{frame.calls}"
    return Call(
        key=key, action=action, arguments=whole, digest=digest, place=frame.at, undoes=undoes
    )


def level_for(turn: Turn, frame: Frame, spec: ActionSpec) -> Identity:
    """How well the customer must be known before an action of a frame is done."""
    levels = (turn.program(frame).procedure.identity, spec.identity)
    return max(levels, key=LEVELS.index)


def is_identified(turn: Turn, frame: Frame, level: Identity) -> bool:
    """Whether the customer is known well enough; if not, finding out has begun, or a person has it.

    It is tried once.
    """
    if turn.state.knows(level):
        return True
    known = turn.library.programs.get(turn.library.identify or "")
    if frame.was_identified or (known is not None and frame.procedure == turn.library.identify):
        turn.hand_over("Who the customer is could not be found out.", "identity")
    elif known is None:
        frame.was_identified = True
        frame.waiting = ForIdentity(level=level)
        turn.effects.append(Identify(level))
    else:
        frame.was_identified = True
        turn.push(
            Frame(
                id=f"{turn.state.begun + 1}",
                procedure=known.procedure.id,
                version=known.version,
                is_call=True,
                is_identifying=True,
            )
        )
    return False


def proceed(turn: Turn, frame: Frame, call: Call) -> None:
    """Bring a call one check further: ask who it is, ask whether, have it approved, or do it."""
    spec = turn.library.spec(call.action)
    assert spec is not None, "the call was made from it"
    if not is_identified(turn, frame, level_for(turn, frame, spec)):
        return
    if _must_confirm(turn, frame, call, spec) and frame.agreed != call.digest:
        _confirm(turn, frame, call, spec)
    elif call.action in turn.library.approved and not frame.was_approved:
        frame.waiting = ForApproval(call=call)
        note = spec.description.partition("\n")[0] or call.action
        effect = Approve(note, action=call.action, arguments=call.arguments)
        turn.effects.append(effect)
    else:
        _emit(turn, frame, call, spec)


def _must_confirm(turn: Turn, frame: Frame, call: Call, spec: ActionSpec) -> bool:
    step = turn.here(frame).step if frame.undoing is None else None
    wants = isinstance(step, DoStep) and step.confirm is not None
    return spec.risk is not Risk.READS or wants


def _confirm(turn: Turn, frame: Frame, call: Call, spec: ActionSpec) -> None:
    language = turn.state.language
    step = turn.here(frame).step if frame.undoing is None else None
    if isinstance(step, DoStep) and step.confirm is not None:
        text = turn.words(step.confirm, turn.names(frame))
    elif call.undoes is not None:
        deed = next(deed for deed in frame.deeds if deed.key == call.undoes)
        text = wording.undo(_about(turn, deed.action), deed.arguments, language)
    else:
        text = wording.confirm(_about(turn, call.action), call.arguments, language)
    frame.waiting = ForConfirmation(call=call)
    effect = Confirm(frame.procedure, call.action, call.arguments, text, call.digest)
    turn.effects.append(effect)


def _emit(turn: Turn, frame: Frame, call: Call, spec: ActionSpec) -> None:
    """Let an action out. All is checked once more: nothing else makes this effect."""
    agreed = frame.agreed if spec.risk is not Risk.READS else ""
    is_agreed = spec.risk is Risk.READS or (
        frame.agreed == call.digest == digest_of(frame.id, call.action, call.arguments)
    )
    if not is_agreed or not turn.state.knows(level_for(turn, frame, spec)):
        raise NotAllowed(call.action)
    step = turn.here(frame).step if call.undoes is None else None
    at_most = step.at_most if isinstance(step, DoStep) else None
    until = turn.now + at_most if at_most else None
    frame.calls += 1
    frame.agreed, frame.was_approved = "", False
    frame.waiting = ForResult(call=call, until=until)
    effect = Do(call.key, call.action, call.arguments, agreed, turn.state.identity, until)
    turn.effects.append(effect)


def _about(turn: Turn, action: str) -> str:
    spec = turn.library.spec(action)
    first = (spec.description if spec else "").strip().partition("\n")[0].rstrip(".")
    return first or action
