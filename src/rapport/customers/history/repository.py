from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from rapport.customers.models import Change
from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository


class ChangeRepository(Repository[Change]):
    """What was changed of customers."""

    model = Change

    async def add_many(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write changes."""
        if not rows:
            return
        mine = {"workspace_id": self.ctx.workspace_id, "created_at": self.ctx.now()}
        values = [{**mine, "id": new_id(), **row} for row in rows]
        await self.ctx.session.execute(insert(Change), values)

    async def page(
        self, customer_ids: Sequence[UUID], *, field: str | None, before: UUID | None, limit: int
    ) -> Sequence[Change]:
        """Changes of any of these customers, the latest first."""
        statement = self.select().where(Change.customer_id.in_(customer_ids))
        if field is not None:
            statement = statement.where(Change.field == field)
        if before is not None:
            statement = statement.where(Change.id < before)
        return (
            await self.ctx.session.scalars(statement.order_by(Change.id.desc()).limit(limit))
        ).all()
