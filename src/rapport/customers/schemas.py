"""What the agent API says about customers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.kernel.schemas import In, Out

Scalar = str | int | float | bool | None
Short = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w .:-]+$")]
Value = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]
Attributes = Annotated[dict[Key, Value | bool | int | float | None], Field(max_length=100)]


class IdentityOut(Out):
    """An address of the customer on a channel."""

    id: UUID
    channel: str
    address: str
    verified: bool


class CustomerOut(Out):
    """All we know about a customer."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    company: str | None
    locale: str | None
    timezone: str | None
    attributes: dict[str, Scalar]
    identities: list[IdentityOut]
    first_seen_at: datetime
    last_seen_at: datetime
    conversation_count: int
    verified: bool
    erased_at: datetime | None


class TimelineItemOut(Out):
    """Something that happened to a customer; `kind` is stable, `title` is for people."""

    id: UUID
    kind: str
    at: datetime
    title: str
    text: str
    conversation_id: UUID | None


class CustomerPatch(In):
    """What to change; attributes are merged by key, and null removes one."""

    name: Short | None = None
    email: Short | None = None
    phone: Short | None = None
    company: Short | None = None
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,35}$")] | None = None
    timezone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")] | None = None
    attributes: Attributes | None = None


class MergeIn(In):
    """The customer that remains."""

    into_id: UUID
