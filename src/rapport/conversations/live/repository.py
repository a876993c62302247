from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, tuple_

from rapport.conversations.models import Conversation, Draft
from rapport.kernel.context import Ctx


class LiveRepository:
    """What realtime needs beside what people read."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def drafts(self, of: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Draft]:
        """Drafts by conversation and agent."""
        if not of:
            return {}
        statement = (
            select(Draft)
            .where(
                Draft.workspace_id == self.ctx.workspace_id,
                tuple_(Draft.conversation_id, Draft.agent_id).in_(list(of)),
            )
            .execution_options(populate_existing=True)
        )
        rows = await self.ctx.session.scalars(statement)
        return {(row.conversation_id, row.agent_id): row for row in rows}

    async def reader_of(self, conversation_id: UUID) -> UUID | None:
        """Which visitor may read it; None when there is no such conversation."""
        found: UUID | None = await self.ctx.session.scalar(
            select(func.coalesce(Conversation.visitor_id, Conversation.customer_id)).where(
                Conversation.workspace_id == self.ctx.workspace_id,
                Conversation.id == conversation_id,
            )
        )
        return found
