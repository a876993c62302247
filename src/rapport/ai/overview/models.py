"""What the assistant did, counted by day, so that nobody counts its history at each look."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, reference


class DayCount(Model):
    """How many questions of an inbox ended one way on a day of UTC.

    `tenth` is the confidence, 0 for less than 0.1 and 9 for 0.9 and more. No foreign key to the
    inbox: what was counted stays true without it.
    """

    __tablename__ = "assistant_days"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    inbox_id: Mapped[UUID] = mapped_column(primary_key=True)
    decision: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    tenth: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    count: Mapped[int]


class AnsweredConversation(Model):
    """A conversation in which the assistant answered from an article, and when it first did."""

    __tablename__ = "assistant_conversations"
    __table_args__ = (
        reference("conversations", "conversation_id", ondelete="CASCADE"),
        Index(
            "ix_assistant_conversations_days",
            "workspace_id",
            "answered_at",
            "inbox_id",
            "is_taken_up",
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    inbox_id: Mapped[UUID]
    answered_at: Mapped[datetime]
    is_taken_up: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it went to a person after that."""
