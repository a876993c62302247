"""The SQL of naming problems."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Result, Row, TextClause, text

from rapport.ai.recurring.finding.repository import WINDOW
from rapport.kernel.context import Ctx

_NAMELESS: Final = text(
    """
    SELECT id, conversation_count FROM problems
    WHERE workspace_id = :workspace_id AND merged_into_id IS NULL AND NOT is_named_by_person
      AND conversation_count >= 2 * named_at_count
      AND (named_at_count = 0 OR last_seen_at > :since)
    ORDER BY last_seen_at DESC, id LIMIT :up_to
    """
)
_SPEAKING: Final = text(
    """
    SELECT c.conversation_id, c.customer_id, c.language, u.name
    FROM problem_conversations c
    LEFT JOIN customers u ON u.workspace_id = c.workspace_id AND u.id = c.customer_id
    WHERE c.workspace_id = :workspace_id AND c.problem_id = :problem_id
    ORDER BY c.asked_at DESC, c.conversation_id DESC LIMIT :up_to
    """
)
_OTHERS: Final = text(
    """
    SELECT c.conversation_id, c.customer_id, c.language, u.name
    FROM problem_conversations c
    LEFT JOIN customers u ON u.workspace_id = c.workspace_id AND u.id = c.customer_id
    WHERE c.workspace_id = :workspace_id AND c.problem_id IS DISTINCT FROM :problem_id
      AND c.space <> ''
    ORDER BY c.asked_at DESC LIMIT :up_to
    """
)
_NAME: Final = text(
    "UPDATE problems SET name = :name, named_at_count = :count "
    "WHERE workspace_id = :workspace_id AND id = :id AND NOT is_named_by_person"
)


class CallingRepository:
    """What the problems of one workspace are called."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def nameless(self, limit: int) -> Sequence[Row[Any]]:
        """Problems that need a name, or twice as many conversations as when they got theirs."""
        return (await self._rows(_NAMELESS, since=self.ctx.now() - WINDOW, up_to=limit)).all()

    async def speaking(self, problem_id: UUID, limit: int) -> Sequence[Row[Any]]:
        """The last conversations of a problem, with their customers' names."""
        return (await self._rows(_SPEAKING, problem_id=problem_id, up_to=limit)).all()

    async def others(self, problem_id: UUID, limit: int) -> Sequence[Row[Any]]:
        """The last conversations that are not a problem's."""
        return (await self._rows(_OTHERS, problem_id=problem_id, up_to=limit)).all()

    async def name(self, problem_id: UUID, name: str, count: int) -> None:
        """Name a problem, unless a person did."""
        await self._rows(_NAME, id=problem_id, name=name, count=count)

    async def _rows(self, statement: TextClause, **values: Any) -> Result[Any]:
        bound = {"workspace_id": self.ctx.workspace_id, **values}
        return await self.ctx.session.execute(statement, bound)
