from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from rapport.conversations.models import Draft
from rapport.kernel.context import Ctx


class DraftRepository:
    """The acting agent's own drafts."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction, workspace and actor."""
        self.ctx = ctx

    async def find(self, conversation_id: UUID) -> Draft | None:
        """Their draft in a conversation."""
        found: Draft | None = await self.ctx.session.scalar(
            select(Draft)
            .where(
                Draft.workspace_id == self.ctx.workspace_id,
                Draft.conversation_id == conversation_id,
                Draft.agent_id == self.ctx.actor.id,
            )
            .execution_options(populate_existing=True)
        )
        return found

    async def save(self, conversation_id: UUID, *, body: str, kind: str) -> None:
        """Write their draft, over the one before."""
        statement = insert(Draft).values(
            workspace_id=self.ctx.workspace_id,
            conversation_id=conversation_id,
            agent_id=self.ctx.actor.id,
            body=body,
            kind=kind,
            updated_at=self.ctx.now(),
        )
        await self.ctx.session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "conversation_id", "agent_id"],
                set_={
                    "body": statement.excluded.body,
                    "kind": statement.excluded.kind,
                    "updated_at": statement.excluded.updated_at,
                },
            )
        )

    async def drop(self, conversation_id: UUID) -> bool:
        """Delete their draft; whether there was one."""
        found = await self.ctx.session.execute(
            delete(Draft)
            .where(
                Draft.workspace_id == self.ctx.workspace_id,
                Draft.conversation_id == conversation_id,
                Draft.agent_id == self.ctx.actor.id,
            )
            .returning(Draft.conversation_id)
        )
        return found.one_or_none() is not None
