"""How the assistant is set up in each inbox, and what it did with each question."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel, reference


class AssistantSettings(WorkspaceModel):
    """The assistant of one inbox. An inbox without a row has none.

    An answer needs at least `threshold` of confidence, a lead of `margin` over the next article,
    and `coverage`, the share of the question's words that the source contains.
    """

    __tablename__ = "assistant_settings"
    __table_args__ = (
        reference("inboxes", "inbox_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "inbox_id"),
    )

    inbox_id: Mapped[UUID]
    enabled: Mapped[bool] = mapped_column(server_default=text("false"))
    threshold: Mapped[float]
    margin: Mapped[float]
    coverage: Mapped[float]
    name: Mapped[str]
    greeting: Mapped[str]
    handover_text: Mapped[str]
    """Empty: the text of the customer's language."""


class Answer(WorkspaceModel):
    """What the assistant made of one customer message, kept whether it answered or not.

    One row per customer message, so that a message delivered twice is answered once. `candidates`
    are the articles it considered with their scores, as they were then.
    """

    __tablename__ = "assistant_answers"
    __table_args__ = (
        reference("conversations", "conversation_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "question_id"),
        CheckConstraint("wording IN ('embedded', 'configured')", name="wording_known"),
        CheckConstraint("decision IN ('answered', 'handed_over', 'silent')", name="decision_known"),
        Index("ix_assistant_answers_conversation", "workspace_id", "conversation_id", "id"),
        Index("ix_assistant_answers_recent", "workspace_id", "created_at", "id"),
    )

    conversation_id: Mapped[UUID]
    question_id: Mapped[UUID]
    """The customer's message."""
    message_id: Mapped[UUID | None]
    """What the customer was told, if anything."""
    question: Mapped[str]
    """All they had said since the last answer."""
    decision: Mapped[str]
    reason: Mapped[str]
    confidence: Mapped[float]
    mode: Mapped[str]
    """`hybrid`, or `words` when no embedding model took part; empty when nothing was looked up."""
    candidates: Mapped[list[Any]]
    wording: Mapped[str | None]
    """`embedded`: the article's own words; `configured`: those of a language model; None when
    nothing was worded, or it was before this was kept."""
    model: Mapped[str | None]
    """The language model whose words they are, as its provider calls it."""
    timings: Mapped[dict[str, Any]]
    """Milliseconds by step."""
    is_counted: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it is in the counts of its day, so that hearing of it again adds nothing."""
