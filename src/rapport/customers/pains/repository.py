from collections.abc import Sequence
from uuid import UUID

from rapport.customers.errors import PainPointNotFound
from rapport.customers.models import PainPoint
from rapport.kernel.repository import Repository


class PainPointRepository(Repository[PainPoint]):
    """What makes customers' lives hard."""

    model = PainPoint
    missing = PainPointNotFound

    async def of(self, customer_ids: Sequence[UUID]) -> Sequence[PainPoint]:
        """Those of these customers, open ones first, then the latest."""
        statement = (
            self.select()
            .where(PainPoint.customer_id.in_(customer_ids))
            .order_by(PainPoint.resolved_at.is_not(None), PainPoint.id.desc())
        )
        return (await self.ctx.session.scalars(statement.limit(500))).all()
