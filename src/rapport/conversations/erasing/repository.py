from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from rapport.conversations.models import NOBODY
from rapport.kernel.context import Ctx
from rapport.kernel.telling import NO_ID, rows_of

CONVERSATIONS = rows_of(
    """
    SELECT c.id, c.created_at, c.number, i.name AS inbox, c.customer_id, c.subject, c.topic,
        c.status, c.resolved_at, c.priority, c.last_seq AS messages, c.last_activity_at,
        ARRAY(
            SELECT t.name FROM tags t
            WHERE t.workspace_id = c.workspace_id AND t.id = ANY(c.tag_ids) ORDER BY t.name
        ) AS tags
    FROM conversations c
    JOIN inboxes i ON i.workspace_id = c.workspace_id AND i.id = c.inbox_id
    WHERE c.workspace_id = :workspace_id AND c.id = ANY(:things) AND c.id > :after_id
    ORDER BY c.id LIMIT :up_to
    """
)
MESSAGES = rows_of(
    """
    SELECT conversation_id, seq, created_at, kind, author_kind, author_name, body, cards,
        attachment_ids
    FROM messages
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things)
      AND (conversation_id, seq) > (:after_conversation_id, :after_seq)
    ORDER BY conversation_id, seq LIMIT :up_to
    """,
    after={"conversation_id": NO_ID, "seq": 0},
)
DRAFTS = rows_of(
    """
    SELECT conversation_id, agent_id, kind, body, updated_at FROM drafts
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things)
      AND (conversation_id, agent_id) > (:after_conversation_id, :after_agent_id)
    ORDER BY conversation_id, agent_id LIMIT :up_to
    """,
    after={"conversation_id": NO_ID, "agent_id": NO_ID},
)
REJECTED = rows_of(
    """
    SELECT id, created_at, conversation_id, payload, reason, stored_at FROM rejected_messages
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things) AND id > :after_id
    ORDER BY id LIMIT :up_to
    """
)
FILES = rows_of(
    """
    SELECT f.id, f.name FROM files f
    WHERE f.workspace_id = :workspace_id AND f.owner_kind = 'message' AND f.id > :after_id
      AND f.owner_id IN (
        SELECT m.id FROM messages m
        WHERE m.workspace_id = :workspace_id AND m.conversation_id = ANY(:things)
          AND m.attachment_ids <> '{}'
      )
    ORDER BY f.id LIMIT :up_to
    """
)

