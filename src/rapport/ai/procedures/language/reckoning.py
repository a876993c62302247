"""The value of a formula over JSON values, within a budget."""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rapport.ai.procedures.language.formulas import CONSTANTS, Formula, parse
from rapport.ai.procedures.language.functions import FUNCTIONS, NotDefined

_MAX_STEPS: Final = 20_000
_MAX_TEXT: Final = 20_000
_BINARY: Final[Mapping[type[ast.operator], Callable[[Any, Any], int | float]]] = {
    ast.Sub: lambda a, b: _number(a) - _number(b),
    ast.Mult: lambda a, b: _number(a) * _number(b),
    ast.Div: lambda a, b: _number(a) / _number(b),
    ast.Mod: lambda a, b: _number(a) % _number(b),
}
_ORDERED: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Lt: lambda a, b: bool(a < b),
    ast.LtE: lambda a, b: bool(a <= b),
    ast.Gt: lambda a, b: bool(a > b),
    ast.GtE: lambda a, b: bool(a >= b),
}


class FormulaFailed(ValueError):
    """A formula that has no value here: a number was expected, the budget is spent …"""


def evaluate(formula: Formula | str, names: Mapping[str, Any]) -> Any:
    """The value of a formula, as JSON.

    A name that is not there, and a field of nothing, are nothing.

    Raises:
        FormulaFailed: it has none.
    """
    read = parse(formula) if isinstance(formula, str) else formula
    return _Evaluation().value(read.tree, dict(names))


def holds(formula: Formula | str, names: Mapping[str, Any]) -> bool:
    """Whether a condition is met."""
    return bool(evaluate(formula, names))


class _Evaluation:
    """One evaluation, with its budget."""

    def __init__(self) -> None:
        self._left = _MAX_STEPS
        self._how: Mapping[type[ast.AST], Callable[[Any, dict[str, Any]], Any]] = {
            ast.Constant: lambda node, names: node.value,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.BoolOp: self._bool,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._binary,
            ast.Compare: self._compare,
            ast.IfExp: self._if,
            ast.List: self._list,
            ast.Tuple: self._list,
            ast.Dict: self._dict,
            ast.ListComp: self._each,
            ast.GeneratorExp: self._each,
            ast.Call: self._call,
        }

    def value(self, node: ast.expr, names: dict[str, Any]) -> Any:
        self._left -= 1
        if self._left < 0:
            raise FormulaFailed("This formula takes too long.")
        return self._how[type(node)](node, names)

    def _name(self, node: ast.Name, names: dict[str, Any]) -> Any:
        return names[node.id] if node.id in names else CONSTANTS.get(node.id)

    def _attribute(self, node: ast.Attribute, names: dict[str, Any]) -> Any:
        thing = self.value(node.value, names)
        return thing.get(node.attr) if isinstance(thing, dict) else None

    def _subscript(self, node: ast.Subscript, names: dict[str, Any]) -> Any:
        thing, key = self.value(node.value, names), self.value(node.slice, names)
        if isinstance(thing, dict):
            return thing.get(key) if isinstance(key, str) else None
        if isinstance(thing, list) and isinstance(key, int) and -len(thing) <= key < len(thing):
            return thing[key]
        return None

    def _bool(self, node: ast.BoolOp, names: dict[str, Any]) -> Any:
        wanted, value = isinstance(node.op, ast.Or), None
        for part in node.values:
            value = self.value(part, names)
            if bool(value) == wanted:
                return value
        return value

    def _unary(self, node: ast.UnaryOp, names: dict[str, Any]) -> Any:
        value = self.value(node.operand, names)
        return not value if isinstance(node.op, ast.Not) else -_number(value)

    def _binary(self, node: ast.BinOp, names: dict[str, Any]) -> Any:
        left, right = self.value(node.left, names), self.value(node.right, names)
        if isinstance(node.op, ast.Add):
            return self._sum(left, right)
        try:
            return _BINARY[type(node.op)](left, right)
        except (ZeroDivisionError, OverflowError) as error:
            raise FormulaFailed("This cannot be reckoned: it divides by zero.") from error

    def _sum(self, left: Any, right: Any) -> Any:
        for kind in (str, list):
            if isinstance(left, kind) and isinstance(right, kind):
                self._left -= len(left) + len(right)
                if len(left) + len(right) > _MAX_TEXT:
                    raise FormulaFailed("What comes out of this is too long.")
                return left + right  # type: ignore[operator]  # both are of one of the two kinds
        return _number(left) + _number(right)

    def _compare(self, node: ast.Compare, names: dict[str, Any]) -> bool:
        left = self.value(node.left, names)
        for op, part in zip(node.ops, node.comparators, strict=True):
            right = self.value(part, names)
            if not self._compared(op, left, right):
                return False
            left = right
        return True

    def _compared(self, op: ast.cmpop, left: Any, right: Any) -> bool:
        if isinstance(op, (ast.Eq, ast.NotEq)):
            return bool(left == right) == isinstance(op, ast.Eq)
        if isinstance(op, (ast.In, ast.NotIn)):
            return self._is_in(left, right) == isinstance(op, ast.In)
        if not _comparable(left, right):
            raise FormulaFailed(f"{_told(left)} and {_told(right)} have no order.")
        return _ORDERED[type(op)](left, right)

    def _is_in(self, one: Any, many: Any) -> bool:
        if isinstance(many, list):
            self._left -= len(many)
            return one in many
        return isinstance(many, (str, dict)) and isinstance(one, str) and one in many

    def _if(self, node: ast.IfExp, names: dict[str, Any]) -> Any:
        return self.value(node.body if self.value(node.test, names) else node.orelse, names)

    def _list(self, node: ast.List | ast.Tuple, names: dict[str, Any]) -> list[Any]:
        return [self.value(part, names) for part in node.elts]

    def _dict(self, node: ast.Dict, names: dict[str, Any]) -> dict[str, Any]:
        made = dict[str, Any]()
        for key, part in zip(node.keys, node.values, strict=True):
            assert isinstance(key, ast.Constant), "checked when it was parsed"
            made[str(key.value)] = self.value(part, names)
        return made

    def _each(self, node: ast.ListComp | ast.GeneratorExp, names: dict[str, Any]) -> list[Any]:
        loop = node.generators[0]
        assert isinstance(loop.target, ast.Name), "checked when it was parsed"
        made, inside = [], dict(names)
        for item in _items(self.value(loop.iter, names)):
            inside[loop.target.id] = item
            if all(self.value(condition, inside) for condition in loop.ifs):
                made.append(self.value(node.elt, inside))
        return made

    def _call(self, node: ast.Call, names: dict[str, Any]) -> Any:
        assert isinstance(node.func, ast.Name), "checked when it was parsed"
        values = [self.value(part, names) for part in node.args]
        self._left -= sum(len(v) for v in values if isinstance(v, (str, list, dict))) // 8
        try:
            return FUNCTIONS[node.func.id](*values)
        except (TypeError, NotDefined, OverflowError) as error:
            raise FormulaFailed(f"{node.func.id}(…) cannot take these values.") from error


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FormulaFailed(f"{_told(value)} is no number.")
    return value


def _items(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    if value is None:
        return []
    raise FormulaFailed(f"{_told(value)} is no list.")


def _comparable(left: Any, right: Any) -> bool:
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (left, right))
    return numbers or (isinstance(left, str) and isinstance(right, str))


def _told(value: Any) -> str:
    return "Nothing" if value is None else f"`{str(value)[:40]}`"
