"""What a page tells of its visitor."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from rapport.customers.schemas import Attributes
from rapport.kernel.schemas import In

Text = Annotated[str, StringConstraints(max_length=200)]


class VisitIn(In):
    """That a visitor did something (`track`) or looked at a page; `id` makes it count once."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    kind: Literal["track", "page"]
    name: Text = ""
    properties: Attributes = Field(default_factory=dict)
    url: Annotated[str, StringConstraints(max_length=2_000)] = ""
    at: datetime | None = None


class VisitsIn(In):
    """Up to 50 of them, in their order."""

    events: Annotated[list[VisitIn], Field(min_length=1, max_length=50)]


class VisitorConsentIn(In):
    """Whether the visitor lets us keep what they do on the page, and what they were shown."""

    is_granted: bool
    words: Annotated[str, StringConstraints(max_length=4_000)] = ""
