"""Queries about data keys."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository
from rapport.kernel.secrets.models import DataKey, ThingKey


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key as it lies in the database."""

    workspace_id: UUID
    generation: int
    wrapped: str


class DataKeyRepository(Repository[DataKey]):
    """The keys of one workspace."""

    model = DataKey

    async def latest(self) -> DataKey | None:
        """The key that seals now."""
        row: DataKey | None = await self.ctx.session.scalar(
            self.select().order_by(DataKey.generation.desc()).limit(1)
        )
        return row

    async def of_generation(self, generation: int) -> DataKey | None:
        """The key that sealed with this number."""
        row: DataKey | None = await self.ctx.session.scalar(
            self.select().where(DataKey.generation == generation)
        )
        return row

    async def add_first(self, wrapped: str) -> None:
        """Store the first key, unless another unit of work was faster."""
        await self.ctx.session.execute(
            insert(DataKey)
            .values(
                workspace_id=self.ctx.workspace_id,
                id=new_id(),
                created_at=self.ctx.now(),
                generation=1,
                wrapped=wrapped,
            )
            .on_conflict_do_nothing(index_elements=["workspace_id", "generation"])
        )


class ThingKeyRepository(Repository[ThingKey]):
    """The keys of things in one workspace."""

    model = ThingKey

    async def add_once(self, thing: UUID, sealed: str) -> None:
        """Store a thing's key, unless another unit of work was faster."""
        await self.ctx.session.execute(
            insert(ThingKey)
            .values(
                workspace_id=self.ctx.workspace_id,
                id=thing,
                created_at=self.ctx.now(),
                sealed=sealed,
            )
            .on_conflict_do_nothing()
        )

    async def destroy(self, things: Collection[UUID]) -> int:
        """Delete the keys of these things; how many there were."""
        found = await self.ctx.session.execute(
            delete(ThingKey)
            .where(ThingKey.workspace_id == self.ctx.workspace_id, ThingKey.id.in_(things))
            .returning(ThingKey.id)
        )
        return len(found.all())


async def everywhere(session: AsyncSession) -> list[Wrapped]:
    """The data keys of all workspaces, for re-wrapping."""
    rows = await session.execute(text("SELECT * FROM secrets_data_keys()"))
    return [Wrapped(**row) for row in rows.mappings()]


async def rewrap(session: AsyncSession, old: Wrapped, new: str) -> bool:
    """Replace one wrapping; False when somebody else already has."""
    statement = text("SELECT secrets_rewrap(:workspace_id, :generation, :old, :new)")
    values = {
        "workspace_id": old.workspace_id,
        "generation": old.generation,
        "old": old.wrapped,
        "new": new,
    }
    return bool(await session.scalar(statement, values))
