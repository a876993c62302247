"""Telling and forgetting which problems a customer came with."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from rapport.ai.recurring.repository import ProblemRepository
from rapport.kernel.context import Ctx
from rapport.kernel.telling import rows_of

CONVERSATIONS = rows_of(
    """
    SELECT c.conversation_id AS id, c.asked_at, p.name AS problem, c.joined_by, c.language,
        c.products
    FROM problem_conversations c
    LEFT JOIN problems p ON p.workspace_id = c.workspace_id AND p.id = c.problem_id
    WHERE c.workspace_id = :workspace_id AND c.conversation_id = ANY(:things)
      AND c.conversation_id > :after_id
    ORDER BY c.conversation_id LIMIT :up_to
    """
)
_FORGET: Final = text(
    """
    DELETE FROM problem_conversations
    WHERE workspace_id = :workspace_id AND conversation_id IN (
        SELECT conversation_id FROM problem_conversations
        WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things)
        UNION
        SELECT conversation_id FROM problem_conversations
        WHERE workspace_id = :workspace_id AND customer_id = ANY(:things)
        LIMIT 200
    )
    RETURNING problem_id, face_id
    """
)
_UNCOUNT: Final = text(
    "DELETE FROM problem_customers WHERE workspace_id = :workspace_id "
    "AND customer_id = ANY(:things) RETURNING problem_id"
)
_UNNAME: Final = text(
    "UPDATE problems SET name = '', named_at_count = 0 "
    "WHERE workspace_id = :workspace_id AND id = ANY(:problems) AND NOT is_named_by_person"
)


class ErasingRepository:
    """Forgetting customers in the problems of one workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def forget(self, things: Collection[UUID]) -> int:
        """Take what is theirs out of problems; how many rows there were.

        The middles of those problems are derived anew without it, and so are the names that the
        machine gave them: until then they have none. How often there was what stays.
        """
        gone = await self._rows(_FORGET, things=list(things))
        counted = await self._rows(_UNCOUNT, things=list(things))
        faces = {row.face_id for row in gone} - {None}
        problems = {row.problem_id for row in gone} - {None}
        await ProblemRepository(self.ctx).draw(faces)
        if problems:
            await self.ctx.session.execute(_UNNAME, self._bound(problems=list(problems)))
        return len(gone) + len(counted)

    async def _rows(self, statement: Any, **values: Any) -> Any:
        return (await self.ctx.session.execute(statement, self._bound(**values))).all()

    def _bound(self, **values: Any) -> dict[str, Any]:
        return {"workspace_id": self.ctx.workspace_id, **values}
