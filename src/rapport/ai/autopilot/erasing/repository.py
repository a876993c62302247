from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx
from rapport.kernel.personal import Match, Reach
from rapport.kernel.telling import rows_of

ANSWERS = rows_of(
    """
    SELECT id, created_at, conversation_id, question, decision, reason, confidence, mode, candidates
    FROM assistant_answers
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things) AND id > :after_id
    ORDER BY id LIMIT :up_to
    """
)
_SCRUB: Final = text(
    "UPDATE assistant_answers SET question = '' WHERE workspace_id = :workspace_id "
    "AND conversation_id = ANY(:things) AND question <> '' RETURNING id"
)
_OLD: Final = text(
    """
    SELECT a.id, '#' || c.number AS label, a.created_at AS at
    FROM assistant_answers a
    JOIN conversations c ON c.workspace_id = a.workspace_id AND c.id = a.conversation_id
    WHERE a.workspace_id = :workspace_id AND a.created_at < :before
      AND (CAST(:inbox_id AS uuid) IS NULL OR c.inbox_id = :inbox_id)
    ORDER BY a.created_at, a.id LIMIT :up_to
    """
)
_REMOVE: Final = text(
    "DELETE FROM assistant_answers WHERE workspace_id = :workspace_id AND id = ANY(:ids) "
    "RETURNING id"
)


class ErasingRepository:
    """Forgetting what the assistant was asked in one workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def scrub(self, things: Collection[UUID]) -> int:
        """Forget the questions asked in these conversations; how many there were."""
        return await self._count(_SCRUB, things=list(things))

    async def old(self, reach: Reach, limit: int) -> Sequence[Match]:
        """Records of answers from before, oldest first."""
        values = {
            "workspace_id": self.ctx.workspace_id,
            "before": reach.before,
            "inbox_id": reach.inbox_id,
            "up_to": limit,
        }
        rows = await self.ctx.session.execute(_OLD, values)
        return [Match(row.id, row.label, row.at) for row in rows]

    async def remove(self, ids: Collection[UUID]) -> int:
        """Delete records of answers; how many there were."""
        return await self._count(_REMOVE, ids=list(ids))

    async def _count(self, statement: Any, **values: Any) -> int:
        values["workspace_id"] = self.ctx.workspace_id
        return len((await self.ctx.session.execute(statement, values)).all())
