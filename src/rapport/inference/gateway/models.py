"""Which models a workspace uses, what it has spent, and every call."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel


class ConfiguredModel(WorkspaceModel):
    """A language model that a workspace has set up; the one of the lowest position is asked first.

    Prices are for a million tokens, in the currency of `ModelLimits`.
    """

    __tablename__ = "language_models"
    __table_args__ = (
        CheckConstraint("protocol IN ('openai', 'anthropic')", name="protocol_known"),
    )

    position: Mapped[int]
    protocol: Mapped[str]
    base_url: Mapped[str]
    model: Mapped[str]
    """As the provider calls it."""
    api_key: Mapped[str | None]
    """Sealed."""
    input_price: Mapped[Decimal] = mapped_column(Numeric(12, 6))
    output_price: Mapped[Decimal] = mapped_column(Numeric(12, 6))


class Spending(Model):
    """What a workspace has spent on models in a day (`2026-01-05`) or a month (`2026-01`) of UTC.

    Calls under way are counted with the most they may cost, so that no two processes together
    spend more than the budget. A process that dies leaves that estimate behind.
    """

    __tablename__ = "model_spending"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    period: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[Decimal] = mapped_column(Numeric(16, 6))


class ModelCall(WorkspaceModel):
    """One question to a language model, from the first attempt to its end. `created_at` its begin.

    `model` and `endpoint` are those that answered, else those tried last; empty when none was.
    """

    __tablename__ = "model_calls"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('answered', 'busy', 'unreachable', 'refused', 'declined', 'over_budget', "
            "'given_up')",
            name="outcome_known",
        ),
        Index("ix_model_calls_recent", "workspace_id", "created_at"),
        Index(
            "ix_model_calls_conversation",
            "workspace_id",
            "conversation_id",
            postgresql_where=text("conversation_id IS NOT NULL"),
        ),
    )

    purpose: Mapped[str]
    model: Mapped[str]
    endpoint: Mapped[str]
    """Host and port."""
    latency_ms: Mapped[int]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cost: Mapped[Decimal] = mapped_column(Numeric(16, 6))
    outcome: Mapped[str]
    """`given_up`: nobody waited for the answer any more."""
    retries: Mapped[int]
    """Attempts beyond the first, at whichever model."""
    is_cached: Mapped[bool]
    conversation_id: Mapped[UUID | None]
    """No foreign key: the call may end before the conversation's own transaction does."""
    covered: Mapped[dict[str, Any]]
    """How many different values of which kind were covered."""
    words: Mapped[str | None]
    """Prompt and answer, covered and sealed, where the workspace wants them kept."""
