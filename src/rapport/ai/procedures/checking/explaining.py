"""A procedure in plain sentences, as a colleague would tell it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from rapport.ai.procedures.language import Procedure, durations
from rapport.ai.procedures.language.steps import (
    END,
    Approve,
    Ask,
    Branch,
    Call,
    Decide,
    Do,
    Go,
    HandOver,
    Say,
    Set,
    Step,
    Wait,
)
from rapport.ai.procedures.language.texts import in_language

_IDENTITY: Final = {
    "none": "It is for everybody.",
    "known": "The customer must be known.",
    "verified": "The customer must have proved who they are; until then nothing is done.",
}


def explain(procedure: Procedure) -> str:
    """What it does, step by step, one sentence a line; what lies within a step is set in."""
    language = procedure.languages[0]
    lines = [f"{procedure.name}. {procedure.description}".strip(), _IDENTITY[procedure.identity]]
    count = sum(len(examples) for examples in procedure.when.examples.values())
    if count:
        lines.append(f"It begins when a customer writes something like one of {count} examples.")
    if procedure.when.condition:
        lines.append(f"It begins only if {procedure.when.condition}.")
    lines += ["", *_block(procedure.steps, language, "")]
    if procedure.on_cancel:
        lines += ["", "When the customer calls it off, what can be undone is undone. Then:"]
        lines += _block(procedure.on_cancel, language, "")
    return "\n".join(lines)


def _block(steps: Sequence[Step], language: str, indent: str) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        name = f" ({step.name})" if step.name else ""
        first, *rest = list(sentences(step, language))
        yield f"{indent}{number}.{name} {first}"
        yield from (f"{indent}   {line}" for line in rest)


def sentences(step: Step, language: str) -> Iterator[str]:
    """What a step does, and what lies within it."""
    if isinstance(step, Decide):
        yield from _decide(step, language)
        return
    yield sentence(step, language)
    words = {"on_error": "If it fails:", "otherwise": _OTHERWISE.get(type(step), "Otherwise:")}
    for path, steps in step.inside():
        yield words[str(path[0])]
        yield from _block(steps, language, "   ")


def _decide(step: Decide, language: str) -> Iterator[str]:
    yield "Decide:"
    for branch in step.decide:
        if isinstance(branch, Branch):
            yield f"If {branch.condition}:"
            yield from _block(branch.steps, language, "   ")
        else:
            yield "Otherwise:"
            yield from _block(branch.otherwise, language, "   ")


_OTHERWISE: Final[Mapping[type[Any], str]] = {
    Ask: "If they do not tell:",
    Do: "If the customer does not agree:",
    Wait: "If it does not come in time:",
    Approve: "If they refuse or do not answer:",
}


def sentence(step: Step, language: str) -> str:
    """What a step does, in one sentence."""
    return _SENTENCES[type(step)](step, language)


def _set(step: Set, language: str) -> str:
    noted = ", ".join(f"{name} = {_told(value)}" for name, value in step.set.items())
    return f"Note {noted}."


def _do(step: Do, language: str) -> str:
    given = ", ".join(f"{name}: {_told(value)}" for name, value in step.arguments.items())
    said = f"Do {step.do}" + (f" with {given}" if given else "")
    said += f", and call what comes of it {step.result}." if step.result else "."
    if step.confirm:
        said = f"Ask “{in_language(step.confirm, language)}”, and after a yes: {said}"
    return said + (f" It can be undone by {step.undo.do}." if step.undo else "")


def _wait(step: Wait, language: str) -> str:
    if isinstance(step.wait, timedelta):
        return f"Wait {durations.told(step.wait)}."
    what = f"event {step.wait.event}" if step.wait.event else f"webhook {step.wait.webhook}"
    at_most = durations.told(step.at_most) if step.at_most else ""
    return f"Wait for the {what}, {at_most} at most."


def _told(value: Any) -> str:
    return value.removeprefix("=") if isinstance(value, str) else str(value)


def _listed(names: Sequence[str]) -> str:
    words = [name.replace("_", " ") for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


_SENTENCES: Final[Mapping[type[Any], Callable[[Any, str], str]]] = {
    Say: lambda step, language: f"Say: “{in_language(step.say, language)}”",
    Ask: lambda step, _: f"Ask for {_listed(step.ask)}, if not known yet.",
    Decide: lambda step, _: "Decide.",
    Do: _do,
    Set: _set,
    Wait: _wait,
    Approve: lambda step, _: f"Have {step.by or 'a colleague'} agree to: “{step.approve}”.",
    Call: lambda step, _: f"Go through the procedure {step.call}.",
    HandOver: lambda step, _: f"Hand over to a person: “{step.hand_over}”.",
    Go: lambda step, _: "That is the end." if step.go == END else f"Go on at {step.go}.",
}
