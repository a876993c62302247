from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from rapport.ai.triage.models import Example, MessageReading
from rapport.conversations.models import NOBODY
from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id

# Each of the weeks has its own stretch of the index, so old messages cost nothing.
_QUEUE: Final = text(
    """
    SELECT q.id AS message_id, q.conversation_id, c.number, q.seq, q.said_at, q.language,
        q.intents, q.doubt, m.body, coalesce(d.subject, '') AS subject
    FROM (
        SELECT r.* FROM unnest(CAST(:weeks AS integer[])) AS w(week)
        CROSS JOIN LATERAL (
            SELECT id, conversation_id, seq, said_at, language, intents, doubt
            FROM triage_readings
            WHERE workspace_id = :workspace_id AND queue_week = w.week
              AND (doubt, id) < (:doubt, :before)
            ORDER BY doubt DESC, id DESC LIMIT :up_to
        ) r
        ORDER BY r.doubt DESC, r.id DESC LIMIT :up_to
    ) q
    JOIN conversations c ON c.workspace_id = :workspace_id AND c.id = q.conversation_id
    JOIN messages m ON m.workspace_id = :workspace_id AND m.conversation_id = q.conversation_id
        AND m.seq = q.seq
    LEFT JOIN email_details d ON d.workspace_id = :workspace_id
        AND d.conversation_id = q.conversation_id AND d.seq = q.seq
    ORDER BY q.doubt DESC, q.id DESC
    """
)
_TYPED: Final = text(
    """
    SELECT e.id AS place, e.text AS body, '' AS subject, 0 AS seq, 'typed' AS source,
        ARRAY[e.intent_id] AS intent_ids, NULL::uuid AS message_id,
        NULL::uuid AS conversation_id, NULL::uuid AS customer_id
    FROM triage_examples e
    JOIN triage_intents i ON i.workspace_id = e.workspace_id AND i.id = e.intent_id
        AND i.archived_at IS NULL
    WHERE e.workspace_id = :workspace_id AND e.text IS NOT NULL AND e.id > :after
    ORDER BY e.id LIMIT :up_to
    """
)
# A message of which all intents are archived says nothing, not that it belongs nowhere.
_LABELLED: Final = text(
    """
    SELECT e.message_id AS place, e.message_id, e.source, e.intent_ids, m.body, e.seq,
        coalesce(d.subject, '') AS subject, e.conversation_id, c.customer_id
    FROM (
        SELECT x.message_id, x.conversation_id, x.seq, min(x.source) AS source,
            array_agg(x.intent_id) FILTER (WHERE i.archived_at IS NULL AND i.id IS NOT NULL)
                AS intent_ids,
            bool_or(x.intent_id IS NULL) AS is_nowhere
        FROM triage_examples x
        LEFT JOIN triage_intents i ON i.workspace_id = x.workspace_id AND i.id = x.intent_id
        WHERE x.workspace_id = :workspace_id AND x.message_id IS NOT NULL
          AND x.message_id > :after
        GROUP BY x.message_id, x.conversation_id, x.seq
        ORDER BY x.message_id LIMIT :up_to
    ) e
    JOIN conversations c ON c.workspace_id = :workspace_id AND c.id = e.conversation_id
    LEFT JOIN messages m ON m.workspace_id = :workspace_id
        AND m.conversation_id = e.conversation_id AND m.seq = e.seq
        AND (e.intent_ids IS NOT NULL OR e.is_nowhere)
    LEFT JOIN email_details d ON d.workspace_id = :workspace_id
        AND d.conversation_id = e.conversation_id AND d.seq = m.seq
    ORDER BY e.message_id
    """
)
# The first conversations of each tag hold the first of all.
_TAGGED: Final = text(
    """
    SELECT t.conversation_id AS place, f.message_id, 'tag' AS source, t.intent_ids, f.body,
        coalesce(f.seq, 0) AS seq, coalesce(d.subject, '') AS subject,
        t.conversation_id, c.customer_id
    FROM (
        SELECT x.conversation_id, array_agg(DISTINCT x.intent_id) AS intent_ids
        FROM (
            SELECT i.id AS intent_id, t.conversation_id
            FROM triage_intents i CROSS JOIN LATERAL unnest(i.tag_ids) AS wanted(tag_id)
            CROSS JOIN LATERAL (
                SELECT conversation_id FROM conversation_tags
                WHERE workspace_id = :workspace_id AND tag_id = wanted.tag_id
                  AND conversation_id > :after
                ORDER BY conversation_id LIMIT :up_to
            ) t
            WHERE i.workspace_id = :workspace_id AND i.archived_at IS NULL
        ) x
        GROUP BY x.conversation_id ORDER BY x.conversation_id LIMIT :up_to
    ) t
    JOIN conversations c ON c.workspace_id = :workspace_id AND c.id = t.conversation_id
    LEFT JOIN LATERAL (
        SELECT m.id AS message_id, m.seq, m.body FROM messages m
        WHERE m.workspace_id = :workspace_id AND m.conversation_id = t.conversation_id
          AND m.author_kind = 'customer' AND m.kind = 'message'
          AND c.visitor_id IS DISTINCT FROM :nobody
          AND NOT EXISTS (
            SELECT FROM triage_examples e
            WHERE e.workspace_id = m.workspace_id AND e.message_id = m.id
          )
        ORDER BY m.seq LIMIT 1
    ) f ON true
    LEFT JOIN email_details d ON d.workspace_id = :workspace_id
        AND d.conversation_id = t.conversation_id AND d.seq = f.seq
    ORDER BY t.conversation_id
    """
)
STEPS: Final = {"typed": _TYPED, "labelled": _LABELLED, "tagged": _TAGGED}
"""Where examples come from, in the order in which they are told."""


