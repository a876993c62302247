from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from rapport.conversations.errors import InboxNotFound
from rapport.conversations.models import Conversation, Inbox
from rapport.kernel.repository import Repository


class InboxRepository(Repository[Inbox]):
    """Inboxes of one workspace."""

    model = Inbox
    missing = InboxNotFound

    async def all(self) -> Sequence[Inbox]:
        """All of them, by name."""
        return (
            await self.ctx.session.scalars(self.select().order_by(func.lower(Inbox.name), Inbox.id))
        ).all()

    async def is_used(self, inbox_id: UUID) -> bool:
        """Whether any conversation is in it."""
        found = await self.ctx.session.scalar(
            select(Conversation.id)
            .where(
                Conversation.workspace_id == self.ctx.workspace_id,
                Conversation.inbox_id == inbox_id,
            )
            .limit(1)
        )
        return found is not None
