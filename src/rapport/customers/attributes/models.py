"""Which attributes customers have here, and what may stand in them."""

from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel

KINDS = ("text", "number", "date", "bool", "choice")


class AttributeDefinition(WorkspaceModel):
    """One attribute: what it is called, and what kind of value it takes."""

    __tablename__ = "attribute_definitions"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        CheckConstraint("kind IN ('text', 'number', 'date', 'bool', 'choice')", name="kind_known"),
    )

    key: Mapped[str]
    label: Mapped[str]
    kind: Mapped[str]
    choices: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """What may be chosen, for the kind `choice`; texts."""
    position: Mapped[int] = mapped_column(server_default=text("0"))
    is_archived: Mapped[bool] = mapped_column(server_default=text("false"))
    """Not offered any more; values that are there stay."""
