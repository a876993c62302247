"""Customers that come in a file, and what became of each of its rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference


class Import(WorkspaceModel):
    """One file of customers: how it is to be read, how far it is, and how it ended."""

    __tablename__ = "customer_imports"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'queued', 'running', 'done', 'failed', 'undoing', 'undone')",
            name="state_known",
        ),
    )

    name: Mapped[str]
    file_id: Mapped[UUID | None]
    """Where the rows are; deleted, and null, once they are read."""
    state: Mapped[str]
    columns: Mapped[list[Any]]
    """`name` and, while it is a draft, `samples` of each column."""
    mapping: Mapped[dict[str, Any]]
    """The field for each column; columns that are left out are not in it."""
    match: Mapped[str]
    """By which field a customer who is here already is recognised."""
    delimiter: Mapped[str]
    encoding: Mapped[str]
    rows_total: Mapped[int | None]
    rows_done: Mapped[int] = mapped_column(server_default=text("0"))
    created: Mapped[int] = mapped_column(server_default=text("0"))
    updated: Mapped[int] = mapped_column(server_default=text("0"))
    unchanged: Mapped[int] = mapped_column(server_default=text("0"))
    failed: Mapped[int] = mapped_column(server_default=text("0"))
    undo: Mapped[dict[str, Any] | None]
    """`restored`, `removed` and `kept`, in customers."""
    error: Mapped[str | None]
    """The code of what stopped it."""
    actor: Mapped[str]
    actor_name: Mapped[str]
    finished_at: Mapped[datetime | None]


class ImportRow(Model):
    """What became of one row: for telling what was wrong with it, and for taking it back."""

    __tablename__ = "customer_import_rows"
    __table_args__ = (
        reference("customer_imports", "import_id", ondelete="CASCADE"),
        reference("customers", "customer_id", ondelete="CASCADE"),
        CheckConstraint("outcome IN ('created', 'updated', 'failed')", name="outcome_known"),
        Index("ix_customer_import_rows_customer", "workspace_id", "customer_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    """Its number in the file; the first one below the names is 1."""
    outcome: Mapped[str]
    customer_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What the fields it changed held before."""
    after: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    identity_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    """Addresses that came with it."""
    cells: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """The row as it came, of one that failed."""
    errors: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """`{"column", "code"}` each."""
    keys: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), server_default=text("'{}'"))
    """Digests of the addresses in a row that failed: it goes when their owner is forgotten."""
