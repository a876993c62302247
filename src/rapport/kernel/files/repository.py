"""All the SQL about files."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update

from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.models import File
from rapport.kernel.repository import Repository


class FileRepository(Repository[File]):
    """Files of one workspace."""

    model = File
    missing = FileNotFound

    async def many(self, ids: Collection[UUID]) -> Sequence[File]:
        """Those of `ids` that exist here, in no particular order."""
        statement = self.select().where(File.id.in_(ids))
        return (await self.ctx.session.scalars(statement)).all()

    async def attach(self, ids: Collection[UUID], owner_kind: str, owner_id: UUID) -> int:
        """Attach what the actor uploaded and nobody attached yet; how many that were."""
        done = await self.ctx.session.execute(
            update(File)
            .where(
                File.workspace_id == self.ctx.workspace_id,
                File.id.in_(ids),
                File.status == "uploaded",
                File.uploaded_by == str(self.ctx.actor),
            )
            .values(status="attached", owner_kind=owner_kind, owner_id=owner_id)
            .returning(File.id)
        )
        return len(done.all())

    async def detach(self, owner_kind: str, owner_id: UUID) -> None:
        """Let what is attached to one thing be attached to another; it is swept a day from now."""
        await self.ctx.session.execute(
            update(File)
            .where(
                File.workspace_id == self.ctx.workspace_id,
                File.owner_kind == owner_kind,
                File.owner_id == owner_id,
            )
            .values(status="uploaded", owner_kind=None, owner_id=None, created_at=self.ctx.now())
        )

    async def of_owner(self, owner_kind: str, owner_id: UUID) -> Sequence[File]:
        """What is attached to one thing, oldest first."""
        statement = (
            self.select()
            .where(File.owner_kind == owner_kind, File.owner_id == owner_id)
            .order_by(File.id)
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def uploaded_by(
        self, actors: Collection[str], *, after: UUID | None = None, limit: int
    ) -> Sequence[File]:
        """What these actors sent up, attached or not, by id."""
        statement = self.select().where(File.uploaded_by.in_(actors)).order_by(File.id)
        if after is not None:
            statement = statement.where(File.id > after)
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def of_owners(self, owner_kind: str, owner_ids: Collection[UUID]) -> Sequence[File]:
        """What is attached to any of these things."""
        statement = self.select().where(File.owner_kind == owner_kind, File.owner_id.in_(owner_ids))
        return (await self.ctx.session.scalars(statement)).all()

    async def forget(self, ids: Collection[UUID]) -> int:
        """Delete the rows of these files; how many there were."""
        found = await self.ctx.session.execute(
            delete(File)
            .where(File.workspace_id == self.ctx.workspace_id, File.id.in_(ids))
            .returning(File.id)
        )
        return len(found.all())

    async def take_unattached(self, before: datetime, limit: int) -> Sequence[UUID]:
        """Delete the rows of uploads never sent since `before`, and return their ids."""
        stale = (
            self.select()
            .where(File.status == "uploaded", File.created_at < before)
            .order_by(File.created_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = [file.id for file in await self.ctx.session.scalars(stale)]
        await self.ctx.session.execute(
            delete(File).where(File.workspace_id == self.ctx.workspace_id, File.id.in_(ids))
        )
        return ids
