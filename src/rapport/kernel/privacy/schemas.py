"""Shapes of exports, erasures and retention rules."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.kernel.personal import Effect
from rapport.kernel.schemas import In, Out

Reason = Literal["asked", "contract_ended", "no_longer_needed", "mistake"]
Days = Annotated[int, Field(ge=1, le=36_500)]
KindKey = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z_]+\.[a-z_]+$")]


class PersonOut(Out):
    """Somebody, as they must be named to be erased."""

    id: UUID
    label: str


class ExportIn(In):
    """Whose export is wanted."""

    person_id: UUID


class ExportOut(Out):
    """An export. `counts` are rows and files by `room.table`."""

    id: UUID
    person_id: UUID
    asked_by_name: str
    status: Literal["waiting", "running", "ready", "failed", "gone"]
    steps_done: int
    steps_total: int
    counts: dict[str, int]
    size_bytes: int | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None


class LinkOut(Out):
    """Where the file of an export can be had, and until when."""

    url: str
    expires_at: datetime


class ErasureIn(In):
    """Who shall be erased, named as shown, and why."""

    person_id: UUID
    confirmation: Annotated[str, StringConstraints(max_length=500)]
    reason: Reason


class ErasureOut(Out):
    """An erasure, and what remains of it: how much of what was erased."""

    id: UUID
    person_id: UUID
    asked_by_name: str
    reason: Reason
    status: Literal["waiting", "running", "done", "failed"]
    steps_done: int
    steps_total: int
    counts: dict[str, int]
    created_at: datetime
    finished_at: datetime | None


class KindOut(Out):
    """A kind of thing that may be kept for a limited time, and what may be done with it then."""

    key: str
    effects: list[Effect]
    per_inbox: bool


class ForecastIn(In):
    """A rule that is being thought about."""

    kind: KindKey
    inbox_id: UUID | None = None
    effect: Effect
    after_days: Days


class RuleIn(ForecastIn):
    """A new rule; without an inbox it is about all of them."""

    is_enabled: bool = True


class RulePatch(In):
    """What to change about a rule."""

    effect: Effect | None = None
    after_days: Days | None = None
    is_enabled: bool | None = None


class RuleOut(Out):
    """A rule, and what its last run did."""

    id: UUID
    kind: str
    inbox_id: UUID | None
    effect: Effect
    after_days: int
    is_enabled: bool
    last_run_at: datetime | None
    last_count: int | None


class MatchOut(Out):
    """Something a rule would deal with."""

    id: UUID
    label: str
    at: datetime


class ForecastOut(Out):
    """What a rule would do now: how many, whether there are more, and the oldest of them."""

    count: int
    capped: bool
    examples: list[MatchOut]
