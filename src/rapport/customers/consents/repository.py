from collections.abc import Sequence
from uuid import UUID

from rapport.customers.models import Consent
from rapport.kernel.repository import Repository


class ConsentRepository(Repository[Consent]):
    """What customers allowed."""

    model = Consent

    async def decisions(
        self, customer_ids: Sequence[UUID], purpose: str | None = None
    ) -> Sequence[Consent]:
        """Everything these customers decided, the latest first; about one purpose or all."""
        statement = self.select().where(Consent.customer_id.in_(customer_ids))
        if purpose is not None:
            statement = statement.where(Consent.purpose == purpose)
        statement = statement.order_by(Consent.created_at.desc(), Consent.id.desc())
        return (await self.ctx.session.scalars(statement)).all()
