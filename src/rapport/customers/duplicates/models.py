"""Which customers may be one person, and by what they are found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference


class CustomerKey(Model):
    """A trait by which a customer is compared with others, as a digest that nobody can read.

    Only customers who share a trait are ever compared.
    """

    __tablename__ = "customer_keys"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        Index("ix_customer_keys_customer", "workspace_id", "customer_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)


class Suggestion(WorkspaceModel):
    """Two customers who may be one person, how likely that is, and why."""

    __tablename__ = "duplicate_suggestions"
    __table_args__ = (
        reference("customers", "low_id", ondelete="CASCADE"),
        reference("customers", "high_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "low_id", "high_id"),
        CheckConstraint("low_id < high_id", name="in_order"),
        CheckConstraint("state IN ('open', 'dismissed', 'merged')", name="state_known"),
        Index("ix_duplicate_suggestions_high", "workspace_id", "high_id"),
        # The list: most likely first.
        Index(
            "ix_duplicate_suggestions_open",
            "workspace_id",
            "score",
            "id",
            postgresql_where=text("state = 'open'"),
        ),
    )

    low_id: Mapped[UUID]
    high_id: Mapped[UUID]
    score: Mapped[float]
    reasons: Mapped[list[Any]]
    """`{"code", "weight"}` each: words of ours, never what is alike."""
    is_verified: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether a key that was proved for both of them speaks for it."""
    state: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
