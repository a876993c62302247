"""What the agent API says about imports."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.customers.history.schemas import ByOut
from rapport.kernel.schemas import In, Out

Match = Literal["email", "phone", "external_id"]
Column = Annotated[str, StringConstraints(max_length=210)]
Field_ = Annotated[str, StringConstraints(max_length=80)]


class ColumnOut(Out):
    """A column with some of what stands in it, and the field it goes to."""

    name: str
    samples: list[str]
    field: str | None


class UndoOut(Out):
    """How far an import is taken back, in customers; `kept` were changed by others since."""

    restored: int
    removed: int
    kept: int


class ImportOut(Out):
    """An import; the columns have samples while it is a draft."""

    id: UUID
    name: str
    state: Literal["draft", "queued", "running", "done", "failed", "undoing", "undone"]
    columns: list[ColumnOut]
    mapping: dict[str, str]
    match: Match
    rows_total: int | None
    rows_done: int
    created: int
    updated: int
    unchanged: int
    failed: int
    undo: UndoOut | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    by: ByOut | None


class ImportIn(In):
    """The file to import: a CSV that was uploaded before."""

    file_id: UUID


class ImportPatch(In):
    """Which column goes to which field (null leaves it out), and how customers are recognised."""

    match: Match | None = None
    mapping: Annotated[dict[Column, Field_ | None], Field(max_length=200)] | None = None


class WrongOut(Out):
    """What is wrong with a row."""

    column: str
    code: str
    detail: str


class PreviewRowOut(Out):
    """What would become of a row."""

    row: int
    values: dict[str, Any]
    action: Literal["create", "update", "unchanged", "fail"]
    errors: list[WrongOut]


class PreviewOut(Out):
    """What would become of the first rows."""

    rows: list[PreviewRowOut]
