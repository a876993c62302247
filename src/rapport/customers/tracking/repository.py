from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.customers.errors import WriteKeyNotFound
from rapport.customers.tracking.models import ReceivedMessage, WriteKey
from rapport.kernel.context import Ctx
from rapport.kernel.repository import Repository

_BY_DIGEST: Final = text("SELECT * FROM write_key_by(:digest)")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whoever holds a write key."""

    workspace_id: UUID
    id: UUID
    name: str
    kind: str
    last_used_at: datetime | None

    @property
    def is_trusted(self) -> bool:
        """Whether what it says about who somebody is counts as proved."""
        return self.kind == "server"


async def sender_of(session: AsyncSession, digest: bytes) -> Sender | None:
    """The sender with a key of this digest, in whichever workspace."""
    row = (await session.execute(_BY_DIGEST, {"digest": digest})).mappings().one_or_none()
    return Sender(**row) if row else None


class WriteKeyRepository(Repository[WriteKey]):
    """Keys of senders."""

    model = WriteKey
    missing = WriteKeyNotFound

    async def everything(self) -> Sequence[WriteKey]:
        """All keys, the latest first."""
        return (await self.ctx.session.scalars(self.select().order_by(WriteKey.id.desc()))).all()

    async def used(self, key_id: UUID) -> None:
        """Note that a key was used now."""
        await self.ctx.session.execute(
            update(WriteKey)
            .where(WriteKey.workspace_id == self.ctx.workspace_id, WriteKey.id == key_id)
            .values(last_used_at=self.ctx.now())
        )


class ReceivedRepository:
    """Which messages were dealt with."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def take(self, digests: Collection[bytes]) -> set[bytes]:
        """Note messages as dealt with; which of them are new."""
        if not digests:
            return set()
        mine = {"workspace_id": self.ctx.workspace_id, "created_at": self.ctx.now()}
        statement = (
            insert(ReceivedMessage)
            .values([{**mine, "digest": digest} for digest in sorted(set(digests))])
            .on_conflict_do_nothing()
            .returning(ReceivedMessage.digest)
        )
        return set(await self.ctx.session.scalars(statement))

    async def forget(self, before: datetime, limit: int) -> int:
        """Forget messages from before an instant; how many there were."""
        old = (
            select(ReceivedMessage.digest)
            .where(
                ReceivedMessage.workspace_id == self.ctx.workspace_id,
                ReceivedMessage.created_at < before,
            )
            .limit(limit)
        )
        done = await self.ctx.session.execute(
            delete(ReceivedMessage)
            .where(
                ReceivedMessage.workspace_id == self.ctx.workspace_id,
                ReceivedMessage.digest.in_(old),
            )
            .returning(ReceivedMessage.digest)
        )
        return len(done.all())
