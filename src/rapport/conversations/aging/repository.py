from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text

from rapport.conversations.models import NOBODY
from rapport.kernel.context import Ctx
from rapport.kernel.personal import Match, Reach

# `ix_conversations_shelved` is by status and activity; nobody writes in one without reopening it.
_RESOLVED: Final = text(
    """
    SELECT c.id, '#' || c.number AS label, c.resolved_at AS at FROM conversations c
    WHERE c.workspace_id = :workspace_id AND c.status = 'resolved'
      AND c.last_activity_at < :before AND c.resolved_at < :before
      AND (CAST(:inbox_id AS uuid) IS NULL OR c.inbox_id = :inbox_id)
      AND (:emptied OR c.visitor_id IS DISTINCT FROM :nobody)
    ORDER BY c.last_activity_at, c.id LIMIT :up_to
    """
)
_FILES: Final = text(
    """
    SELECT f.id, f.name AS label, f.created_at AS at FROM files f
    WHERE f.workspace_id = :workspace_id AND f.owner_kind = 'message' AND f.created_at < :before
    ORDER BY f.created_at, f.id LIMIT :up_to
    """
)
# Reads the messages of the inbox once: an index by their ids would slow down every message.
_FILES_OF_INBOX: Final = text(
    """
    SELECT f.id, f.name AS label, f.created_at AS at
    FROM conversations c
    JOIN messages m ON m.workspace_id = c.workspace_id AND m.conversation_id = c.id
    JOIN files f ON f.workspace_id = m.workspace_id AND f.id = ANY(m.attachment_ids)
    WHERE c.workspace_id = :workspace_id AND c.inbox_id = :inbox_id AND m.created_at < :before
      AND m.attachment_ids <> '{}' AND f.owner_kind = 'message' AND f.created_at < :before
    ORDER BY f.created_at, f.id LIMIT :up_to
    """
)
_VISITORS: Final = text(
    """
    SELECT c.id, c.name AS label, c.last_seen_at AS at FROM customers c
    WHERE c.workspace_id = :workspace_id AND c.last_seen_at < :before AND c.merged_into_id IS NULL
      AND NOT c.verified AND c.conversation_count = 0 AND c.erased_at IS NULL
      AND c.email IS NULL AND c.phone IS NULL
      AND NOT EXISTS (
        SELECT FROM conversation_starts s
        WHERE s.workspace_id = c.workspace_id AND s.customer_id = c.id
      ) AND NOT EXISTS (
        SELECT FROM customers o WHERE o.workspace_id = c.workspace_id AND o.merged_into_id = c.id
      )
    ORDER BY c.last_seen_at, c.id LIMIT :up_to
    """
)


class AgedRepository:
    """What is older than a rule lets it become, oldest first."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def resolved(self, reach: Reach, limit: int, *, emptied: bool) -> Sequence[Match]:
        """Conversations that were resolved before; those emptied already only when asked for."""
        return await self._matches(_RESOLVED, reach, limit, emptied=emptied, nobody=NOBODY)

    async def files(self, reach: Reach, limit: int) -> Sequence[Match]:
        """Files that were sent along with messages before."""
        if reach.inbox_id is None:
            return await self._matches(_FILES, reach, limit)
        return await self._matches(_FILES_OF_INBOX, reach, limit)

    async def visitors(self, reach: Reach, limit: int) -> Sequence[Match]:
        """People who came before, never wrote, and left no address."""
        return await self._matches(_VISITORS, reach, limit)

    async def _matches(
        self, statement: Any, reach: Reach, limit: int, **more: Any
    ) -> Sequence[Match]:
        given = {"before": reach.before, "inbox_id": reach.inbox_id, "up_to": limit, **more}
        rows = await self.ctx.session.execute(
            statement, {"workspace_id": self.ctx.workspace_id, **given}
        )
        return [Match(row.id, row.label, row.at) for row in rows]
