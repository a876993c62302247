"""What can be known to be wrong before a procedure runs, each with what to do about it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapport.ai.procedures.checking import arguments, flow
from rapport.ai.procedures.checking.names import names_read, written
from rapport.ai.procedures.checking.texts import texts_of
from rapport.ai.procedures.language import Catalogue, Document, Procedure
from rapport.ai.procedures.language.errors import Problem
from rapport.ai.procedures.language.parts import Path
from rapport.ai.procedures.language.procedure import LEVELS
from rapport.ai.procedures.language.steps import END, Ask, Call, Do, Go
from rapport.ai.procedures.language.texts import OWN
from rapport.kernel.actions import Risk

Finding = tuple[Path, str, str]
"""Where, which kind, and what to do."""
GIVEN: Final = frozenset({"customer", "now", "today", "error"})
"""The names that every procedure may read."""
_LOST: Final = frozenset({"unknown_step", "step_twice"})
"""Where one of these is found, nobody can say where steps lead."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a procedure may refer to: actions and other procedures."""

    catalogue: Catalogue
    procedures: Mapping[str, Procedure] = field(default_factory=dict)


def lint(document: Document, around: Surroundings) -> list[Problem]:
    """What is wrong, in the order of the file."""
    procedure = document.procedure
    found = [one for check in _CHECKS for one in check(procedure, around)]
    if not any(code in _LOST for _, code, _ in found):
        found += flow.findings(procedure)
    problems = [Problem(*document.place(path), message, code) for path, code, message in found]
    return sorted(set(problems), key=lambda one: (one.line, one.column, one.message))


def _steps_named(procedure: Procedure, around: Surroundings) -> Iterator[Finding]:
    seen = {END}
    for path, step in procedure.walk():
        if step.name in seen:
            yield path, "step_twice", f"There are two steps called `{step.name}`; rename one."
        if step.name:
            seen.add(step.name)
    for path, step in procedure.walk():
        if isinstance(step, Go) and step.go not in seen:
            message = f"No step is called `{step.go}`; give one this `name`, or write `end`."
            yield (*path, "go"), "unknown_step", message


def _slots_known(procedure: Procedure, around: Surroundings) -> Iterator[Finding]:
    for path, step in procedure.walk():
        for name in step.ask if isinstance(step, Ask) else ():
            if name not in procedure.slots:
                message = f"There is no slot `{name}`; describe it under `slots`."
                yield (*path, "ask"), "unknown_slot", message
    used = {name for _, step in procedure.walk() for name in (*names_read(step), *written(step))}
    for slot, about in procedure.slots.items():
        used |= {name for name in names_read(about) if name != slot}
    for name in procedure.slots:
        if name not in used:
            message = f"Nothing asks for `{name}` or reads it; remove it, or add `ask: {name}`."
            yield ("slots", name), "unused_slot", message


def _names_known(procedure: Procedure, around: Surroundings) -> Iterator[Finding]:
    known = GIVEN | set(procedure.slots)
    for _, step in procedure.walk():
        known |= set(written(step))
    for path, step in procedure.walk():
        for name in sorted(names_read(step) - known):
            yield path, "unknown_name", _unknown(name)
    for slot, about in procedure.slots.items():
        for name in sorted(names_read(about) - known):
            yield ("slots", slot), "unknown_name", _unknown(name)


def _unknown(name: str) -> str:
    return (
        f"Nothing is called `{name}`; it is no slot, no result (`as`) and nothing that was `set`."
    )


def _actions_fit(procedure: Procedure, around: Surroundings) -> Iterator[Finding]:
    for path, step in procedure.walk():
        if not isinstance(step, Do):
            continue
        yield from arguments.findings(path, step.do, step.arguments, around.catalogue)
        if step.undo is not None:
            given = step.undo.arguments
            yield from arguments.findings((*path, "undo"), step.undo.do, given, around.catalogue)
        yield from _risk(procedure, around, path, step)


def _risk(procedure: Procedure, around: Surroundings, path: Path, step: Do) -> Iterator[Finding]:
    spec = around.catalogue.get(step.do)
    if spec is None:
        return
    if LEVELS.index(spec.identity) > LEVELS.index(procedure.identity):
        message = (
            f"`{step.do}` is only for customers who are {spec.identity}; "
            f"write `identity: {spec.identity}` at the top."
        )
        yield (*path, "do"), "identity_missing", message
    if spec.risk is Risk.IRREVERSIBLE and step.confirm is None:
        message = f"`{step.do}` cannot be undone; say with `confirm` what the customer agrees to."
        yield (*path, "do"), "confirmation_missing", message
    if spec.risk is Risk.READS and step.undo is not None:
        message = f"`{step.do}` only reads; there is nothing to undo."
        yield (*path, "undo"), "nothing_to_undo", message


def _calls_fit(procedure: Procedure, around: Surroundings) -> Iterator[Finding]:
    for path, step in procedure.walk():
        if not isinstance(step, Call):
            continue
        called = around.procedures.get(step.call)
        if step.call == procedure.id or (called and procedure.id in _reached(called, around)):
            message = f"`{step.call}` comes back here without end; take one of the calls out."
            yield (*path, "call"), "endless_call", message
        elif called is None:
            message = f"There is no procedure `{step.call}`."
            yield (*path, "call"), "unknown_procedure", message
        else:
            for name in set(step.arguments) - set(called.slots):
                message = f"`{step.call}` has no slot `{name}`; it has: {', '.join(called.slots)}."
                yield (*path, "with", name), "unknown_slot", message


def _reached(procedure: Procedure, around: Surroundings) -> set[str]:
    reached, left = set[str](), [procedure]
    while left:
        for _, step in left.pop().walk():
            if isinstance(step, Call) and step.call not in reached:
                reached.add(step.call)
                left += [it for it in (around.procedures.get(step.call),) if it is not None]
    return reached


def _texts_whole(procedure: Procedure, around: Surroundings) -> Iterator[Finding]:
    for path, text in texts_of(procedure):
        has = {procedure.languages[0] if language == OWN else language for language in text}
        missing = [language for language in procedure.languages if language not in has]
        if missing:
            message = f"This text is missing in: {', '.join(missing)}."
            yield path, "text_missing", message


_CHECKS: Final[tuple[Callable[[Procedure, Surroundings], Iterator[Finding]], ...]] = (
    _steps_named,
    _slots_known,
    _names_known,
    _actions_fit,
    _calls_fit,
    _texts_whole,
)
