"""What the agent API says about likely duplicates."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from rapport.customers.schemas import CustomerOut
from rapport.kernel.schemas import Out


class ReasonOut(Out):
    """What speaks for two customers being one person; a negative weight speaks against it."""

    code: str
    weight: float


class SuggestionOut(Out):
    """Two customers who may be one; `is_verified` when something proved for both is equal."""

    id: UUID
    score: float
    reasons: list[ReasonOut]
    is_verified: bool
    state: Literal["open", "dismissed", "merged"]
    found_at: datetime
    customers: list[CustomerOut]


class SuggestionsOut(Out):
    """Those about one customer, most likely first."""

    items: list[SuggestionOut]
