"""Models of what messages are about, and the vectors they are learned from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel


class TrainedModel(WorkspaceModel):
    """One model: how its training goes, how well it did, and whether it is in use.

    Its bytes stand here and not in the file store: they are put to use, taken out of use and
    cleared of somebody in one transaction with the row.
    """

    __tablename__ = "triage_models"
    __table_args__ = (
        CheckConstraint(
            "state IN ('training', 'ready', 'serving', 'retired', 'failed', 'cancelled')",
            name="state_known",
        ),
        CheckConstraint("state <> 'serving' OR content IS NOT NULL", name="serving_is_kept"),
        Index(
            "uq_triage_models_serving",
            "workspace_id",
            unique=True,
            postgresql_where=text("state = 'serving'"),
        ),
        Index(
            "uq_triage_models_training",
            "workspace_id",
            unique=True,
            postgresql_where=text("state = 'training'"),
        ),
        # Those that can be put to use: a few a workspace, however many were ever trained.
        Index(
            "ix_triage_models_kept",
            "workspace_id",
            "id",
            postgresql_where=text("content IS NOT NULL"),
        ),
    )

    state: Mapped[str]
    step: Mapped[str]
    """What its training does, or did last: gather, embed, learn, evaluate or compare."""
    percent: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(
        LargeBinary, deferred=True, deferred_raiseload=True
    )
    """The file of the model; null until it is learned, and when it is not kept any more."""
    sources: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid), server_default=text("'{}'"), deferred=True, deferred_raiseload=True
    )
    """The conversations whose messages it remembers."""
    examples: Mapped[int]
    """How many it is learned from."""
    digest: Mapped[str]
    """SHA-256 of what it is learned from, in hex; empty until that is gathered."""
    figures: Mapped[dict[str, Any] | None]
    """How well it did on messages that were held back; see `schemas.FiguresOut`."""
    compared: Mapped[dict[str, Any] | None]
    """How well the model then in use did on the very same messages."""
    compared_id: Mapped[UUID | None]
    """Which model that was."""
    created_by: Mapped[str]
    created_by_name: Mapped[str]
    finished_at: Mapped[datetime | None]
    promoted_by: Mapped[str | None]
    """Who put it to use; `rule` where the workspace's rule did."""
    promoted_at: Mapped[datetime | None]
    """When it was put to use; null again of one that was gone back from."""
    error: Mapped[str | None]
    """The code of what stopped it."""
    forgot_at: Mapped[datetime | None]
    """When something it was learned from was erased the last time."""
    revision: Mapped[int] = mapped_column(server_default=text("0"))
    """Rises when its bytes change."""


class TextVector(Model):
    """The vector of a text that was learned from, so that the next training need not compute it."""

    __tablename__ = "triage_vectors"
    __table_args__ = (
        Index(
            "ix_triage_vectors_conversation",
            "workspace_id",
            "conversation_id",
            postgresql_where=text("conversation_id IS NOT NULL"),
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    embedder: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the text."""
    conversation_id: Mapped[UUID | None]
    """Where the text is from: it is forgotten with it."""
    vector: Mapped[bytes]
    """Numbers of half precision, one behind the other."""
