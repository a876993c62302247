"""All the SQL about deliveries."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.channels.delivery.errors import DeliveryNotFound
from rapport.channels.delivery.models import Delivery
from rapport.kernel.repository import Repository

UNDER_WAY: Final = ("held", "queued", "sending", "unknown")
_DUE = text("SELECT workspace_id, inbox_id FROM deliveries_due(:now)")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


class DeliveryRepository(Repository[Delivery]):
    """Deliveries of one workspace."""

    model = Delivery
    missing = DeliveryNotFound

    async def of_conversation(self, conversation_id: UUID, *, limit: int) -> Sequence[Delivery]:
        """The latest of a conversation, the oldest first."""
        latest = (
            self.select()
            .where(Delivery.conversation_id == conversation_id)
            .order_by(Delivery.id.desc())
            .limit(limit)
        )
        return [*reversed((await self.ctx.session.scalars(latest)).all())]

    async def many(self, ids: Collection[UUID]) -> Sequence[Delivery]:
        """Those of `ids` that exist here."""
        return (await self.ctx.session.scalars(self.select().where(Delivery.id.in_(ids)))).all()

    async def at(self, conversation_id: UUID, seq: int) -> Delivery | None:
        """The one of a message."""
        statement = self.select().where(
            Delivery.conversation_id == conversation_id, Delivery.seq == seq
        )
        found: Delivery | None = await self.ctx.session.scalar(statement)
        return found

    async def places(self, places: Collection[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
        """Those of these messages that have a delivery."""
        conversations = {conversation_id for conversation_id, _ in places}
        statement = select(Delivery.conversation_id, Delivery.seq).where(
            Delivery.workspace_id == self.ctx.workspace_id,
            Delivery.conversation_id.in_(conversations),
            Delivery.seq.is_not(None),
        )
        found = {
            (row.conversation_id, row.seq) for row in await self.ctx.session.execute(statement)
        }
        return found & set(places)

    async def of_client(self, conversation_id: UUID, client_id: str) -> Delivery | None:
        """The one that was held under the sender's own name for it."""
        statement = self.select().where(
            Delivery.conversation_id == conversation_id,
            Delivery.options["client_id"].astext == client_id,
        )
        found: Delivery | None = await self.ctx.session.scalar(statement)
        return found

    async def next_due(self, inbox_id: UUID) -> Delivery | None:
        """The longest due one of an inbox, locked; those that others deal with are passed over."""
        statement = (
            self.select()
            .where(
                Delivery.inbox_id == inbox_id,
                Delivery.state.in_(UNDER_WAY),
                Delivery.due_at <= self.ctx.now(),
            )
            .order_by(Delivery.due_at, Delivery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        found: Delivery | None = await self.ctx.session.scalar(statement)
        return found

    async def automatic_to(self, peer: str, since: datetime) -> int:
        """How often machines of ours wrote to somebody; others who ask wait till we are done."""
        key = f"delivery:{self.ctx.workspace_id}:{peer}"
        await self.ctx.session.execute(_ONE_AT_A_TIME, {"key": key})
        statement = select(func.count()).where(
            Delivery.workspace_id == self.ctx.workspace_id,
            Delivery.peer == peer,
            Delivery.created_at > since,
            Delivery.is_automatic,
            Delivery.state.not_in(("failed", "cancelled")),
        )
        return int(await self.ctx.session.scalar(statement) or 0)

    async def put_off(self, inbox_id: UUID) -> Sequence[Delivery]:
        """What of an inbox waits for another attempt, locked."""
        statement = (
            self.select()
            .where(
                Delivery.inbox_id == inbox_id,
                Delivery.state == "queued",
                Delivery.due_at > self.ctx.now(),
            )
            .with_for_update(skip_locked=True)
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def with_bodies(self, before: datetime, limit: int) -> Sequence[Delivery]:
        """Settled ones from before an instant whose bytes are still kept."""
        statement = (
            self.select()
            .where(
                Delivery.body_path.is_not(None),
                Delivery.created_at < before,
                Delivery.state.in_(("sent", "failed", "cancelled")),
            )
            .order_by(Delivery.created_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self.ctx.session.scalars(statement)).all()


async def due(session: AsyncSession, now: datetime) -> list[tuple[UUID, UUID]]:
    """The inboxes of all workspaces that have something to send, as (workspace, inbox)."""
    found: Any = await session.execute(_DUE, {"now": now})
    return [(row.workspace_id, row.inbox_id) for row in found]
