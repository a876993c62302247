"""The base of every table."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, ForeignKeyConstraint, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from rapport.kernel.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table. Instants are stored with their time zone, text has no length limit."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        datetime: DateTime(timezone=True),
        str: Text,
        dict: JSONB,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Workspace(Model):
    """One customer of ours: the tenant every other row belongs to."""

    __tablename__ = "workspaces"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class WorkspaceModel(Model):
    """Base of every table that belongs to a workspace; repositories filter on it by themselves.

    The workspace is part of the key, so that a foreign key cannot point into another workspace and
    the tables shard as they stand.
    """

    __abstract__ = True

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime]


def reference(
    table: str, *columns: str, ondelete: str | None = None, name: str | None = None
) -> ForeignKeyConstraint:
    """A foreign key to `(workspace_id, id)` of `table`, by `workspace_id` and one column here.

    With `ondelete="SET NULL"` only the column is emptied, never the workspace.
    """
    (column,) = columns
    if ondelete == "SET NULL":
        ondelete = f"SET NULL ({column})"
    return ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{table}.workspace_id", f"{table}.id"],
        ondelete=ondelete,
        name=name,
    )
