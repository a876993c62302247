"""Where steps lead: what is never reached, and what goes round without a pause."""

from collections.abc import Iterator, Sequence

from rapport.ai.procedures.language import Procedure
from rapport.ai.procedures.language.parts import Path
from rapport.ai.procedures.language.steps import Approve, Ask, Decide, Go, HandOver, Wait
from rapport.ai.procedures.running.program import Instruction, Program, compiled


def findings(procedure: Procedure) -> Iterator[tuple[Path, str, str]]:
    """Steps that no way leads to, and loops in which nobody is asked and nothing is waited for."""
    program = compiled(procedure)
    leads = [successors(one, program) for one in program.instructions]
    begins = [0, *([program.cancelling] if program.cancelling is not None else [])]
    reached = _reached(begins, leads)
    for place, one in enumerate(program.instructions):
        before = program.instructions[place - 1].path if place else ()
        is_first = place == 0 or place - 1 in reached or before[:-1] != one.path[:-1]
        if place not in reached and is_first:
            yield one.path, "unreachable", "No way leads to this step; move or remove it."
    quick = [
        [] if isinstance(one.step, (Ask, Wait, Approve)) else leads[place]
        for place, one in enumerate(program.instructions)
    ]
    for place in sorted(reached):
        if place < program.end and place in _reached(quick[place], quick):
            message = "This goes round for ever; ask or wait for something on the way."
            yield program.instructions[place].path, "endless_loop", message
            return


def successors(one: Instruction, program: Program) -> list[int]:
    """The places where a step may lead."""
    if isinstance(one.step, HandOver):
        return []
    if isinstance(one.step, Go):
        return [one.next]
    if isinstance(one.step, Decide):
        ways = [place for _, place in one.ways]
        is_whole = any(not condition for condition, _ in one.ways)
        return ways if is_whole else [*ways, one.next]
    return [one.next, *one.asides.values()]


def _reached(begins: Sequence[int], leads: Sequence[Sequence[int]]) -> set[int]:
    reached, left = set[int](), list(begins)
    while left:
        place = left.pop()
        if place not in reached and place < len(leads):
            reached.add(place)
            left += leads[place]
    return reached
