"""What customers' messages are about: what there is, what was read, and what people taught."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference

_IN_CONVERSATION = ["workspace_id", "conversation_id"]
_CONVERSATION = ["conversations.workspace_id", "conversations.id"]


class Intent(WorkspaceModel):
    """Something that messages may be about. Models know it by its id, so that it can be renamed."""

    __tablename__ = "triage_intents"
    __table_args__ = (
        Index("uq_triage_intents_name", "workspace_id", text("lower(name)"), unique=True),
    )

    name: Mapped[str]
    description: Mapped[str]
    topic: Mapped[str | None]
    """The topic its conversations are given; null for its name."""
    tag_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    """Conversations with one of these tags began with an example of it."""
    archived_at: Mapped[datetime | None]
    """Since when it is not offered, not learned and not said any more."""


class Example(WorkspaceModel):
    """That a text is about an intent, or about none that is known (`intent_id` null).

    A message's text is not copied: it has a row for each intent it is about, found by its place.
    """

    __tablename__ = "triage_examples"
    __table_args__ = (
        reference("triage_intents", "intent_id", ondelete="CASCADE"),
        ForeignKeyConstraint(_IN_CONVERSATION, _CONVERSATION, ondelete="CASCADE"),
        CheckConstraint("source IN ('typed', 'correction', 'queue')", name="source_known"),
        CheckConstraint("(text IS NULL) = (message_id IS NOT NULL)", name="text_or_message"),
        CheckConstraint(
            "(message_id IS NULL) = (conversation_id IS NULL)"
            " AND (message_id IS NULL) = (seq IS NULL)",
            name="whole_place",
        ),
        Index(
            "uq_triage_examples_message",
            "workspace_id",
            "message_id",
            "intent_id",
            unique=True,
            postgresql_where=text("message_id IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "uq_triage_examples_text",
            "workspace_id",
            "intent_id",
            text("md5(text)"),
            unique=True,
            postgresql_where=text("text IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_triage_examples_intent", "workspace_id", "intent_id", "id"),
        Index("ix_triage_examples_recent", "workspace_id", "created_at"),
        Index(
            "ix_triage_examples_conversation",
            "workspace_id",
            "conversation_id",
            postgresql_where=text("conversation_id IS NOT NULL"),
        ),
    )

    intent_id: Mapped[UUID | None]
    text: Mapped[str | None]
    message_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    seq: Mapped[int | None]
    source: Mapped[str]
    """`typed` by an administrator; of a message, `correction` or answered from the `queue`."""
    labelled_by: Mapped[str]


class MessageReading(WorkspaceModel):
    """What the machine read in one customer message, and what people made of it. Its id is the
    message's.

    What the machine said stays as it was; `corrected` holds, by field, what a person says instead.
    Nothing here is a customer's words: `entities` has their places in the message.
    """

    __tablename__ = "triage_readings"
    __table_args__ = (
        ForeignKeyConstraint(_IN_CONVERSATION, _CONVERSATION, ondelete="CASCADE"),
        Index("ix_triage_readings_conversation", "workspace_id", "conversation_id", "seq"),
        # What is most worth a label among the messages of a week.
        Index(
            "ix_triage_readings_queue",
            "workspace_id",
            "queue_week",
            "doubt",
            "id",
            postgresql_where=text("queue_week IS NOT NULL"),
        ),
    )

    conversation_id: Mapped[UUID]
    seq: Mapped[int]
    said_at: Mapped[datetime]
    """When the message came; `created_at` is when it was read."""
    model_id: Mapped[UUID | None]
    """Which model said the intents; null where there was none."""
    intents: Mapped[list[Any]]
    """`{"intent_id", "probability"}` each, the likeliest first."""
    is_known: Mapped[bool]
    """Whether the first intent is sure enough to be said."""
    language: Mapped[str | None]
    language_probability: Mapped[float]
    emotion: Mapped[str]
    strength: Mapped[float]
    emotions: Mapped[dict[str, Any]]
    urgency: Mapped[str]
    levels: Mapped[dict[str, Any]]
    wants_person: Mapped[float]
    flags: Mapped[dict[str, Any]]
    spam: Mapped[float]
    is_spam: Mapped[bool]
    spam_reasons: Mapped[list[Any]]
    expertise: Mapped[str]
    expertise_confidence: Mapped[float]
    priority: Mapped[int]
    priority_level: Mapped[str]
    priority_reasons: Mapped[list[Any]]
    """`{"code", "points", "amount"}` each, the strongest first."""
    entities: Mapped[list[Any]]
    """`{"kind", "start", "end", "value"}` each, in characters of the message's text; `value` is
    null where it would tell who somebody is."""
    corrected: Mapped[dict[str, Any] | None]
    corrected_by: Mapped[str | None]
    corrected_at: Mapped[datetime | None]
    doubt: Mapped[float]
    """How unsure the model was, from 0 to 1; 0 too where there was none."""
    queue_week: Mapped[int | None]
    """The week since 1970 in which it came, while a label of it would teach something."""
    milliseconds: Mapped[float]
    """Its share of the time that reading it and those read with it took."""


class TriagedConversation(Model):
    """What triage set on a conversation, so that it never undoes what a person chose."""

    __tablename__ = "triage_conversations"
    __table_args__ = (ForeignKeyConstraint(_IN_CONVERSATION, _CONVERSATION, ondelete="CASCADE"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    priority: Mapped[str | None]
    topic: Mapped[str | None]
    theirs: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Which of the two people have taken into their own hands."""
    read_up_to: Mapped[datetime]
    """When the last message came that was read."""
