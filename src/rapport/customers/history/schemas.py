"""What the agent API says about changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rapport.kernel.schemas import Out


class ByOut(Out):
    """Who did something: an agent, the customer, a program, or ourselves (`system`)."""

    kind: str
    id: UUID
    name: str


class ChangeOut(Out):
    """That a field got another value; null where there was, or is, none."""

    id: UUID
    field: str
    old: Any
    new: Any
    at: datetime
    source: str
    actor: ByOut | None
