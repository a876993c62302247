"""Formulas: a small language for conditions and values, in which nothing can be done but reckon.

It is written as Python writes expressions, and read by Python's own parser; what is possible is a
short list of forms over JSON values. A dot reads a field of a thing, never an attribute of an
object; there are no loops but over lists that exist.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rapport.ai.procedures.language.functions import FUNCTIONS

MAX_CHARS: Final = 1_000
_MAX_DEPTH: Final = 40
CONSTANTS: Final[Mapping[str, Any]] = {"true": True, "false": False, "nothing": None}
_HINTS: Final = {
    "&&": "Write `and` instead of `&&`.",
    "||": "Write `or` instead of `||`.",
    "===": "Write `==` to compare.",
    "<>": "Write `!=` for 'is not'.",
}
_OPERATORS: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod)


class FormulaInvalid(ValueError):
    """A text that is no formula; `column` counts its characters from 0."""

    def __init__(self, message: str, column: int = 0) -> None:
        self.column = column
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that can be evaluated. `names` are those it reads from outside."""

    source: str
    tree: ast.expr
    names: frozenset[str]


@lru_cache(4_096)
def parse(source: str) -> Formula:
    """Read a formula.

    Raises:
        FormulaInvalid: it is none; the message says what to write instead.
    """
    if len(source) > MAX_CHARS:
        raise FormulaInvalid(f"A formula has at most {MAX_CHARS:,} characters.")
    text = source.strip()
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = (getattr(error, "offset", None) or 1) - 1
        raise FormulaInvalid(_advice(text), column) from None
    names = set[str]()
    _check(tree, frozenset(), names, 0)
    return Formula(text, tree, frozenset(names))


def _advice(text: str) -> str:
    for wrong, hint in _HINTS.items():
        if wrong in text:
            return hint
    if "=" in text.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", ""):
        return "Write `==` to compare; a single `=` sets nothing here."
    return "This is not a formula; for example: order.status == 'pending' and count(items) > 0."


def _check(node: ast.AST, bound: frozenset[str], names: set[str], depth: int) -> None:
    """Refuse what is not of the language, and collect the names that come from outside."""
    if depth > _MAX_DEPTH:
        raise FormulaInvalid("This formula is nested too deeply; set parts of it first.")
    check = _CHECKS.get(type(node))
    column = getattr(node, "col_offset", 0)
    if check is None:
        raise FormulaInvalid(f"`{ast.unparse(node)}` is not possible in a formula.", column)
    if refusal := check(node):
        raise FormulaInvalid(refusal, column)
    if isinstance(node, ast.Name):
        if node.id not in bound and node.id not in CONSTANTS:
            names.add(node.id)
        return
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        loop = node.generators[0]
        assert isinstance(loop.target, ast.Name), "checked"
        _check(loop.iter, bound, names, depth + 1)
        inside = bound | {loop.target.id}
        for inner in (node.elt, *loop.ifs):
            _check(inner, inside, names, depth + 1)
        return
    for part in _parts(node):
        _check(part, bound, names, depth + 1)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    for part in ast.iter_child_nodes(node):
        is_function = isinstance(node, ast.Call) and part is node.func
        if not is_function and not isinstance(part, _SILENT):
            yield part


def _no_call(node: Any) -> str:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS))
        return f"`{ast.unparse(node.func)}` is no function. There are: {known}."
    return "A function takes its arguments by their place." if node.keywords else ""


def _no_loop(node: Any) -> str:
    (loop, *more) = node.generators
    if more or loop.is_async or not isinstance(loop.target, ast.Name):
        return "Go through one list: [item.name for item in order.items if item.price > 10]."
    return ""


def _no_constant(node: Any) -> str:
    is_plain = node.value is None or isinstance(node.value, (str, int, float, bool))
    return "" if is_plain else "Only texts, numbers, true, false and nothing are values."


def _no_field(node: Any) -> str:
    return "Names of fields do not begin with an underscore." if node.attr[0] == "_" else ""


def _no_binary(node: Any) -> str:
    is_known = isinstance(node.op, _OPERATORS)
    return "" if is_known else "Only + - * / and % reckon."


def _no_unary(node: Any) -> str:
    return "" if isinstance(node.op, (ast.Not, ast.USub)) else "Only `not` and `-` go before."


def _no_compare(node: Any) -> str:
    if any(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
        return "Write `== nothing` or `!= nothing`."
    return ""


def _no_dict(node: Any) -> str:
    is_plain = all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in node.keys)
    return "" if is_plain else "The names in {…} are texts in quotes."


def _fine(node: Any) -> str:
    return ""


_SILENT: Final = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
_CHECKS: Final[Mapping[type[ast.AST], Callable[[Any], str]]] = {
    ast.BoolOp: _fine,
    ast.Name: _fine,
    ast.IfExp: _fine,
    ast.Subscript: _fine,
    ast.List: _fine,
    ast.Tuple: _fine,
    ast.Attribute: _no_field,
    ast.Constant: _no_constant,
    ast.Call: _no_call,
    ast.ListComp: _no_loop,
    ast.GeneratorExp: _no_loop,
    ast.BinOp: _no_binary,
    ast.UnaryOp: _no_unary,
    ast.Compare: _no_compare,
    ast.Dict: _no_dict,
}
