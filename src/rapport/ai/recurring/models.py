"""Problems that customers have again and again, and what speaks of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference

_HERE = text("merged_into_id IS NULL")
_ZERO = text("0")


class Problem(WorkspaceModel):
    """What several customers came with. One merged into another stays, and says into which.

    Counts only grow by conversations and shrink by what people take out: they stay when a customer
    is erased. Those of the day, the week and the month are as of the last look, at most five
    minutes ago. The first that a person decides about a problem sets `decided_at`; from then on
    the machine merges it into nothing.
    """

    __tablename__ = "problems"
    __table_args__ = (
        reference("articles", "article_id", ondelete="SET NULL"),
        reference("problems", "merged_into_id"),
        CheckConstraint("state IN ('open', 'dismissed', 'resolved')", name="state_known"),
        CheckConstraint("(record_url IS NULL) = (record_label IS NULL)", name="record_whole"),
        # The list, by each of its orders.
        Index(
            "ix_problems_growth", "workspace_id", "state", "growth", "id", postgresql_where=_HERE
        ),
        Index(
            "ix_problems_day", "workspace_id", "state", "day_count", "id", postgresql_where=_HERE
        ),
        Index(
            "ix_problems_week", "workspace_id", "state", "week_count", "id", postgresql_where=_HERE
        ),
        Index(
            "ix_problems_month",
            "workspace_id",
            "state",
            "month_count",
            "id",
            postgresql_where=_HERE,
        ),
        Index("ix_problems_seen", "workspace_id", "last_seen_at", "id", postgresql_where=_HERE),
        Index(
            "ix_problems_merged",
            "workspace_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_problems_article",
            "workspace_id",
            "article_id",
            postgresql_where=text("article_id IS NOT NULL"),
        ),
    )

    name: Mapped[str]
    """Empty until enough is known for one."""
    is_named_by_person: Mapped[bool] = mapped_column(server_default=text("false"))
    named_at_count: Mapped[int] = mapped_column(server_default=_ZERO)
    """How many conversations there were when the machine last looked for a name."""
    state: Mapped[str] = mapped_column(server_default="open")
    note: Mapped[str] = mapped_column(server_default="")
    article_id: Mapped[UUID | None]
    record_url: Mapped[str | None]
    """Where the problem is worked on, in whatever tracker the workspace uses."""
    record_label: Mapped[str | None]
    merged_into_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    conversation_count: Mapped[int] = mapped_column(server_default=_ZERO)
    customer_count: Mapped[int] = mapped_column(server_default=_ZERO)
    day_count: Mapped[int] = mapped_column(server_default=_ZERO)
    week_count: Mapped[int] = mapped_column(server_default=_ZERO)
    month_count: Mapped[int] = mapped_column(server_default=_ZERO)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    growth: Mapped[float] = mapped_column(server_default=_ZERO)
    """How surprising the last hour or day is: the negative decimal logarithm of its chance."""
    is_growing: Mapped[bool] = mapped_column(server_default=text("false"))
    alerted_at: Mapped[datetime | None]
    alerted_count: Mapped[int] = mapped_column(server_default=_ZERO)
    """How many conversations the day before the last alert had."""

    @property
    def record(self) -> dict[str, str] | None:
        """Where it is worked on, as an address and what to call it."""
        if self.record_url is None or self.record_label is None:
            return None
        return {"url": self.record_url, "label": self.record_label}


class ProblemConversation(Model):
    """A conversation of the last 30 days, or one of a problem: what it asks, as a vector.

    Without a problem it is loose. `space` is null until its opening question was read, and empty
    where it said nothing. `face_id` is the problem that it joined first: merged into another, that
    one remains a face of it, and goes on finding its like. `barred_ids` are the problems that a
    person took it out of.
    """

    __tablename__ = "problem_conversations"
    __table_args__ = (
        reference("conversations", "conversation_id", ondelete="CASCADE"),
        reference("problems", "problem_id", ondelete="SET NULL"),
        CheckConstraint("joined_by IN ('machine', 'person')", name="joined_by_known"),
        Index(
            "ix_problem_conversations_unread",
            "workspace_id",
            "asked_at",
            "number",
            postgresql_where=text("space IS NULL"),
        ),
        Index(
            "ix_problem_conversations_loose",
            "workspace_id",
            "asked_at",
            "number",
            postgresql_where=text("problem_id IS NULL"),
        ),
        Index(
            "ix_problem_conversations_problem",
            "workspace_id",
            "problem_id",
            "asked_at",
            "conversation_id",
            postgresql_where=text("problem_id IS NOT NULL"),
        ),
        Index(
            "ix_problem_conversations_face",
            "workspace_id",
            "face_id",
            "space",
            "asked_at",
            postgresql_where=text("face_id IS NOT NULL"),
        ),
        Index(
            "ix_problem_conversations_barred",
            "workspace_id",
            "problem_id",
            postgresql_where=text("cardinality(barred_ids) > 0"),
        ),
        # What the last hour and day had.
        Index("ix_problem_conversations_recent", "workspace_id", "asked_at"),
        Index("ix_problem_conversations_customer", "workspace_id", "customer_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    number: Mapped[int]
    """The conversation's: it orders those that began at the same instant."""
    asked_at: Mapped[datetime]
    problem_id: Mapped[UUID | None]
    face_id: Mapped[UUID | None]
    nearness: Mapped[float | None]
    """The cosine to the problem when it joined; null where a person put it there."""
    joined_by: Mapped[str] = mapped_column(server_default="machine")
    barred_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    language: Mapped[str | None]
    products: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    space: Mapped[str | None]
    embedding: Mapped[Any | None] = mapped_column(VECTOR())


