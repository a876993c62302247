"""The base of every repository."""

from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm.interfaces import ORMOption

from rapport.kernel.context import Ctx
from rapport.kernel.errors import NotFound
from rapport.kernel.models import WorkspaceModel

M = TypeVar("M", bound=WorkspaceModel)


class Repository(Generic[M]):
    """All the SQL about one model. Every statement starts from `select()`: one workspace.

    Subclasses set `model`, and `missing` to the error their callers expect.
    """

    model: type[M]
    missing: ClassVar[type[NotFound]] = NotFound

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    def select(self) -> Select[M]:
        """The rows of this workspace: the only place tenancy is spelled."""
        return select(self.model).where(self.model.workspace_id == self.ctx.workspace_id)

    async def find(self, id: UUID, *options: ORMOption, lock: bool = False) -> M | None:  # noqa: A002
        """The row with this id, or None; locked until the transaction ends when `lock` is set.

        One that this unit of work has read already is not asked for again, unless with `options`
        or a lock.
        """
        if not options and not lock:
            return await self.ctx.session.get(self.model, (self.ctx.workspace_id, id))
        statement = self.select().where(self.model.id == id).options(*options)
        if lock:
            statement = statement.with_for_update(of=self.model)
        row: M | None = await self.ctx.session.scalar(statement)
        return row

    async def get(self, id: UUID, *options: ORMOption, lock: bool = False) -> M:  # noqa: A002
        """The row with this id, locked until the transaction ends when `lock` is set.

        Raises:
            NotFound: no such row in this workspace (as the subclass's `missing`).
        """
        row = await self.find(id, *options, lock=lock)
        if row is None:
            raise self.missing
        return row

    async def add(self, **values: Any) -> M:
        """Insert a row for this workspace and return it with its id."""
        row = self.model(
            **{"workspace_id": self.ctx.workspace_id, "created_at": self.ctx.now(), **values}
        )
        self.ctx.session.add(row)
        await self.ctx.session.flush()
        return row

    async def remove(self, row: M) -> None:
        """Delete a row read through this repository."""
        await self.ctx.session.delete(row)
        await self.ctx.session.flush()
