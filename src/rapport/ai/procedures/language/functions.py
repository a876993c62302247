"""The functions that formulas know. Each takes and gives JSON values, in time linear in them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from rapport.kernel.folding import fold


class NotDefined(ValueError):
    """A function was given what it has no value for."""


def _list(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (list, str)):
        return list(value)
    if value is None:
        return []
    raise NotDefined


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(_text(one) for one in value.values() if one not in ("", None))
    return str(value)


def _number(value: Any) -> int | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    try:
        read = float(str(value).strip().replace(",", "."))
    except ValueError as error:
        raise NotDefined from error
    return int(read) if read.is_integer() else read


def _date(value: Any) -> date:
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as error:
        raise NotDefined from error


def _numbers(value: Any) -> list[int | float]:
    return [_number(one) for one in _list(value)]


def _most(pick: Callable[[Sequence[Any]], Any]) -> Callable[[Any], Any]:
    return lambda value: pick(_numbers(value)) if _list(value) else None


def _unique(value: Any) -> list[Any]:
    seen = dict[str, Any]()
    for one in _list(value):
        seen.setdefault(repr(one), one)
    return list(seen.values())


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "all": lambda value: all(_list(value)),
    "any": lambda value: any(_list(value)),
    "count": lambda value: len(_list(value)),
    "days_between": lambda a, b: (_date(b) - _date(a)).days,
    "first": lambda value: next(iter(_list(value)), None),
    "join": lambda value, between=", ": str(between).join(_text(one) for one in _list(value)),
    "keys": lambda value: list(value) if isinstance(value, dict) else [],
    "last": lambda value: next(reversed(_list(value)), None),
    "lower": lambda value: fold(_text(value)),
    "max": _most(max),
    "min": _most(min),
    "number": _number,
    "pairs": lambda a, b: [
        {"first": one, "second": other} for one, other in zip(_list(a), _list(b), strict=False)
    ],
    "round": lambda value, places=2: round(_number(value), int(places)),
    "sort": lambda value: sorted(_list(value), key=_text),
    "sum": lambda value: sum(_numbers(value)),
    "text": _text,
    "unique": _unique,
    "values": lambda value: list(value.values()) if isinstance(value, dict) else [],
}
ABOUT: Final[Mapping[str, str]] = {
    "all": "whether every one of a list is true",
    "any": "whether one of a list is true",
    "count": "how many there are in a list, or characters in a text",
    "days_between": "the days from a first date to a second",
    "first": "the first of a list; nothing where it is empty",
    "join": "a list as one text, with `, ` or another text between",
    "keys": "the names of a thing's fields",
    "last": "the last of a list; nothing where it is empty",
    "lower": "a text in small letters, without accents",
    "max": "the largest of some numbers",
    "min": "the smallest of some numbers",
    "number": "a text as a number",
    "pairs": "two lists side by side: things with `first` and `second`",
    "round": "a number with two decimals, or as many as told",
    "sort": "a list in order",
    "sum": "some numbers together",
    "text": "a value as it is said to people",
    "unique": "a list with each value once",
    "values": "the values of a thing's fields",
}