class LabelRepository:
    """Which messages are about what, by people, in one workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def label(
        self, reading: MessageReading, intent_ids: Sequence[UUID | None], source: str
    ) -> None:
        """Make these the intents of a message, instead of those it has."""
        await self.ctx.session.execute(
            delete(Example).where(
                Example.workspace_id == self.ctx.workspace_id, Example.message_id == reading.id
            )
        )
        mine = {
            "workspace_id": self.ctx.workspace_id,
            "created_at": self.ctx.now(),
            "message_id": reading.id,
            "conversation_id": reading.conversation_id,
            "seq": reading.seq,
            "source": source,
            "labelled_by": str(self.ctx.actor),
        }
        rows = [{**mine, "id": new_id(), "intent_id": it} for it in intent_ids]
        await self.ctx.session.execute(insert(Example).values(rows))

    async def queue(
        self, weeks: Collection[int], *, after: tuple[float, UUID], limit: int
    ) -> Sequence[RowMapping]:
        """Messages of these weeks of which a label would teach something, the most useful first."""
        values = {
            "workspace_id": self.ctx.workspace_id,
            "weeks": list(weeks),
            "doubt": after[0],
            "before": after[1],
            "up_to": limit,
        }
        return (await self.ctx.session.execute(_QUEUE, values)).mappings().all()

    async def lessons(self, step: str, *, after: UUID, limit: int) -> Sequence[RowMapping]:
        """What one of `STEPS` teaches, by `place` behind `after`; without a body nothing."""
        values: dict[str, Any] = {
            "workspace_id": self.ctx.workspace_id,
            "after": after,
            "up_to": limit,
        }
        if step == "tagged":
            values["nobody"] = NOBODY
        return (await self.ctx.session.execute(STEPS[step], values)).mappings().all()

    async def added_since(self, since: datetime | None, *, up_to: int) -> int:
        """How many labels came after an instant; it stops counting at `up_to`."""
        later = select(Example.id).where(Example.workspace_id == self.ctx.workspace_id)
        if since is not None:
            later = later.where(Example.created_at > since)
        counted = select(func.count()).select_from(later.limit(up_to).subquery())
        return (await self.ctx.session.scalars(counted)).one()
