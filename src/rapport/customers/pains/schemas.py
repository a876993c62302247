"""What the agent API says about pain points."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from rapport.customers.history.schemas import ByOut
from rapport.kernel.schemas import In, Out

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class PainPointOut(Out):
    """What makes a customer's life hard; `source` is `person` or what found it."""

    id: UUID
    text: str
    source: str
    created_at: datetime
    by: ByOut | None
    resolved_at: datetime | None
    resolved_by: str | None


class PainPointsOut(Out):
    """All of a customer, open ones first."""

    items: list[PainPointOut]


class PainPointIn(In):
    """A new pain point."""

    text: Text


class PainPointPatch(In):
    """What to change; resolving keeps who did, and when."""

    text: Text | None = None
    is_resolved: bool | None = None
