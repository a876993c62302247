"""What is on its way out, by whichever channel."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel

_UNDER_WAY = text("state IN ('held', 'queued', 'sending', 'unknown')")


class Delivery(WorkspaceModel):
    """One message to one set of recipients: written in the transaction that decides to send it.

    `held` has a draft and no message yet: it can be taken back until `due_at`. Then the message is
    added to its conversation and it is `queued`; `sending` is leased until `lease_until`; `sent`,
    `failed` and `cancelled` are final, except that a bounce turns `sent` into `failed`. `unknown`
    is what a process that died between sending and saying so leaves behind.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(
            "state IN ('held', 'queued', 'sending', 'unknown', 'sent', 'failed', 'cancelled')",
            name="state_known",
        ),
        CheckConstraint("(state = 'held') = (draft IS NOT NULL)", name="held_has_draft"),
        Index(
            "ix_deliveries_due",
            "workspace_id",
            "inbox_id",
            "due_at",
            "id",
            postgresql_where=_UNDER_WAY,
        ),
        Index(
            "uq_deliveries_message",
            "workspace_id",
            "conversation_id",
            "seq",
            unique=True,
            postgresql_where=text("seq IS NOT NULL"),
        ),
        Index("ix_deliveries_conversation", "workspace_id", "conversation_id", "id"),
        Index(
            "uq_deliveries_reference",
            "workspace_id",
            "reference",
            unique=True,
            postgresql_where=text("reference IS NOT NULL"),
        ),
        # How an inbox does: what of late did not arrive.
        Index(
            "ix_deliveries_failed",
            "workspace_id",
            "inbox_id",
            "created_at",
            postgresql_where=text("state = 'failed'"),
        ),
        # Settled ones whose bytes are still kept: they are swept away after a while.
        Index(
            "ix_deliveries_bodies",
            "workspace_id",
            "created_at",
            postgresql_where=text("body_path IS NOT NULL"),
        ),
        # How often a peer was written to of late: the guard against two machines in conversation.
        Index("ix_deliveries_peer", "workspace_id", "peer", "created_at"),
        {"postgresql_with": {"fillfactor": 80}},
    )

    channel: Mapped[str]
    inbox_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    seq: Mapped[int | None]
    """Of the message; null while it is held, and for what is no message, such as a receipt."""
    peer: Mapped[str]
    """The first recipient, as the channel compares addresses."""
    recipients: Mapped[dict[str, Any]]
    """Who gets it, in the channel's own words; for mail `{"to": [], "cc": [], "bcc": []}`."""
    options: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """How it is to be sent, in the channel's own words, e.g. `{"quote": true}`."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    is_automatic: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether no person wrote it: an acknowledgement, or the assistant's answer."""
    state: Mapped[str]
    due_at: Mapped[datetime]
    """Not before; while sending and unknown, when to look at it again."""
    lease_until: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    """When it was decided to send it; null while it is held."""
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    reference: Mapped[str | None]
    """By what the other side knows it, stable over attempts; for mail its Message-ID."""
    body_path: Mapped[str | None]
    """Where the bytes lie in the file store that every attempt sends."""
    response: Mapped[str | None]
    """What the other side said last."""
    reason: Mapped[str | None]
    """Why it waits or failed: a word of ours."""
    refused: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Recipients who did not get it."""
    sent_at: Mapped[datetime | None]
