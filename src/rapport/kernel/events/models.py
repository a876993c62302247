"""Tables of the log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel


class EventRow(Model):
    """An event as it happened. Only ever inserted.

    `tx` is the transaction that wrote it, `horizon` the oldest one that still ran then. Readers go
    by (tx, id) and stop below the oldest transaction still running, so a row that commits late is
    never jumped over. There is no foreign key to the workspace: it would lock that one row for
    every message of the workspace.
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_tx_id", "tx", "id", unique=True),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    tx: Mapped[int] = mapped_column(
        BigInteger,
        primary_key=True,
        autoincrement=False,
        server_default=text("(pg_current_xact_id()::text::bigint)"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    horizon: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)")
    )
    name: Mapped[str]
    actor: Mapped[str]
    subject_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class ReaderCursor(Model):
    """How far one reader has read, over all workspaces."""

    __tablename__ = "reader_cursors"

    reader: Mapped[str] = mapped_column(primary_key=True)
    tx: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]


class ReaderBlock(Model):
    """A workspace that waits behind an event which one reader could not handle yet.

    The reader's cursor has gone on for the others; this workspace is read from (tx, id), exclusive,
    until it has caught up with the cursor.
    """

    __tablename__ = "reader_blocks"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    reader: Mapped[str] = mapped_column(primary_key=True)
    tx: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int]
    retry_at: Mapped[datetime]


class DeadLetter(WorkspaceModel):
    """An event that a reader gave up on; it stays until somebody retries it with success."""

    __tablename__ = "dead_letters"

    reader: Mapped[str]
    event_tx: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    error: Mapped[str]
    attempts: Mapped[int]
