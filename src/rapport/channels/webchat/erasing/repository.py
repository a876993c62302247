from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx
from rapport.kernel.telling import rows_of

SESSIONS = rows_of(
    """
    SELECT s.id, s.created_at, i.name AS inbox, s.last_seen_at, s.expires_at, s.verified_until,
        s.revoked_at
    FROM visitor_sessions s
    JOIN inboxes i ON i.workspace_id = s.workspace_id AND i.id = s.inbox_id
    WHERE s.workspace_id = :workspace_id AND s.customer_id = ANY(:things) AND s.id > :after_id
    ORDER BY s.id LIMIT :up_to
    """
)
_END: Final = text(
    "DELETE FROM visitor_sessions WHERE workspace_id = :workspace_id "
    "AND customer_id = ANY(:things) RETURNING id, customer_id"
)


class ErasingRepository:
    """Forgetting visitors of one workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def sessions(self, things: Collection[UUID]) -> Sequence[tuple[UUID, UUID]]:
        """Delete all sessions of these customers; which, and whose they were."""
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things)}
        found = await self.ctx.session.execute(_END, values)
        return [(row.id, row.customer_id) for row in found]
