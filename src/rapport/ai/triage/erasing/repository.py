from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx
from rapport.kernel.telling import rows_of

READINGS = rows_of(
    """
    SELECT id, conversation_id, seq, created_at, intents, is_known, language, language_probability,
        emotion, strength, emotions, urgency, levels, wants_person, flags, spam, is_spam,
        spam_reasons, expertise, expertise_confidence, priority, priority_level, priority_reasons,
        entities, corrected, corrected_at
    FROM triage_readings
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things) AND id > :after_id
    ORDER BY id LIMIT :up_to
    """
)
LABELS = rows_of(
    """
    SELECT e.id, e.created_at, e.conversation_id, e.seq, i.name AS intent, e.source
    FROM triage_examples e
    LEFT JOIN triage_intents i ON i.workspace_id = e.workspace_id AND i.id = e.intent_id
    WHERE e.workspace_id = :workspace_id AND e.conversation_id = ANY(:things) AND e.id > :after_id
    ORDER BY e.id LIMIT :up_to
    """
)
_OF: Final = "WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things)"
_READINGS: Final = text(
    "DELETE FROM triage_readings r USING ("  # noqa: S608
    f"SELECT id FROM triage_readings {_OF} LIMIT 500"
    ") s WHERE r.workspace_id = :workspace_id AND r.id = s.id RETURNING r.id"
)
_LABELS: Final = text(f"DELETE FROM triage_examples {_OF} RETURNING id")  # noqa: S608
_HANDS: Final = text(f"DELETE FROM triage_conversations {_OF} RETURNING conversation_id")  # noqa: S608


class ErasingRepository:
    """Forgetting what was read in conversations of one workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def readings(self, things: Collection[UUID]) -> int:
        """Delete up to 500 readings of these conversations; how many there were."""
        return await self._count(_READINGS, things)

    async def labels(self, things: Collection[UUID]) -> int:
        """Let the messages of these conversations teach nothing more; how many labels went."""
        return await self._count(_LABELS, things)

    async def hands(self, things: Collection[UUID]) -> int:
        """Forget what triage set on these conversations; how many there were."""
        return await self._count(_HANDS, things)

    async def _count(self, statement: Any, things: Collection[UUID]) -> int:
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things)}
        return len((await self.ctx.session.execute(statement, values)).all())
