"""Mailboxes, what came in by them, and what is known about the other end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference

_IN_CONVERSATION = ["workspace_id", "conversation_id"]
_CONVERSATION = ["conversations.workspace_id", "conversations.id"]


class Mailbox(WorkspaceModel):
    """How one inbox receives and sends mail. Its id is the inbox's.

    `incoming` and `outgoing` hold everything but secrets (`settings.schemas.Incoming`, `Outgoing`);
    `secrets` is one sealed JSON object.
    """

    __tablename__ = "email_mailboxes"
    __table_args__ = (
        reference("inboxes", "id", ondelete="CASCADE"),
        CheckConstraint("same_mail IN ('once', 'each')", name="same_mail_known"),
    )

    key: Mapped[str] = mapped_column(unique=True)
    """Public: it stands in the addresses of webhooks. It opens nothing by itself."""
    address: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    from_name: Mapped[str]
    signature: Mapped[str]
    """Markdown, put under what people write."""
    quoting: Mapped[bool]
    """Whether replies quote what they answer. Never for a sender who was not authenticated."""
    same_mail: Mapped[str]
    """A mail that several of our inboxes got is kept `once`, or is a conversation in `each`."""
    acknowledge: Mapped[bool]
    acknowledgement: Mapped[str]
    undo_s: Mapped[int]
    """For how long a reply can be taken back."""
    trusted_authserv: Mapped[str | None]
    """Whose Authentication-Results are believed: the name of the mail server in front of us, or
    the provider that mail is fetched from (`trust.providers.BY_NAME`)."""
    incoming: Mapped[dict[str, Any]]
    outgoing: Mapped[dict[str, Any]]
    dkim: Mapped[dict[str, Any] | None]
    secrets: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Goes up with every change, so that who is connected notices."""


class Route(Model):
    """The inbox of an address when we receive its mail ourselves; one for all workspaces."""

    __tablename__ = "email_routes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "inbox_id"],
            ["email_mailboxes.workspace_id", "email_mailboxes.id"],
            ondelete="CASCADE",
        ),
        Index("ix_email_routes_inbox", "workspace_id", "inbox_id"),
    )

    address: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    inbox_id: Mapped[UUID]


class Folder(Model):
    """How far a folder of an IMAP account was read, and how it does."""

    __tablename__ = "email_folders"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "inbox_id"],
            ["email_mailboxes.workspace_id", "email_mailboxes.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(
            "state IN ('connecting', 'catching_up', 'listening', 'failing')", name="state_known"
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    inbox_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(server_default=text("''"))
    """A short name of server and user: UIDs of one account mean nothing in another."""
    uid_validity: Mapped[int | None] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    state: Mapped[str]
    error: Mapped[str | None]
    """A word of ours for what is wrong, e.g. `login_refused`."""
    failing_since: Mapped[datetime | None]
    behind: Mapped[int] = mapped_column(server_default=text("0"))
    """Messages of the server that were not fetched yet when it was last looked at."""
    last_mail_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    """When the server last answered."""


class RawMail(WorkspaceModel):
    """A message as it came, kept before anything is acknowledged and before it is read.

    The bytes lie in the file store (`receiving.store.path_of`). `received` waits to be read,
    `stored` became a message, `ignored` is not for us to act on, `duplicate` was here before,
    `failed` could not be dealt with and waits for `rapport mail reprocess`.
    """

    __tablename__ = "email_raw"
    __table_args__ = (
        reference("inboxes", "inbox_id", ondelete="CASCADE"),
        reference("conversations", "conversation_id", ondelete="SET NULL"),
        UniqueConstraint("workspace_id", "inbox_id", "source"),
        CheckConstraint(
            "state IN ('received', 'stored', 'ignored', 'duplicate', 'failed')", name="state_known"
        ),
        Index("ix_email_raw_message", "workspace_id", "message_hash"),
        Index("ix_email_raw_conversation", "workspace_id", "conversation_id"),
        Index("ix_email_raw_customer", "workspace_id", "customer_id"),
        Index("ix_email_raw_recent", "workspace_id", "created_at", "id"),
        Index(
            "ix_email_raw_waiting",
            "workspace_id",
            "state",
            "id",
            postgresql_where=text("state IN ('received', 'failed')"),
        ),
        Index(
            "ix_email_raw_people",
            "people",
            postgresql_using="gin",
            postgresql_where=text("customer_id IS NULL"),
        ),
    )

    inbox_id: Mapped[UUID]
    source: Mapped[str]
    """Where it came from, once: `imap:<account>:INBOX:<uidvalidity>:<uid>`, `smtp:<id>`, …"""
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    message_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of the Message-ID, once it is read."""
    envelope: Mapped[dict[str, Any]]
    state: Mapped[str]
    reason: Mapped[str | None]
    """Why it is ignored or failed: a word of ours."""
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    conversation_id: Mapped[UUID | None]
    seq: Mapped[int | None]
    customer_id: Mapped[UUID | None]
    people: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), server_default=text("'{}'"))
    """Hashes of whom it is from, or about: by them an erasure finds what was filed with nobody."""


class Known(Model):
    """A Message-ID that came in or went out by an inbox, and the conversation it belongs to.

    Kept when its conversation is deleted (`conversation_id` null): it is not imported again.
    """

    __tablename__ = "email_known"
    __table_args__ = (
        reference("conversations", "conversation_id", ondelete="SET NULL"),
        Index("ix_email_known_conversation", *_IN_CONVERSATION),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    message_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    inbox_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID | None]
    seq: Mapped[int | None]
    direction: Mapped[str]
    """`in` or `out`."""
    participants: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    """SHA-256 of each address it came from and went to, ours left out."""
    created_at: Mapped[datetime]


class MailDetail(Model):
    """What a message by mail has beyond its words. Ours has its `Delivery` too."""

    __tablename__ = "email_details"
    __table_args__ = (ForeignKeyConstraint(_IN_CONVERSATION, _CONVERSATION, ondelete="CASCADE"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    raw_id: Mapped[UUID | None]
    delivery_id: Mapped[UUID | None]
    sender: Mapped[dict[str, Any] | None]
    """`{"name", "address"}`, as it stands in From."""
    reply_to: Mapped[dict[str, Any] | None]
    """Where it asks answers to go, when that is elsewhere."""
    to: Mapped[list[Any]]
    cc: Mapped[list[Any]]
    subject: Mapped[str]
    quoted_html: Mapped[str]
    """What was taken off the message, sanitised."""
    verdict: Mapped[dict[str, Any] | None]
    """`trust.Verdict` as JSON; null for ours."""
    auto: Mapped[str | None]
    message_id: Mapped[str | None]
    """Without brackets; answers name it in In-Reply-To."""
    references: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """What it refers to itself, the oldest first: where answers go on."""
    is_stranger: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether somebody wrote who had not been part of the conversation."""
    notices: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """What else to tell: `encrypted`, `signed`, `invite`, `forwarded`, `images_blocked`, … ."""
    created_at: Mapped[datetime]


class Correspondent(Model):
    """What is known about an address outside: that it bounces, complained, or wants no mail."""

    __tablename__ = "email_correspondents"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(primary_key=True)
    bounced_at: Mapped[datetime | None]
    bounce_status: Mapped[str | None]
    bounce_reason: Mapped[str | None]
    complained_at: Mapped[datetime | None]
    unsubscribed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    """When an acknowledgement was last sent there."""
