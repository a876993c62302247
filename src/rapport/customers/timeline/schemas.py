"""What the agent API says about timelines."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from rapport.customers.history.schemas import ByOut
from rapport.kernel.schemas import In, Out

_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class TimelineItemOut(Out):
    """Something that happened to a customer; `kind` is stable, `title` is for people."""

    id: UUID
    kind: str
    group: str
    at: datetime
    title: str
    text: str
    customer_id: UUID
    conversation_id: UUID | None
    seq: int | None
    actor: ByOut | None
    data: dict[str, Any]
    can_remove: bool


class TimelineKindOut(Out):
    """A kind of entry, and what it is filtered by."""

    key: str
    group: str


class TimelineKindsOut(Out):
    """All kinds of entries."""

    items: list[TimelineKindOut]


class EntryIn(In):
    """What an agent writes on a timeline: a note about the customer, or that they called."""

    kind: Literal["note", "call"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    at: Annotated[AwareDatetime, Field(ge=_EARLIEST, le=_LATEST)] | None = None
