"""Files that were uploaded."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel


class File(WorkspaceModel):
    """One uploaded file; its bytes lie in the file store under a name made of the ids.

    A file belongs to nothing until it is attached, and may then not be attached to anything else.
    `uploaded_by` is the actor: only the one who uploaded a file may attach it.
    """

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("status IN ('uploaded', 'attached')", name="status"),
        CheckConstraint("(status = 'attached') = (owner_id IS NOT NULL)", name="attached_to"),
        Index("ix_files_owner", "workspace_id", "owner_kind", "owner_id"),
        # What was uploaded and never sent, oldest first: it is swept away after a day.
        Index(
            "ix_files_unattached",
            "created_at",
            postgresql_where=text("status = 'uploaded'"),
        ),
    )

    name: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    """Of the bytes as stored, which for images are not the bytes as sent."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    has_preview: Mapped[bool]
    """Whether a smaller picture lies beside it in the store."""
    status: Mapped[str] = mapped_column(default="uploaded")
    owner_kind: Mapped[str | None]
    owner_id: Mapped[UUID | None]
    uploaded_by: Mapped[str]
