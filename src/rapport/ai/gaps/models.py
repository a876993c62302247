"""Questions without an answer, grouped by what they mean."""

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
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference


class Gap(WorkspaceModel):
    """Questions that mean the same and were not answered by the assistant.

    `open` until somebody does something about it, `drafted` while its article is a draft,
    `answered` once that is published, `dismissed` when nobody is to see it any more. A gap that was
    `merged` has no questions. `words` and `centre` are those of its latest questions: by them the
    next question finds it. What customers wrote lies nowhere here but in their messages.
    """

    __tablename__ = "assistant_gaps"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'drafted', 'answered', 'dismissed', 'merged')", name="state_known"
        ),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("(centre IS NULL) = (model IS NULL)", name="placed_by_a_model"),
        reference("articles", "article_id", ondelete="SET NULL"),
        # The lists: the most asked first, or the last asked.
        Index("ix_assistant_gaps_asked", "workspace_id", "state", "asked", "id"),
        Index("ix_assistant_gaps_last", "workspace_id", "state", "last_asked_at", "id"),
        # What a question is compared with.
        Index(
            "ix_assistant_gaps_recent",
            "workspace_id",
            "last_asked_at",
            postgresql_where=text("state <> 'merged'"),
        ),
        Index("ix_assistant_gaps_article", "workspace_id", "article_id"),
    )

    state: Mapped[str]
    state_at: Mapped[datetime]
    language: Mapped[str]
    """ISO 639-1."""
    asked: Mapped[int]
    customers: Mapped[int]
    """How many different ones asked."""
    confidence: Mapped[float]
    """How sure the assistant was that its best article answers, on average."""
    first_asked_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]
    nearest_id: Mapped[UUID | None]
    """The article that came nearest to the last question. It may be gone."""
    article_id: Mapped[UUID | None]
    """The article that answers, or is meant to."""
    merged_into_id: Mapped[UUID | None]
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    centre: Mapped[Any | None] = mapped_column(VECTOR())
    model: Mapped[str | None]
    """Whose vector `centre` is."""


class GapQuestion(WorkspaceModel):
    """One time that it was asked. The words are the message's at `seq`."""

    __tablename__ = "assistant_gap_questions"
    __table_args__ = (
        reference("assistant_gaps", "gap_id", ondelete="CASCADE"),
        reference("conversations", "conversation_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "answer_id"),
        CheckConstraint("(embedding IS NULL) = (model IS NULL)", name="placed_by_a_model"),
        Index("ix_assistant_gap_questions_gap", "workspace_id", "gap_id", "asked_at", "id"),
        Index("ix_assistant_gap_questions_customer", "workspace_id", "gap_id", "customer_id"),
        Index("ix_assistant_gap_questions_conversation", "workspace_id", "conversation_id", "id"),
    )

    gap_id: Mapped[UUID]
    answer_id: Mapped[UUID]
    """What the assistant made of it; no foreign key, since its records may be kept less long."""
    conversation_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    """Whose the conversation is."""
    seq: Mapped[int]
    asked_at: Mapped[datetime]
    reason: Mapped[str]
    confidence: Mapped[float]
    article_id: Mapped[UUID | None]
    """The nearest article then. It may be gone."""
    score: Mapped[float | None]
    """How near."""
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    embedding: Mapped[Any | None] = mapped_column(VECTOR())
    model: Mapped[str | None]


class GapSource(Model):
    """Where a sentence of a gap's draft comes from: an agent's message."""

    __tablename__ = "assistant_gap_sources"
    __table_args__ = (
        reference("assistant_gaps", "gap_id", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
        Index("ix_assistant_gap_sources_conversation", "workspace_id", "conversation_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    gap_id: Mapped[UUID] = mapped_column(primary_key=True)
    sentence: Mapped[int] = mapped_column(primary_key=True)
    """Counted from 0, as the draft was written."""
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
