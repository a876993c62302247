"""What counts how much. A workspace may have other numbers for any of these."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

_MOST = 100


class Weights(BaseModel):
    """Points out of a hundred that each thing adds where it is fully so, and where levels begin.

    None is below zero: nothing that makes a matter more pressing can lower its priority.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: int = Field(default=20, ge=0, le=_MOST)
    """What every message has."""
    urgency: int = Field(default=35, ge=0, le=_MOST)
    distress: int = Field(default=10, ge=0, le=_MOST)
    """Anger, worry or grief, the strongest of them."""
    wants_person: int = Field(default=8, ge=0, le=_MOST)
    safety: int = Field(default=60, ge=0, le=_MOST)
    """Somebody may come to harm: this alone makes it urgent."""
    security: int = Field(default=40, ge=0, le=_MOST)
    outage: int = Field(default=30, ge=0, le=_MOST)
    vulnerable: int = Field(default=25, ge=0, le=_MOST)
    legal: int = Field(default=15, ge=0, le=_MOST)
    payment: int = Field(default=10, ge=0, le=_MOST)
    churn: int = Field(default=10, ge=0, le=_MOST)
    value: int = Field(default=8, ge=0, le=_MOST)
    """The customer's place among all by what they bought."""
    favoured: int = Field(default=12, ge=0, le=_MOST)
    """A customer whom the workspace has marked as one that goes first."""
    waited: int = Field(default=20, ge=0, le=_MOST)
    asked_before: int = Field(default=15, ge=0, le=_MOST)
    due: int = Field(default=30, ge=0, le=_MOST)
    spam: int = Field(default=60, ge=0, le=_MOST)
    """What is taken off where a message is certainly unwanted."""

    full_wait_h: float = Field(default=24, gt=0, le=24 * 90)
    """So many hours of waiting count fully."""
    full_repeats: int = Field(default=3, ge=1, le=50)
    """So often asked about in seven days counts fully."""
    due_soon_h: float = Field(default=4, gt=0, le=24 * 90)
    """So many hours before the time agreed it begins to count; when that is past, fully."""

    normal_from: int = Field(default=25, ge=0, le=_MOST)
    high_from: int = Field(default=50, ge=0, le=_MOST)
    urgent_from: int = Field(default=75, ge=0, le=_MOST)

    @model_validator(mode="after")
    def _levels_rise(self) -> "Weights":
        if not self.normal_from <= self.high_from <= self.urgent_from:
            raise ValueError("The levels must begin one above the other: normal, high, urgent.")
        return self
