"""The texts of a procedure that customers read."""

from collections.abc import Iterator, Mapping

from rapport.ai.procedures.language import Procedure
from rapport.ai.procedures.language.parts import Path
from rapport.ai.procedures.language.steps import Do, Say


def texts_of(procedure: Procedure) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Each text with its place, by language."""
    for name, slot in procedure.slots.items():
        for field in ("ask", "label", "reason", "otherwise"):
            text = getattr(slot, field)
            if text:
                yield ("slots", name, field), text
        choices = () if isinstance(slot.choices, str) else slot.choices or ()
        for place, choice in enumerate(choices):
            yield ("slots", name, "choices", place, "label"), choice.label
    for path, step in procedure.walk():
        if isinstance(step, Say):
            yield (*path, "say"), step.say
        elif isinstance(step, Do) and step.confirm:
            yield (*path, "confirm"), step.confirm
