"""Procedures as YAML: read with the place of every mistake, and written without loss.

YAML 1.2: `no` and `on` are words. Anchors are refused: a short file could stand for an endless one.
"""

import difflib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import AliasToken, AnchorToken, TagToken

from rapport.ai.procedures.language.catalogue import Catalogue
from rapport.ai.procedures.language.errors import Problem, ProcedureInvalid
from rapport.ai.procedures.language.parts import Path
from rapport.ai.procedures.language.procedure import Procedure

MAX_CHARS: Final = 200_000
_DEEPEST: Final = 40
_WIDTH: Final = 100_000
"""Lines are never wrapped anew: whoever wrote them chose where they end."""
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """A procedure's file: what it says, and how it is written."""

    procedure: Procedure
    data: CommentedMap
    """The file's nodes with comments and quotes; to be changed by an editor."""
    text: str

    def written(self) -> str:
        """The file: as it was read, but for what was changed in `data`.

        Nothing is lost, comments least of all; where lines are set in, a changed file is even.
        """
        now = _dumped(self.data)
        return self.text if now == _dumped(_loaded(self.text)) else now

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column, from 1, of what stands at a path, or of the nearest thing around it."""
        return place_of(self.data, path)


def read(text: str) -> Document:
    """Read a procedure.

    Raises:
        ProcedureInvalid: it is none; all mistakes are told, each with its place.
    """
    data = _loaded(text)
    return Document(_validated(Procedure, data), data, text)


def read_catalogue(text: str) -> Catalogue:
    """Read a file of actions.

    Raises:
        ProcedureInvalid: it is none.
    """
    return _validated(Catalogue, _loaded(text))


def read_as(model: type[M], text: str) -> M:
    """Read a file of another kind that is written in the same way.

    Raises:
        ProcedureInvalid: it is none of this kind.
    """
    return _validated(model, _loaded(text))


def place_of(data: Any, path: Sequence[str | int]) -> tuple[int, int]:
    """See `Document.place`. Parts of the path that are not in the file are passed over."""
    _, line, column = _followed(data, tuple(path[:_DEEPEST]), (0, 0, 0))
    return line + 1, column + 1


def _followed(data: Any, path: Path, at: tuple[int, int, int]) -> tuple[int, int, int]:
    """How many parts of a path can be followed at most, and the place they lead to.

    A step's first word is a part of the path to what is wrong in it, besides being one of its
    fields: whether it is followed or passed over shows in what comes after it.
    """
    if not path:
        return at
    part, rest = path[0], path[1:]
    found = [_followed(data, rest, at)]
    if isinstance(data, CommentedMap) and part in data:
        found.append(_followed(data[part], rest, (at[0] + 1, *data.lc.key(part))))
    elif isinstance(data, CommentedSeq) and isinstance(part, int) and part < len(data):
        found.append(_followed(data[part], rest, (at[0] + 1, *data.lc.item(part))))
    return max(found, key=lambda it: it[0])


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.allow_duplicate_keys = False
    return yaml


def _dumped(data: CommentedMap) -> str:
    yaml = _yaml()
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _loaded(text: str) -> CommentedMap:
    if len(text) > MAX_CHARS:
        raise _refused(f"A file has at most {MAX_CHARS:,} characters; divide it into several.")
    try:
        for token in YAML(typ="rt").scan(text):
            if isinstance(token, (AliasToken, AnchorToken, TagToken)):
                at = token.start_mark
                message = 'Anchors (&, *) and tags (!) are not possible; write it out, or use " ".'
                raise _refused(message, at.line + 1, at.column + 1)
        data = _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = f"{error.problem or 'This is no YAML'}. Look at indentation, colons and quotes here."
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise _refused(said, line, column) from None
    except (YAMLError, RecursionError, ValueError) as error:
        raise _refused(f"This is no YAML: {str(error)[:200]}") from None
    if not isinstance(data, CommentedMap):
        raise _refused("A file begins with `format: 1`, then goes on with `id`, `name`, `steps`.")
    return data


def _validated(model: type[M], data: CommentedMap) -> M:
    try:
        return model.model_validate(_plain(data))
    except ValidationError as error:
        problems = [_problem(detail, data) for detail in error.errors()]
        problems.sort(key=lambda one: (one.line, one.column))
        raise ProcedureInvalid(list(dict.fromkeys(problems))) from None


def _plain(value: Any) -> Any:
    """The JSON that a file stands for."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _problem(detail: ErrorDetails, data: CommentedMap) -> Problem:
    line, column = place_of(data, detail["loc"])
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    match detail["type"]:
        case "missing":
            message = f"`{last}` is missing here."
        case "extra_forbidden":
            message = f"`{last}` is not known here.{_meant(last)}"
        case "value_error":
            message = str(detail["ctx"]["error"]) if "ctx" in detail else detail["msg"]
        case "string_pattern_mismatch":
            message = f"`{detail['input']}` is no possible name here: {detail['msg']}."
        case "no_step":
            message = detail["msg"]
        case _:
            message = f"`{last}`: {detail['msg']}." if last else detail["msg"]
    return Problem(line, column, message)


def _meant(word: str) -> str:
    near = difflib.get_close_matches(word, _KNOWN, n=1, cutoff=0.6)
    return f" Did you mean `{near[0]}`?" if near else ""


_KNOWN: Final = tuple(
    word
    for line in (
        "format id name description languages when intent examples if identity slots kind ask",
        "label reason example choices pattern many optional check otherwise value words steps",
        "on_cancel say decide do with as confirm undo at_most on_error set wait event webhook",
        "where approve by call hand_over queue skill go",
    )
    for word in line.split()
)


def _refused(message: str, line: int = 0, column: int = 0) -> ProcedureInvalid:
    return ProcedureInvalid([Problem(line, column, message)])
