from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx
from rapport.kernel.personal import Things
from rapport.kernel.telling import rows_of

DELIVERIES = rows_of(
    """
    SELECT id, created_at, conversation_id, seq, channel, recipients, refused, draft, state,
        reason, response, sent_at
    FROM deliveries
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things) AND id > :after_id
    ORDER BY id LIMIT :up_to
    """
)
_OF = text(
    "SELECT id, body_path FROM deliveries "
    "WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things) ORDER BY id LIMIT :up_to"
)
_DELETE = text("DELETE FROM deliveries WHERE workspace_id = :workspace_id AND id = ANY(:ids)")


class ErasingRepository:
    """What is forgotten of deliveries, by their conversations."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def deliveries(self, things: Things, *, up_to: int) -> dict[UUID, str | None]:
        """Some of what there is: where the bytes of each lie, by its id."""
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things), "up_to": up_to}
        found = await self.ctx.session.execute(_OF, values)
        return {row.id: row.body_path for row in found}

    async def forget(self, ids: list[UUID]) -> None:
        """Delete deliveries for good."""
        await self.ctx.session.execute(_DELETE, {"workspace_id": self.ctx.workspace_id, "ids": ids})
