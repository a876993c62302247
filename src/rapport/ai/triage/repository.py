from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select, text

from rapport.ai.triage.errors import ReadingNotFound
from rapport.ai.triage.examining import Arrived
from rapport.ai.triage.models import MessageReading, TriagedConversation
from rapport.conversations.models import NOBODY
from rapport.kernel.context import Ctx
from rapport.kernel.repository import Repository

Place = tuple[UUID, int]
"""A conversation, and the number of a message in it."""
_ANSWERED_WITHIN: Final = 20
"""So many messages back it is looked whether an agent has answered."""

_ARRIVED: Final = text(
    """
    SELECT m.id AS message_id, m.conversation_id, m.seq, m.created_at AS said_at, m.body, m.html,
        coalesce(d.subject, '') AS subject, u.locale, u.timezone,
        CASE WHEN d.verdict->>'is_authenticated' = 'true' THEN 'pass'
             WHEN d.verdict->>'dmarc' = 'fail' THEN 'fail' ELSE 'none' END AS authentication,
        coalesce(d.auto IN ('bulk', 'list'), false) AS is_bulk,
        coalesce(u.value, 0) > 0 OR EXISTS (
            SELECT FROM (
                SELECT o.author_kind FROM messages o
                WHERE o.workspace_id = m.workspace_id AND o.conversation_id = m.conversation_id
                  AND o.seq < m.seq
                ORDER BY o.seq DESC LIMIT :back
            ) o WHERE o.author_kind = 'agent'
        ) AS is_known,
        c.waiting_since
    FROM unnest(CAST(:conversations AS uuid[]), CAST(:seqs AS integer[])) AS w(id, seq)
    JOIN messages m ON m.workspace_id = :workspace_id AND m.conversation_id = w.id
        AND m.seq = w.seq
    JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
    JOIN customers u ON u.workspace_id = c.workspace_id AND u.id = c.customer_id
    LEFT JOIN email_details d ON d.workspace_id = m.workspace_id
        AND d.conversation_id = m.conversation_id AND d.seq = m.seq
    WHERE m.author_kind = 'customer' AND m.kind = 'message'
      AND c.visitor_id IS DISTINCT FROM :nobody
      AND NOT EXISTS (
        SELECT FROM triage_readings r WHERE r.workspace_id = m.workspace_id AND r.id = m.id
      )
    ORDER BY m.conversation_id, m.seq
    """
)

# Written out and given all rows as one value: building such a statement takes longer than running
# it.
_COLUMNS: Final = ", ".join(column.name for column in MessageReading.__table__.columns)
_KEEP: Final = text(
    f"""
    INSERT INTO triage_readings ({_COLUMNS})
    SELECT {_COLUMNS}
    FROM jsonb_populate_recordset(NULL::triage_readings, CAST(:rows AS jsonb))
    ON CONFLICT DO NOTHING RETURNING id
    """  # noqa: S608
)
_SAVE: Final = text(
    """
    INSERT INTO triage_conversations
        (workspace_id, conversation_id, priority, topic, theirs, read_up_to)
    SELECT workspace_id, conversation_id, priority, topic, theirs, read_up_to
    FROM jsonb_populate_recordset(NULL::triage_conversations, CAST(:rows AS jsonb))
    ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET priority = excluded.priority,
        topic = excluded.topic, theirs = excluded.theirs, read_up_to = excluded.read_up_to
    """
)


class ReadingRepository(Repository[MessageReading]):
    """What was read in one workspace's messages."""

    model = MessageReading
    missing = ReadingNotFound

    async def arrived(self, places: Collection[Place]) -> list[Arrived]:
        """Those of the messages that a customer wrote and nobody has read, by conversation.

        What was erased meanwhile is left out.
        """
        ordered = sorted(places)
        found = await self.ctx.session.execute(
            _ARRIVED,
            {
                "workspace_id": self.ctx.workspace_id,
                "conversations": [id_ for id_, _ in ordered],
                "seqs": [seq for _, seq in ordered],
                "back": _ANSWERED_WITHIN,
                "nobody": NOBODY,
            },
        )
        return [Arrived(**row) for row in found.mappings()]

    async def keep(self, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
        """Write readings; the ids of those that were not there yet."""
        if not rows:
            return set()
        mine = {"workspace_id": self.ctx.workspace_id, "created_at": self.ctx.now()}
        written = msgspec.json.encode([{**mine, **row} for row in rows]).decode()
        return set(await self.ctx.session.scalars(_KEEP, {"rows": written}))

    async def many(self, ids: Collection[UUID]) -> dict[UUID, MessageReading]:
        """Readings by the ids of their messages, as they are now."""
        found = await self.ctx.session.scalars(
            self.select()
            .where(MessageReading.id.in_(list(ids)))
            .execution_options(populate_existing=True)
        )
        return {row.id: row for row in found}

    async def page(
        self, conversation_id: UUID, *, before: int | None, limit: int
    ) -> Sequence[MessageReading]:
        """The readings of a conversation, the latest first."""
        statement = self.select().where(MessageReading.conversation_id == conversation_id)
        if before is not None:
            statement = statement.where(MessageReading.seq < before)
        statement = statement.order_by(MessageReading.seq.desc()).limit(limit)
        return (await self.ctx.session.scalars(statement)).all()


class TriagedRepository:
    """What triage set on one workspace's conversations."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def of(self, ids: Collection[UUID]) -> dict[UUID, TriagedConversation]:
        """What was set on these conversations; those that triage never saw are left out."""
        found = await self.ctx.session.scalars(
            select(TriagedConversation).where(
                TriagedConversation.workspace_id == self.ctx.workspace_id,
                TriagedConversation.conversation_id.in_(list(ids)),
            ),
            execution_options={"populate_existing": True},
        )
        return {row.conversation_id: row for row in found}

    async def save(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write what was set on conversations, each named once."""
        mine = {"workspace_id": self.ctx.workspace_id}
        written = msgspec.json.encode([{**mine, **row} for row in rows]).decode()
        await self.ctx.session.execute(_SAVE, {"rows": written})
