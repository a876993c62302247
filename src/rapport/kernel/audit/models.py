"""The record of who did what."""

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel


class AuditRecord(WorkspaceModel):
    """One deed, chained to the one before it in the same workspace.

    The application role may read these rows and has no way to change or remove one; they are
    appended by the function `audit_append` alone. A trigger refuses change and removal to everybody
    else, until their workspace itself is removed.
    """

    __tablename__ = "audit_records"
    __table_args__ = (
        UniqueConstraint("workspace_id", "seq"),
        Index("ix_audit_records_subject", "workspace_id", "subject", "seq"),
        Index("ix_audit_records_actor", "workspace_id", "actor", "seq"),
        Index("ix_audit_records_verb", "workspace_id", "verb", "seq"),
        Index("ix_audit_records_created_at", "workspace_id", "created_at"),
    )

    seq: Mapped[int] = mapped_column(BigInteger)
    verb: Mapped[str]
    subject: Mapped[str]
    actor: Mapped[str]
    body: Mapped[str]
    """The deed as canonical JSON: exactly the text that was hashed."""
    previous: Mapped[bytes]
    """The hash of the record before; 32 zero bytes at the start."""
    hash: Mapped[bytes]
    """SHA-256 of `previous`, then `seq`, a line feed, and `body`."""
