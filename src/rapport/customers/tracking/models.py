"""Who may send events about customers, and which were received already."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel


class WriteKey(WorkspaceModel):
    """A key with which a program or a web page sends events; it reads nothing.

    What a `server` says about who somebody is counts as proved. A `browser` key is public, and all
    that comes with it is a claim.
    """

    __tablename__ = "write_keys"
    __table_args__ = (CheckConstraint("kind IN ('server', 'browser')", name="kind_known"),)

    name: Mapped[str]
    kind: Mapped[str]
    prefix: Mapped[str]
    """The beginning of the key, by which people tell keys apart."""
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_by: Mapped[str]
    last_used_at: Mapped[datetime | None]
    """To about an hour."""


class ReceivedMessage(Model):
    """That a message of a sender was dealt with, by the digest of its id; kept for some weeks."""

    __tablename__ = "received_messages"
    __table_args__ = (Index("ix_received_messages_old", "workspace_id", "created_at"),)

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
