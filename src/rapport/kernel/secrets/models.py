"""Where the keys of workspaces lie, wrapped."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from rapport.kernel.models import WorkspaceModel


class DataKey(WorkspaceModel):
    """A workspace's key for its secrets, wrapped by a key-encryption key of the key file."""

    __tablename__ = "data_keys"
    __table_args__ = (UniqueConstraint("workspace_id", "generation"),)

    generation: Mapped[int]
    """Secrets name the generation that sealed them; new ones use the highest."""
    wrapped: Mapped[str]


class ThingKey(WorkspaceModel):
    """The key of one thing that people's words are about. Its id is the thing's.

    Sealed with the workspace's key. Deleting the row makes what it sealed unreadable for ever.
    """

    __tablename__ = "thing_keys"

    sealed: Mapped[str]
