"""Nested steps as a flat list, each with the places where it goes on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapport.ai.procedures.language.catalogue import ActionSpec, Catalogue
from rapport.ai.procedures.language.parts import Path
from rapport.ai.procedures.language.procedure import Procedure
from rapport.ai.procedures.language.steps import END, Branch, Decide, Go, Step


@dataclass(frozen=True, slots=True)
class Instruction:
    """A step and where it goes on: `next`; `asides` into its blocks for what went otherwise.

    `ways` are, for a decision, its conditions (empty for `otherwise`) and where each leads.
    """

    step: Step
    path: Path
    next: int
    asides: Mapping[str, int] = field(default_factory=dict)
    """Where its blocks begin, by their names."""
    ways: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """A procedure that can be run. The place after the last instruction is its end."""

    procedure: Procedure
    instructions: tuple[Instruction, ...]
    version: str
    """Of exactly these words: two that differ have two."""
    cancelling: int | None
    """Where `on_cancel` begins."""

    @property
    def end(self) -> int:
        """The place where nothing is left."""
        return len(self.instructions)


@dataclass(frozen=True, slots=True)
class Library:
    """What a run may use. `identify` names the procedure that finds out who the customer is.

    `earlier` are programs of versions before, by version: runs go on with what they began with.
    `approved` are the actions for which a person must agree besides the customer.
    """

    programs: Mapping[str, Program]
    catalogue: Catalogue
    identify: str | None = None
    earlier: Mapping[str, Program] = field(default_factory=dict)
    approved: frozenset[str] = frozenset()

    def program(self, procedure: str, version: str) -> Program | None:
        """A procedure in one version; None where it is not kept."""
        now = self.programs.get(procedure)
        return now if now is not None and now.version == version else self.earlier.get(version)

    def spec(self, action: str) -> ActionSpec | None:
        """What is known of an action."""
        return self.catalogue.get(action)


@lru_cache(1_024)
def _version(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def compiled(procedure: Procedure) -> Program:
    """The program of a procedure that lint has nothing against.

    Raises:
        KeyError: a `go` leads to a step that is not there.
    """
    steps = list(procedure.walk())
    places = {path: place for place, (path, _) in enumerate(steps)}
    names: dict[str, int] = {step.name: place for place, (_, step) in enumerate(steps) if step.name}
    names[END] = len(steps)
    after = dict[Path, int]()
    for root in (("steps",), ("on_cancel",)):
        block = getattr(procedure, root[0]) or []
        _follow(block, root, len(steps), places, after)
    made = tuple(_instruction(step, path, places, after, names) for path, step in steps)
    cancelling = places.get(("on_cancel", 0))
    return Program(procedure, made, _version(procedure.model_dump_json()), cancelling)


def _follow(
    block: Sequence[Step], at: Path, then: int, places: Mapping[Path, int], after: dict[Path, int]
) -> None:
    """Note for each step of a block, and of those within, where it goes on."""
    for place, step in enumerate(block):
        here = (*at, place)
        follows = places[(*at, place + 1)] if place + 1 < len(block) else then
        after[here] = follows
        for path, steps in step.inside():
            _follow(steps, (*here, *path), follows, places, after)


def _instruction(
    step: Step,
    path: Path,
    places: Mapping[Path, int],
    after: Mapping[Path, int],
    names: Mapping[str, int],
) -> Instruction:
    if isinstance(step, Go):
        return Instruction(step, path, names[step.go])
    inside = [(inner, places[(*path, *inner, 0)]) for inner, _ in step.inside()]
    if isinstance(step, Decide):
        ways = tuple(
            (branch.condition if isinstance(branch, Branch) else "", begins)
            for branch, (_, begins) in zip(step.decide, inside, strict=True)
        )
        return Instruction(step, path, after[path], ways=ways)
    return Instruction(step, path, after[path], {str(inner[0]): begins for inner, begins in inside})
