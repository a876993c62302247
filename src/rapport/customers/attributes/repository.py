from collections.abc import Sequence

from sqlalchemy import func, select

from rapport.customers.attributes.models import AttributeDefinition
from rapport.customers.errors import AttributeNotFound
from rapport.kernel.repository import Repository


class AttributeRepository(Repository[AttributeDefinition]):
    """Definitions of attributes."""

    model = AttributeDefinition
    missing = AttributeNotFound

    async def everything(self) -> Sequence[AttributeDefinition]:
        """All of them, in the order in which they are shown."""
        order = (AttributeDefinition.position, AttributeDefinition.id)
        return (await self.ctx.session.scalars(self.select().order_by(*order))).all()

    async def by_key(self, key: str) -> AttributeDefinition | None:
        """The one with this key."""
        found: AttributeDefinition | None = await self.ctx.session.scalar(
            self.select().where(AttributeDefinition.key == key)
        )
        return found

    async def last_position(self) -> int:
        """The highest position; 0 when there is none."""
        mine = AttributeDefinition.workspace_id == self.ctx.workspace_id
        highest = select(func.max(AttributeDefinition.position)).where(mine)
        return int(await self.ctx.session.scalar(highest) or 0)
