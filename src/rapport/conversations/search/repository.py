from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, text

from rapport.kernel.context import Ctx

_FIND = text(
    "SELECT conversation_id, active_at FROM search_conversations(:workspace_id, "
    "CAST(:query AS tsquery), CAST(:at AS timestamptz), CAST(:after_id AS uuid), :up_to)"
)
# A conversation of a hundred thousand different words is no conversation: its index entry stops
# growing well below PostgreSQL's limit of one megabyte.
_ADD = text(
    "INSERT INTO search_documents AS d (workspace_id, conversation_id, active_at, document) "
    "SELECT c.workspace_id, c.id, c.last_activity_at, array_to_tsvector(w.words) "
    "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS w (id uuid, words text[]) "
    "JOIN conversations c ON c.workspace_id = :workspace_id AND c.id = w.id ORDER BY c.id "
    "ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET "
    "active_at = greatest(d.active_at, excluded.active_at), "
    "document = CASE WHEN length(d.document) > 20000 THEN d.document "
    "ELSE d.document || excluded.document END"
)
_FORGET = text(
    "DELETE FROM search_documents "
    "WHERE workspace_id = :workspace_id AND conversation_id = :conversation_id"
)
_LENGTH = text(
    "SELECT last_seq FROM conversations "
    "WHERE workspace_id = :workspace_id AND id = :conversation_id"
)
_PASSAGES = text(
    "SELECT m.conversation_id, m.body FROM unnest(CAST(:ids AS uuid[])) AS c (id) "
    "CROSS JOIN LATERAL (SELECT x.conversation_id, x.body, x.seq FROM messages x "
    "WHERE x.workspace_id = :workspace_id AND x.conversation_id = c.id "
    "ORDER BY x.seq DESC LIMIT 50) m"
)
_BY_NUMBER = text(
    "SELECT conversation_id FROM conversation_starts "
    "WHERE workspace_id = :workspace_id AND number = :number"
)
_ABOUT = text(
    "SELECT c.number, c.subject, u.name, u.email FROM conversations c "
    "JOIN customers u ON u.workspace_id = c.workspace_id AND u.id = c.customer_id "
    "WHERE c.workspace_id = :workspace_id AND c.id = :conversation_id"
)


class SearchRepository:
    """The words of conversations."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def find(
        self, query: str, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[Row[Any]]:
        """Conversations that match a tsquery, the most recently active first, from `after` on."""
        at, after_id = after or (None, None)
        found = await self.ctx.session.execute(
            _FIND,
            {**self._workspace, "query": query, "at": at, "after_id": after_id, "up_to": limit},
        )
        return found.all()

    async def numbered(self, number: int) -> UUID | None:
        """The conversation of this number."""
        found: UUID | None = await self.ctx.session.scalar(
            _BY_NUMBER, {**self._workspace, "number": number}
        )
        return found

    async def passages(self, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
        """The last 50 messages of each conversation, the newest first."""
        found: dict[UUID, list[str]] = {}
        for row in await self.ctx.session.execute(_PASSAGES, {**self._workspace, "ids": list(ids)}):
            found.setdefault(row.conversation_id, []).append(row.body)
        return found

    async def about(self, conversation_id: UUID) -> Row[Any] | None:
        """What else a conversation is found by: number, subject, name and e-mail."""
        found = await self.ctx.session.execute(
            _ABOUT, {**self._workspace, "conversation_id": conversation_id}
        )
        return found.one_or_none()

    async def add(self, words: Mapping[UUID, Collection[str]]) -> None:
        """Let each conversation be found by its words too; repeating it changes nothing."""
        rows = [{"id": id_, "words": sorted(found)} for id_, found in words.items()]
        await self.ctx.session.execute(
            _ADD, {**self._workspace, "rows": msgspec.json.encode(rows).decode()}
        )

    async def forget(self, conversation_id: UUID) -> int:
        """Drop a conversation's words; how many messages it has."""
        values = {**self._workspace, "conversation_id": conversation_id}
        await self.ctx.session.execute(_FORGET, values)
        return int(await self.ctx.session.scalar(_LENGTH, values) or 0)

    @property
    def _workspace(self) -> dict[str, UUID]:
        return {"workspace_id": self.ctx.workspace_id}