_OF_CUSTOMERS = text(
    "SELECT conversation_id FROM conversation_starts "
    "WHERE workspace_id = :workspace_id AND customer_id = ANY(:things)"
)
_IN_THINGS: Final = "workspace_id = :workspace_id AND conversation_id = ANY(:things)"
_MESSAGES = text(
    f"""
    UPDATE messages m SET body = '', html = '', cards = '[]', attachment_ids = '{{}}',
        client_id = NULL,
        author_name = CASE author_kind WHEN 'customer' THEN '' ELSE author_name END
    FROM (
        SELECT conversation_id, seq FROM messages WHERE {_IN_THINGS} AND (
            body <> '' OR html <> '' OR cards <> '[]' OR attachment_ids <> '{{}}'
            OR client_id IS NOT NULL OR (author_kind = 'customer' AND author_name <> '')
        ) LIMIT 500
    ) s
    WHERE m.workspace_id = :workspace_id AND m.conversation_id = s.conversation_id
      AND m.seq = s.seq
    RETURNING m.id
    """  # noqa: S608
)
_CONVERSATIONS = text(
    """
    UPDATE conversations c SET subject = NULL, preview = '', public_preview = '',
        status = 'resolved', resolved_at = coalesce(c.resolved_at, :now), snoozed_until = NULL,
        waiting_since = NULL, handler = 'none', visitor_id = :nobody, version = c.version + 1
    FROM (
        SELECT id, status FROM conversations
        WHERE workspace_id = :workspace_id AND id = ANY(:things) AND (
            subject IS NOT NULL OR preview <> '' OR public_preview <> ''
            OR visitor_id IS DISTINCT FROM :nobody
        ) ORDER BY id LIMIT 200 FOR UPDATE
    ) was
    WHERE c.workspace_id = :workspace_id AND c.id = was.id
    RETURNING c.id, was.status
    """
)
_STARTS = text(
    "UPDATE conversation_starts SET client_id = NULL, visitor_id = :nobody "  # noqa: S608
    f"WHERE {_IN_THINGS} "
    "AND (client_id IS NOT NULL OR visitor_id IS DISTINCT FROM :nobody) RETURNING conversation_id"
)
_DRAFTS = text(f"DELETE FROM drafts WHERE {_IN_THINGS} RETURNING conversation_id, agent_id")  # noqa: S608
_REJECTED = text(f"DELETE FROM rejected_messages WHERE {_IN_THINGS} RETURNING id")  # noqa: S608
_SEARCH = text(f"DELETE FROM search_documents WHERE {_IN_THINGS} RETURNING conversation_id")  # noqa: S608
_REMOVE = text(
    "DELETE FROM conversations WHERE workspace_id = :workspace_id AND id = ANY(:things) "
    "RETURNING customer_id"
)
_TAKE_OFF = text(
    """
    WITH was AS (
        SELECT id, customer_id FROM conversations
        WHERE workspace_id = :workspace_id AND id = ANY(:things) AND customer_id <> :nobody
        ORDER BY id FOR UPDATE
    ), starts AS (
        UPDATE conversation_starts s SET customer_id = :nobody FROM was
        WHERE s.workspace_id = :workspace_id AND s.conversation_id = was.id
    ), said AS (
        UPDATE messages m SET author_id = NULL FROM was
        WHERE m.workspace_id = :workspace_id AND m.conversation_id = was.id
          AND m.author_kind = 'customer'
    ), moved AS (
        DELETE FROM conversation_moves v USING was
        WHERE v.workspace_id = :workspace_id AND v.conversation_id = was.id
    )
    UPDATE conversations c SET customer_id = :nobody, version = c.version + 1 FROM was
    WHERE c.workspace_id = :workspace_id AND c.id = was.id
    RETURNING was.customer_id
    """
)


class ErasingRepository:
    """Forgetting conversations of one workspace. Each method says which rows it changed."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def of_customers(self, things: Collection[UUID]) -> Sequence[UUID]:
        """The conversations of these customers."""
        return await self._ids(_OF_CUSTOMERS, things)

    async def messages(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Empty up to 500 messages of these conversations."""
        return await self._ids(_MESSAGES, things)

    async def conversations(self, things: Collection[UUID]) -> Sequence[tuple[UUID, str]]:
        """Empty and close up to 200 conversations; which, and what their status was."""
        values = self._values(things, now=self.ctx.now(), nobody=NOBODY)
        found = await self.ctx.session.execute(_CONVERSATIONS, values)
        return [(row[0], row[1]) for row in found]

    async def starts(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Let no browser and no repeated delivery find them."""
        return await self._ids(_STARTS, things, nobody=NOBODY)

    async def drafts(self, things: Collection[UUID]) -> Sequence[tuple[UUID, UUID]]:
        """Delete drafts; in which conversation, and whose."""
        found = await self.ctx.session.execute(_DRAFTS, self._values(things))
        return [(row[0], row[1]) for row in found]

    async def rejected(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete what the database had refused."""
        return await self._ids(_REJECTED, things)

    async def search_documents(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Let nothing be found by what was said."""
        return await self._ids(_SEARCH, things)

    async def remove(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete conversations with all that hangs on them; whose they were."""
        return await self._ids(_REMOVE, things)

    async def take_off(self, things: Collection[UUID], nobody: UUID) -> Sequence[UUID]:
        """Make conversations somebody else's who is nobody; whose they were."""
        return await self._ids(_TAKE_OFF, things, nobody=nobody)

    async def _ids(self, statement: Any, things: Collection[UUID], **more: Any) -> Sequence[UUID]:
        return list(await self.ctx.session.scalars(statement, self._values(things, **more)))

    def _values(self, things: Collection[UUID], **more: Any) -> dict[str, Any]:
        return {"workspace_id": self.ctx.workspace_id, "things": list(things), **more}
