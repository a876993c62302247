"""What the agent API says about consents."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from rapport.customers.history.schemas import ByOut
from rapport.kernel.schemas import In, Out

Purpose = Annotated[str, StringConstraints(pattern=r"^[\w.:-]{1,60}$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[\w.:-]{0,40}$")]
Source = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(max_length=4_000)]


class ConsentOut(Out):
    """One decision; `is_current` for the one that holds for its purpose and channel."""

    id: UUID
    purpose: str
    channel: str
    is_granted: bool
    source: str
    words: str
    by: ByOut | None
    at: datetime
    revoked_at: datetime | None
    is_current: bool


class ConsentsOut(Out):
    """All decisions of a customer, the latest first."""

    items: list[ConsentOut]


class ConsentIn(In):
    """What a customer decided; an empty channel means all of them."""

    purpose: Purpose
    channel: Channel = ""
    is_granted: bool
    source: Source = "agent"
    words: Words = ""
