"""A procedure as a Mermaid flow chart."""

from collections.abc import Iterator
from typing import Final

from rapport.ai.procedures.checking.explaining import sentence
from rapport.ai.procedures.language import Procedure
from rapport.ai.procedures.language.steps import Ask, Decide, Do, Go, HandOver
from rapport.ai.procedures.running.program import Instruction, Program, compiled

_MAX_CHARS: Final = 80
_ASIDES: Final = {"on_error": "fails", "otherwise": "otherwise"}


def flowchart(procedure: Procedure) -> str:
    """The chart; each step is a box, questions are slanted, decisions are diamonds."""
    program = compiled(procedure)
    language = procedure.languages[0]
    lines = ["flowchart TD", f'  begin(["{_quoted(procedure.name)}"]) --> {_node(0, program)}']
    for place, one in enumerate(program.instructions):
        if not isinstance(one.step, Go):
            lines.append(f"  s{place}{_box(one, language)}")
            lines += [f"  s{place} {arrow}" for arrow in _arrows(one, program)]
    if program.cancelling is not None:
        lines.append(f'  off(["called off"]) --> {_node(program.cancelling, program)}')
    return "\n".join([*lines, '  done(["end"])'])


def _arrows(one: Instruction, program: Program) -> Iterator[str]:
    if isinstance(one.step, HandOver):
        return
    for condition, place in one.ways:
        yield f'-->|"{_quoted(condition or "otherwise")}"| {_node(place, program)}'
    if not any(not condition for condition, _ in one.ways):
        label = '|"else"| ' if one.ways else ""
        yield f"-->{label or ' '}{_node(one.next, program)}"
    for name, place in one.asides.items():
        yield f'-->|"{_ASIDES[name]}"| {_node(place, program)}'


def _node(place: int, program: Program) -> str:
    """The node of a place; a `go` is an arrow, no box."""
    for _ in program.instructions:
        if place >= program.end:
            return "done"
        one = program.instructions[place]
        if not isinstance(one.step, Go):
            break
        place = one.next
    return f"s{place}" if place < program.end else "done"


def _box(one: Instruction, language: str) -> str:
    said = f'"{_quoted(sentence(one.step, language))}"'
    if isinstance(one.step, Ask):
        return f"[/{said}/]"
    if isinstance(one.step, Decide):
        return '{"?"}'
    return f"[[{said}]]" if isinstance(one.step, Do) else f"[{said}]"


def _quoted(text: str) -> str:
    short = text if len(text) <= _MAX_CHARS else text[: _MAX_CHARS - 1] + "…"
    for sign, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        short = short.replace(sign, entity)
    return " ".join(short.split())