class ProblemFace(Model):
    """The middle of a problem's last conversations in one space: what newcomers are compared with.

    A problem has one of its own in each space, and those of the problems merged into it.
    """

    __tablename__ = "problem_faces"
    __table_args__ = (
        reference("problems", "problem_id", ondelete="CASCADE"),
        Index("ix_problem_faces_problem", "workspace_id", "problem_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    face_id: Mapped[UUID] = mapped_column(primary_key=True)
    space: Mapped[str] = mapped_column(primary_key=True)
    problem_id: Mapped[UUID]
    embedding: Mapped[Any] = mapped_column(VECTOR())


class ProblemHour(Model):
    """How many conversations of a problem began in an hour; hours without any have no row."""

    __tablename__ = "problem_hours"
    __table_args__ = (
        reference("problems", "problem_id", ondelete="CASCADE"),
        Index("ix_problem_hours_hour", "workspace_id", "hour"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    problem_id: Mapped[UUID] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class ProblemCustomer(Model):
    """How often a customer came with a problem."""

    __tablename__ = "problem_customers"
    __table_args__ = (
        reference("problems", "problem_id", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customers.workspace_id", "customers.id"],
            ondelete="CASCADE",
        ),
        Index("ix_problem_customers_customer", "workspace_id", "customer_id"),
        Index("ix_problem_customers_most", "workspace_id", "problem_id", "count", "customer_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    problem_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    count: Mapped[int]


class ProblemProduct(Model):
    """How often a problem came up with a product, by the workspace's own name for it."""

    __tablename__ = "problem_products"
    __table_args__ = (
        reference("problems", "problem_id", ondelete="CASCADE"),
        Index("ix_problem_products_product", "workspace_id", "product"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    problem_id: Mapped[UUID] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class ProblemsApart(Model):
    """Two problems that a person told apart: the machine never merges them."""

    __tablename__ = "problems_apart"
    __table_args__ = (
        reference("problems", "low_id", ondelete="CASCADE"),
        reference("problems", "high_id", ondelete="CASCADE"),
        CheckConstraint("low_id < high_id", name="in_order"),
        Index("ix_problems_apart_high", "workspace_id", "high_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    low_id: Mapped[UUID] = mapped_column(primary_key=True)
    high_id: Mapped[UUID] = mapped_column(primary_key=True)
