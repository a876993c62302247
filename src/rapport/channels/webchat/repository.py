"""All the SQL about web chats and visitors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.channels.webchat.errors import NotAWebChat
from rapport.channels.webchat.models import VisitorSession, WebChat
from rapport.customers.models import Merge
from rapport.kernel.context import Ctx
from rapport.kernel.repository import Repository


class WebChatRepository(Repository[WebChat]):
    """Web chats of one workspace."""

    model = WebChat
    missing = NotAWebChat


class SessionRepository(Repository[VisitorSession]):
    """Visitors' sessions of one workspace."""

    model = VisitorSession

    async def revoke(self, session_id: UUID) -> None:
        """End a session."""
        await self.ctx.session.execute(
            update(VisitorSession)
            .where(
                VisitorSession.workspace_id == self.ctx.workspace_id,
                VisitorSession.id == session_id,
                VisitorSession.revoked_at.is_(None),
            )
            .values(revoked_at=self.ctx.now())
        )


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever holds a live session token, and what their chat demands of them."""

    workspace_id: UUID
    session_id: UUID
    inbox_id: UUID
    customer_id: UUID
    name: str
    is_verified: bool
    require_identity: bool
    allowed_origins: Sequence[str]
    needs_renewal: bool
    """Nobody noted for an hour that the visitor is here."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a public key leads."""

    workspace_id: UUID
    inbox_id: UUID


async def visitor_of(session: AsyncSession, digest: bytes, now: datetime) -> Visitor | None:
    """The live session with this token digest, in a chat that is switched on.

    A customer whom agents merged into another stays themselves: the browser has proved nothing
    about that one.
    """
    row = await _row(
        session, "SELECT * FROM webchat_visitor(:digest, :now)", digest=digest, now=now
    )
    return Visitor(**row) if row else None


async def renew(
    session: AsyncSession, digest: bytes, *, now: datetime, expires_at: datetime
) -> None:
    """Note that a visitor is here, and let their session live on."""
    await session.execute(
        text("SELECT webchat_renew(:digest, :now, :expires_at)"),
        {"digest": digest, "now": now, "expires_at": expires_at},
    )


async def place_of(session: AsyncSession, key: str) -> Place | None:
    """The chat with this public key, while it is switched on."""
    row = await _row(session, "SELECT * FROM webchat_by_key(:key)", key=key)
    return Place(**row) if row else None


async def demo_key(session: AsyncSession) -> str | None:
    """The public key of the demo shop's chat, if a workspace was filled with the demo."""
    row = await _row(session, "SELECT webchat_demo_key() AS key")
    return str(row["key"]) if row and row["key"] else None


async def live_merge(ctx: Ctx, customer_id: UUID) -> UUID:
    """The merge by which a customer became another one."""
    merge_id: UUID = (
        await ctx.session.scalars(
            select(Merge.id).where(
                Merge.workspace_id == ctx.workspace_id,
                Merge.customer_id == customer_id,
                Merge.undone_at.is_(None),
            )
        )
    ).one()
    return merge_id


async def _row(session: AsyncSession, sql: str, **values: Any) -> Mapping[str, Any] | None:
    row = (await session.execute(text(sql), values)).mappings().first()
    return dict(row) if row else None
