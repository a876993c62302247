"""Exports, erasures, and how long things are kept. Nothing here says who anybody was."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel


class Export(WorkspaceModel):
    """A copy of all that is known about somebody, as one file that is gone after a few days.

    `gone` is one that was there, and has expired or went with the person.
    """

    __tablename__ = "privacy_exports"
    __table_args__ = (
        CheckConstraint(
            "status IN ('waiting', 'running', 'ready', 'failed', 'gone')", name="status"
        ),
        Index("ix_privacy_exports_person", "workspace_id", "person_id", "id"),
    )

    person_id: Mapped[UUID]
    asked_by: Mapped[str]
    asked_by_name: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting")
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rows and files by `room.table`."""
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class Erasure(WorkspaceModel):
    """That somebody was forgotten: who wanted it, when, why, and how much it was."""

    __tablename__ = "privacy_erasures"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'running', 'done', 'failed')", name="status"),
        CheckConstraint(
            "reason IN ('asked', 'contract_ended', 'no_longer_needed', 'mistake')", name="reason"
        ),
        Index("ix_privacy_erasures_person", "workspace_id", "person_id", "id"),
    )

    person_id: Mapped[UUID]
    asked_by: Mapped[str]
    asked_by_name: Mapped[str]
    reason: Mapped[str]
    """One of a few words, so that nobody writes a name into what remains."""
    status: Mapped[str] = mapped_column(default="waiting")
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rows and files by `room.what`."""
    finished_at: Mapped[datetime | None]


class RetentionRule(WorkspaceModel):
    """What becomes of one kind of thing after some days, in one inbox or in all of them.

    The inbox is not referenced: this room knows none. A rule for one that is gone finds nothing.
    """

    __tablename__ = "retention_rules"
    __table_args__ = (
        CheckConstraint("effect IN ('delete', 'anonymise')", name="effect"),
        CheckConstraint("after_days >= 1", name="after_days"),
        UniqueConstraint(
            "workspace_id",
            "kind",
            "inbox_id",
            name="uq_retention_rules_kind",
            postgresql_nulls_not_distinct=True,
        ),
    )

    kind: Mapped[str]
    inbox_id: Mapped[UUID | None]
    effect: Mapped[str]
    after_days: Mapped[int]
    is_enabled: Mapped[bool]
    last_run_at: Mapped[datetime | None]
    last_count: Mapped[int | None]
    """How many things the last run dealt with."""
