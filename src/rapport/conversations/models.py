"""Conversations and everything that hangs on them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference

_ACTIVE = text("status IN ('open', 'pending')")
_NO_IDS = text("'{}'")
NOBODY: Final = UUID(int=0)
"""As whom nobody can come: who may read a conversation that was erased."""
_IN_CONVERSATION = ["workspace_id", "conversation_id"]


class Inbox(WorkspaceModel):
    """A configured connection of a channel, e.g. the chat on one web site."""

    __tablename__ = "inboxes"

    name: Mapped[str]
    channel: Mapped[str]
    is_enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    first_handler: Mapped[str] = mapped_column(server_default="none")
    """Who answers a new conversation: `assistant` or `none`."""


class Conversation(WorkspaceModel):
    """One thread with one customer, whichever channels its messages travel by.

    `waiting_since` is set while the customer waits for us and null while we wait for them; every
    response-time clock reads this column and nothing else. `last_seq` counts messages and notes,
    what begins with `public_` leaves
    notes out, for the customer.

    A row is in at most four indexes, whatever its status: its key, and those of the lists it is on.
    Each list filters by inbox inside its index. Numbers and customers are looked up in
    `conversation_starts`, which is never updated by a message.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        reference("inboxes", "inbox_id"),
        reference("customers", "customer_id"),
        CheckConstraint(
            "status IN ('open', 'pending', 'snoozed', 'resolved')", name="status_known"
        ),
        CheckConstraint("(status = 'snoozed') = (snoozed_until IS NOT NULL)", name="snoozed_until"),
        CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_at"),
        CheckConstraint("status <> 'resolved' OR waiting_since IS NULL", name="resolved_waits_not"),
        CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority_known"),
        CheckConstraint("handler IN ('assistant', 'agent', 'none')", name="handler_known"),
        Index(
            "ix_conversations_active",
            "workspace_id",
            "last_activity_at",
            "id",
            "inbox_id",
            postgresql_where=_ACTIVE,
        ),
        # Somebody's own, and nobody's: the order must begin with assignee_id for the null half.
        Index(
            "ix_conversations_assigned",
            "workspace_id",
            "assignee_id",
            "last_activity_at",
            "id",
            "inbox_id",
            postgresql_where=_ACTIVE,
        ),
        Index(
            "ix_conversations_waiting",
            "workspace_id",
            "waiting_since",
            "id",
            "assignee_id",
            "inbox_id",
            postgresql_where=text("status IN ('open', 'pending') AND waiting_since IS NOT NULL"),
        ),
        Index(
            "ix_conversations_shelved",
            "workspace_id",
            "status",
            "last_activity_at",
            "id",
            "inbox_id",
            postgresql_where=text("status IN ('snoozed', 'resolved')"),
        ),
        Index(
            "ix_conversations_wake",
            "snoozed_until",
            postgresql_where=text("status = 'snoozed'"),
        ),
        # Every message updates its conversation: leave room on the page, and clean up early.
        {"postgresql_with": {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.02}},
    )

    number: Mapped[int]
    inbox_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    visitor_id: Mapped[UUID | None]
    """Whose browser may read it when that is not the customer's: a merge gave it to another one."""
    subject: Mapped[str | None]
    topic: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="open")
    snoozed_until: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    assignee_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    tag_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=_NO_IDS)
    """The same as the rows of `conversation_tags`, for lists to read without a join."""
    priority: Mapped[str] = mapped_column(server_default="normal")
    handler: Mapped[str] = mapped_column(server_default="none")
    preview: Mapped[str] = mapped_column(server_default="")
    preview_kind: Mapped[str] = mapped_column(server_default="system")
    public_preview: Mapped[str] = mapped_column(server_default="")
    last_seq: Mapped[int] = mapped_column(server_default=text("0"))
    public_seq: Mapped[int] = mapped_column(server_default=text("0"))
    last_activity_at: Mapped[datetime]
    public_activity_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    customer_seen_seq: Mapped[int] = mapped_column(server_default=text("0"))
    agent_seen_seq: Mapped[int] = mapped_column(server_default=text("0"))
    """How far any agent has read, for the customer's ticks."""
    version: Mapped[int] = mapped_column(server_default=text("1"))

    @property
    def reader_id(self) -> UUID:
        """As whom a browser must have come to read it. Merging customers opens nothing."""
        return self.visitor_id or self.customer_id


