"""Solved conversations, what of each may be told, and how far they were looked through."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference


class SolvedConversation(WorkspaceModel):
    """What became of one solved conversation.

    It has the conversation's id. `queued` until its time has come, `waiting` for a person, `in_use`
    as the knowledge document of the same id, or `refused` for a `reason`. `question` and `answer`
    have nothing of anybody's in them, and are empty unless it waits or is in use. Deleting a row
    deletes its document, by a trigger.
    """

    __tablename__ = "solved_conversations"
    __table_args__ = (
        reference("conversations", "id", ondelete="CASCADE"),
        reference("customers", "customer_id", ondelete="CASCADE"),
        reference("inboxes", "inbox_id", ondelete="CASCADE"),
        CheckConstraint("state IN ('queued', 'waiting', 'in_use', 'refused')", name="state_known"),
        CheckConstraint("(state = 'refused') = (reason <> '')", name="refused_for_a_reason"),
        CheckConstraint("(state IN ('waiting', 'in_use')) = (answer <> '')", name="told_or_empty"),
        Index("ix_solved_conversations_state", "workspace_id", "state", "solved_at", "id"),
        Index("ix_solved_conversations_customer", "workspace_id", "customer_id"),
        Index("ix_solved_conversations_inbox", "workspace_id", "inbox_id"),
        Index("ix_solved_conversations_answer", "workspace_id", "fingerprint"),
    )

    customer_id: Mapped[UUID]
    inbox_id: Mapped[UUID]
    solved_at: Mapped[datetime]
    """When the conversation was resolved."""
    state: Mapped[str]
    reason: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str]
    """Markdown."""
    locale: Mapped[str]
    reply_seq: Mapped[int | None]
    """Where the agent's message stands that the answer was taken from."""
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the answer, so that the same one is not kept twice."""


class SolvedRun(Model):
    """How far the conversations from before were looked through, the latest first.

    `place_at` and `place_id` are where to go on.
    """

    __tablename__ = "solved_runs"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        CheckConstraint(
            "state IN ('running', 'stopping', 'done', 'cancelled')", name="state_known"
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    total: Mapped[int]
    looked: Mapped[int]
    place_at: Mapped[datetime | None]
    place_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
