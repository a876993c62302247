"""Finding what we sent by what somebody reports about it."""

from typing import Final

from sqlalchemy import select, update

from rapport.channels.delivery.models import Delivery
from rapport.channels.email.models import Correspondent
from rapport.kernel.context import Ctx

_RECENT: Final = 50


class ReportedRepository:
    """Deliveries and correspondents of one workspace, as reports name them."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def by_message_id(self, message_id: str) -> Delivery | None:
        """The mail of this Message-ID, locked."""
        statement = select(Delivery).where(
            Delivery.workspace_id == self.ctx.workspace_id, Delivery.reference == message_id
        )
        found: Delivery | None = await self.ctx.session.scalar(statement.with_for_update())
        return found

    async def by_answer(self, peer: str, told: str) -> Delivery | None:
        """The newest of the last mails to `peer` for which the provider answered `told`, locked.

        Providers that put a Message-ID of their own into a mail name it when they take the mail in.
        """
        recent = (
            select(Delivery.id, Delivery.response)
            .where(Delivery.workspace_id == self.ctx.workspace_id, Delivery.peer == peer)
            .order_by(Delivery.created_at.desc())
            .limit(_RECENT)
        )
        rows = (await self.ctx.session.execute(recent)).all()
        found = next((row.id for row in rows if told in (row.response or "")), None)
        if found is None:
            return None
        statement = select(Delivery).where(
            Delivery.workspace_id == self.ctx.workspace_id, Delivery.id == found
        )
        delivery: Delivery | None = await self.ctx.session.scalar(statement.with_for_update())
        return delivery

    async def mend(self, address: str) -> None:
        """An address that bounced has taken a mail: it works again."""
        await self.ctx.session.execute(
            update(Correspondent)
            .where(
                Correspondent.workspace_id == self.ctx.workspace_id,
                Correspondent.address == address,
                Correspondent.bounced_at.is_not(None),
            )
            .values(bounced_at=None, bounce_status=None, bounce_reason=None)
        )