class ConversationStart(Model):
    """How a conversation is found by its number, by its customer, or by its first delivery."""

    __tablename__ = "conversation_starts"
    __table_args__ = (
        ForeignKeyConstraint(
            _IN_CONVERSATION,
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
            # The start is claimed before the conversation exists, so that repeats wait for it.
            deferrable=True,
            initially="DEFERRED",
        ),
        Index(
            "uq_conversation_starts_client",
            "workspace_id",
            "customer_id",
            "client_id",
            unique=True,
            postgresql_where=text("client_id IS NOT NULL"),
        ),
        Index("ix_conversation_starts_customer", "workspace_id", "customer_id", "conversation_id"),
        Index(
            "ix_conversation_starts_visitor",
            "workspace_id",
            "visitor_id",
            "conversation_id",
            postgresql_where=text("visitor_id IS NOT NULL"),
        ),
        Index("uq_conversation_starts_number", "workspace_id", "number", unique=True),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    customer_id: Mapped[UUID]
    visitor_id: Mapped[UUID | None]
    """As in `conversations`."""
    client_id: Mapped[str | None]


class Message(Model):
    """One thing said in a conversation. Immutable: corrections are new messages.

    The key is the order: `seq` counts from 1 in each conversation, without gaps. `client_id` is the
    sender's own name for it, by which a repeated delivery is recognised. There is no foreign key
    to the workspace, which would lock that one row for every message; the conversation has it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(
            _IN_CONVERSATION,
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("kind IN ('message', 'note', 'system')", name="kind_known"),
        CheckConstraint(
            "author_kind IN ('customer', 'agent', 'assistant', 'system')", name="author_known"
        ),
        Index(
            "uq_messages_client",
            "workspace_id",
            "conversation_id",
            "client_id",
            unique=True,
            postgresql_where=text("client_id IS NOT NULL"),
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    kind: Mapped[str]
    author_kind: Mapped[str]
    author_id: Mapped[UUID | None]
    author_name: Mapped[str]
    """As it was when they wrote; empty for a customer who had not said it yet."""
    body: Mapped[str]
    html: Mapped[str]
    """`body` rendered and sanitised once, when it was stored."""
    cards: Mapped[list[Any]]
    attachment_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    answer_id: Mapped[UUID | None]
    client_id: Mapped[str | None]
    created_at: Mapped[datetime]


class ConversationSeen(Model):
    """How far an agent has read a conversation."""

    __tablename__ = "conversation_seen"
    __table_args__ = (
        ForeignKeyConstraint(
            _IN_CONVERSATION,
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    seen_at: Mapped[datetime]


class Draft(Model):
    """A reply an agent has not sent yet, one per agent and conversation."""

    __tablename__ = "drafts"
    __table_args__ = (
        ForeignKeyConstraint(
            _IN_CONVERSATION,
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[str]
    kind: Mapped[str]
    updated_at: Mapped[datetime]


class Tag(WorkspaceModel):
    """A label for conversations."""

    __tablename__ = "tags"
    __table_args__ = (Index("uq_tags_name", "workspace_id", text("lower(name)"), unique=True),)

    name: Mapped[str]
    colour: Mapped[str]


class ConversationTag(Model):
    """That a conversation carries a tag; the key begins with the tag, for lists by tag."""

    __tablename__ = "conversation_tags"
    __table_args__ = (
        reference("tags", "tag_id", ondelete="CASCADE"),
        ForeignKeyConstraint(
            _IN_CONVERSATION,
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
        Index("ix_conversation_tags_conversation", "workspace_id", "conversation_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)


class Macro(WorkspaceModel):
    """A prepared reply."""

    __tablename__ = "macros"

    name: Mapped[str]
    body: Mapped[str]


class RejectedMessage(WorkspaceModel):
    """A message the database refused, kept as it came: ASCII JSON, so that anything can be kept."""

    __tablename__ = "rejected_messages"
    __table_args__ = (
        UniqueConstraint("workspace_id", "conversation_id", "client_id"),
        Index("ix_rejected_messages_recent", "workspace_id", "created_at"),
    )

    conversation_id: Mapped[UUID]
    client_id: Mapped[str]
    payload: Mapped[str]
    reason: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("1"))
    stored_at: Mapped[datetime | None]
    """When trying again succeeded."""


class SearchDocument(Model):
    """The words of one conversation, filled from the log: the ingest path never waits for a GIN."""

    __tablename__ = "search_documents"
    __table_args__ = (
        ForeignKeyConstraint(
            _IN_CONVERSATION,
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
        Index("ix_search_documents_words", "document", postgresql_using="gin"),
        # Common words walk this one, newest first, until a page is full.
        Index("ix_search_documents_recent", "workspace_id", "active_at", "conversation_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    active_at: Mapped[datetime]
    document: Mapped[str] = mapped_column(TSVECTOR, deferred=True)


class ConversationMove(Model):
    """Which conversations a merge of customers moved, so that undoing it moves them back."""

    __tablename__ = "conversation_moves"
    __table_args__ = (
        ForeignKeyConstraint(
            _IN_CONVERSATION,
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    merge_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
