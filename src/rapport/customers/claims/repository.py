from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from rapport.customers.models import Claim
from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository


class ClaimRepository(Repository[Claim]):
    """What people say of their addresses."""

    model = Claim

    async def of(self, customer_ids: Sequence[UUID]) -> Sequence[Claim]:
        """What these customers claim, oldest first."""
        statement = self.select().where(Claim.customer_id.in_(customer_ids)).order_by(Claim.id)
        return (await self.ctx.session.scalars(statement)).all()

    async def note(
        self,
        customer_id: UUID,
        channel: str,
        address: str,
        *,
        source: str,
        verified_by: str | None = None,
    ) -> bool:
        """Note a claim; one that is known only gains its proof. Whether anything is new."""
        proof = {"verified_by": verified_by, "verified_at": self.ctx.now() if verified_by else None}
        statement = insert(Claim).values(
            workspace_id=self.ctx.workspace_id,
            id=new_id(),
            created_at=self.ctx.now(),
            customer_id=customer_id,
            channel=channel,
            address=address,
            source=source,
            **proof,
        )
        known = [Claim.workspace_id, Claim.customer_id, Claim.channel, Claim.address]
        if verified_by is None:
            statement = statement.on_conflict_do_nothing(index_elements=known)
        else:
            statement = statement.on_conflict_do_update(
                index_elements=known, set_=proof, where=Claim.verified_at.is_(None)
            )
        returned = await self.ctx.session.execute(statement.returning(Claim.id))
        return returned.scalar_one_or_none() is not None

    async def forget(self, customer_id: UUID, channel: str, address: str) -> None:
        """Take a claim away: it turned out to be true, or was given up."""
        await self.ctx.session.execute(
            delete(Claim).where(
                Claim.workspace_id == self.ctx.workspace_id,
                Claim.customer_id == customer_id,
                Claim.channel == channel,
                Claim.address == address,
            )
        )
