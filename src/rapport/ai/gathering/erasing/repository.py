"""Telling and forgetting what customers were asked for."""

from typing import Final

from sqlalchemy import text

from rapport.kernel.context import Ctx
from rapport.kernel.personal import Things
from rapport.kernel.telling import NO_ID, rows_of

GATHERINGS = rows_of(
    """
    SELECT g.conversation_id, i.name AS intent, g.state, g.known, g.tries, g.refused
    FROM gatherings g
    JOIN triage_intents i ON i.workspace_id = g.workspace_id AND i.id = g.intent_id
    WHERE g.workspace_id = :workspace_id AND g.conversation_id = ANY(:things)
      AND g.conversation_id > :after_conversation_id
    ORDER BY g.conversation_id LIMIT :up_to
    """,
    after={"conversation_id": NO_ID},
)
_ERASE: Final = text(
    "DELETE FROM gatherings WHERE workspace_id = :workspace_id "
    "AND conversation_id = ANY(:things) RETURNING conversation_id"
)


class ErasingRepository:
    """Forgetting what customers of one workspace told."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def erase(self, things: Things) -> int:
        """Forget what was told in these conversations; in how many there was something."""
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things)}
        return len((await self.ctx.session.execute(_ERASE, values)).all())
