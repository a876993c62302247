"""Shapes of the actions' routes."""

from typing import Any

from pydantic import Field

from rapport.kernel.actions.registry import Risk
from rapport.kernel.schemas import In, Out


class ActionOut(Out):
    """An action, and the JSON schemas of what goes in and comes out."""

    name: str
    description: str
    risk: Risk
    permission: str
    arguments: dict[str, Any]
    result: dict[str, Any]


class PerformIn(In):
    """A call of an action."""

    arguments: dict[str, Any] = Field(default_factory=dict)
    idempotency_key: str | None = Field(None, min_length=1, max_length=200)
    """The same key answers the first result and does nothing again."""


class PerformedOut(Out):
    """What came of it."""

    result: dict[str, Any]
