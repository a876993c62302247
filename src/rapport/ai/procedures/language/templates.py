"""Texts with insertions: `Your order {order.number} is {order.status}.`"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rapport.ai.procedures.language.formulas import Formula, FormulaInvalid, parse
from rapport.ai.procedures.language.functions import FUNCTIONS
from rapport.ai.procedures.language.reckoning import evaluate

_QUOTES: Final = "'\""


@dataclass(frozen=True, slots=True)
class Template:
    """A text as its pieces: words, and formulas whose values stand among them."""

    pieces: tuple[str | Formula, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names its formulas read."""
        read = [piece.names for piece in self.pieces if isinstance(piece, Formula)]
        return frozenset().union(*read)


@lru_cache(4_096)
def template(text: str) -> Template:
    """Read a text; `{{` and `}}` stand for braces.

    Raises:
        FormulaInvalid: an insertion is no formula, or does not end.
    """
    pieces, said, at = list[str | Formula](), "", 0
    while at < len(text):
        sign = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            said, at = said + sign, at + 2
        elif sign == "{":
            end = _end(text, at)
            try:
                formula = parse(text[at + 1 : end])
            except FormulaInvalid as error:
                raise FormulaInvalid(str(error), at + 1 + error.column) from None
            pieces += [said, formula] if said else [formula]
            said, at = "", end + 1
        else:
            said, at = said + sign, at + 1
    return Template(tuple([*pieces, said] if said else pieces))


def filled(text: str, names: Mapping[str, Any]) -> str:
    """The text with the values of its insertions.

    Raises:
        FormulaFailed: one of them has none.
    """
    return "".join(
        piece if isinstance(piece, str) else FUNCTIONS["text"](evaluate(piece, names))
        for piece in template(text).pieces
    )


def _end(text: str, start: int) -> int:
    """Where the insertion that begins at `start` ends; braces in quotes and within it do not."""
    depth, quote = 0, ""
    for at in range(start, len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in _QUOTES:
            quote = sign
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return at
    raise FormulaInvalid("This insertion does not end: put a `}` behind it.", start)
