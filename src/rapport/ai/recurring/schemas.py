"""What the agent API says about recurring issues, and what it takes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.conversations.schemas import ConversationState
from rapport.kernel.schemas import In, Out

State = Literal["open", "dismissed", "resolved"]
Sort = Literal["growth", "count"]
Period = Literal["day", "week", "month"]
Unit = Literal["hour", "day", "week"]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00\n]*$"),
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
Url = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=r"^https?://[^\s]+$")
]


class ProblemRecordOut(Out):
    """Where a problem is worked on."""

    url: str
    label: str


class RecordIn(In):
    """Where a problem is worked on: an http(s) address, and what to call it."""

    url: Url
    label: Name


class ProblemOut(Out):
    """A recurring issue. An empty `name` is none yet; `record` is in the workspace's own tracker.

    `growth` is -log10 of the chance that the last hour or day is ordinary.
    """

    id: UUID
    name: str
    is_named_by_person: bool
    state: State
    note: str
    article_id: UUID | None
    record: ProblemRecordOut | None
    conversation_count: int
    customer_count: int
    day_count: int
    week_count: int
    month_count: int
    first_seen_at: datetime
    last_seen_at: datetime
    growth: float
    is_growing: bool
    alerted_at: datetime | None


class Point(Out):
    """How many conversations began in the hour, day or week from `at` on.

    `expected` is the mean of the same time of the week in up to four weeks before; null where the
    problem is too young.
    """

    at: datetime
    count: int
    expected: float | None


class ProductCount(Out):
    """How many conversations named a product."""

    name: str
    count: int


class CustomerCount(Out):
    """How many conversations a customer had about it."""

    id: UUID
    name: str
    count: int


class CompanyCount(Out):
    """How many customers of a company came with it, and how often."""

    id: UUID
    name: str
    customers: int
    count: int


class SampleOut(Out):
    """How one customer put it: read from the message `seq` of the conversation just now."""

    conversation_id: UUID
    number: int
    seq: int
    asked_at: datetime
    text: str


class ProblemDetail(ProblemOut):
    """A recurring issue with its trend and those it concerns, at most ten of each."""

    unit: Unit
    series: list[Point]
    products: list[ProductCount]
    customers: list[CustomerCount]
    companies: list[CompanyCount]
    samples: list[SampleOut]


class ProblemMemberOut(Out):
    """A conversation of a problem; `nearness` (0 to 1) is null where a person put it there."""

    conversation: ConversationState
    asked_at: datetime
    nearness: float | None
    joined_by: Literal["machine", "person"]


class ProblemPatch(In):
    """What to change; absent fields stay. `article_id` and `record` are taken away by null."""

    name: Name | None = None
    state: State | None = None
    note: Note | None = None
    article_id: UUID | None = None
    record: RecordIn | None = None


class ProblemMergeIn(In):
    """Into which problem."""

    into_problem_id: UUID


class ProblemSplitIn(In):
    """Which conversations become a problem of their own; without a name the machine finds one."""

    conversation_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    name: Name | None = None
