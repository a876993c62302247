"""Values in a file: plain ones, texts with insertions, and formulas, which begin with `=`."""

from collections.abc import Iterator, Mapping
from typing import Any

from rapport.ai.procedures.language.formulas import Formula, parse
from rapport.ai.procedures.language.reckoning import evaluate
from rapport.ai.procedures.language.templates import filled, template

Names = Mapping[str, Any]


def computed(value: Any, names: Names) -> Any:
    """What a value stands for: a formula's value, a text with its insertions, or itself.

    Raises:
        FormulaFailed: a formula has no value.
    """
    if isinstance(value, str):
        return evaluate(value[1:], names) if value.startswith("=") else filled(value, names)
    if isinstance(value, Mapping):
        return {key: computed(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [computed(part, names) for part in value]
    return value


def formulas_in(value: Any) -> Iterator[Formula]:
    """Every formula of a value.

    Raises:
        FormulaInvalid: one of them is none.
    """
    if isinstance(value, str) and value.startswith("="):
        yield parse(value[1:])
    elif isinstance(value, str):
        yield from (piece for piece in template(value).pieces if isinstance(piece, Formula))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from formulas_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from formulas_in(part)


def names_in(value: Any) -> frozenset[str]:
    """The names that a value reads."""
    return frozenset().union(*(formula.names for formula in formulas_in(value)))
