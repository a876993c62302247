"""All the SQL about what mail of ours needs to know and leaves to be known."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from rapport.channels.email.models import Correspondent, Known, MailDetail
from rapport.kernel.context import Ctx

LOOKED_AT: Final = 200
"""How many mails of a conversation are looked at, the latest."""


class ThreadRepository:
    """The mails of one conversation, and the ids they are known by."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def mails(self, conversation_id: UUID) -> Sequence[MailDetail]:
        """The latest mails of a conversation, ours too, the oldest first."""
        statement = (
            select(MailDetail)
            .where(
                MailDetail.workspace_id == self.ctx.workspace_id,
                MailDetail.conversation_id == conversation_id,
            )
            .order_by(MailDetail.seq.desc())
            .limit(LOOKED_AT)
        )
        return [*reversed((await self.ctx.session.scalars(statement)).all())]

    async def mail(self, conversation_id: UUID, seq: int) -> MailDetail | None:
        """One mail of a conversation."""
        key = (self.ctx.workspace_id, conversation_id, seq)
        found: MailDetail | None = await self.ctx.session.get(MailDetail, key)
        return found

    async def put(self, conversation_id: UUID, seq: int, **values: Any) -> None:
        """Note what a mail of ours has beyond its words, once."""
        await self.ctx.session.execute(
            insert(MailDetail)
            .values(
                workspace_id=self.ctx.workspace_id,
                conversation_id=conversation_id,
                seq=seq,
                created_at=self.ctx.now(),
                **values,
            )
            .on_conflict_do_nothing()
        )

    async def rename(self, conversation_id: UUID, seq: int, message_id: str) -> None:
        """Note that the readers of a mail of ours know it by another id."""
        await self.ctx.session.execute(
            update(MailDetail)
            .where(
                MailDetail.workspace_id == self.ctx.workspace_id,
                MailDetail.conversation_id == conversation_id,
                MailDetail.seq == seq,
            )
            .values(message_id=message_id)
        )

    async def know(self, message_hash: bytes, inbox_id: UUID, **values: Any) -> None:
        """Note a Message-ID that goes out, once."""
        await self.ctx.session.execute(
            insert(Known)
            .values(
                workspace_id=self.ctx.workspace_id,
                message_hash=message_hash,
                inbox_id=inbox_id,
                direction="out",
                created_at=self.ctx.now(),
                **values,
            )
            .on_conflict_do_nothing()
        )


class CorrespondentRepository:
    """What is known about addresses outside."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def many(self, addresses: Collection[str]) -> Sequence[Correspondent]:
        """What is known about these addresses, as addresses are compared."""
        if not addresses:
            return []
        statement = select(Correspondent).where(
            Correspondent.workspace_id == self.ctx.workspace_id,
            Correspondent.address.in_(addresses),
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def note(self, address: str, **values: Any) -> None:
        """Note something about an address; the rest stays as it was."""
        statement = insert(Correspondent).values(
            workspace_id=self.ctx.workspace_id, address=address, **values
        )
        await self.ctx.session.execute(
            statement.on_conflict_do_update(index_elements=["workspace_id", "address"], set_=values)
        )

    async def claim_acknowledgement(self, address: str, *, not_since: datetime) -> bool:
        """Note that an acknowledgement goes to an address now; False when one went lately.

        Waits for others who are about to do the same.
        """
        now = self.ctx.now()
        statement = insert(Correspondent).values(
            workspace_id=self.ctx.workspace_id, address=address, acknowledged_at=now
        )
        done = await self.ctx.session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "address"],
                set_={"acknowledged_at": now},
                where=or_(
                    Correspondent.acknowledged_at.is_(None),
                    Correspondent.acknowledged_at <= not_since,
                ),
            ).returning(Correspondent.address)
        )
        return done.scalar_one_or_none() is not None
