"""What is wrong with a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapport.kernel.errors import Unprocessable


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (from 1; 0 when nobody can say), and what to do about it."""

    line: int
    column: int
    message: str
    code: str = "form"

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class ProcedureInvalid(Unprocessable):
    """The file is not a procedure."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Tell all of them, the first first."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(one) for one in self.problems))
