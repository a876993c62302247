"""The SQL of solved conversations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, literal, or_, select, text, tuple_, update

from rapport.ai.solved.errors import SolvedNotFound
from rapport.ai.solved.models import SolvedConversation
from rapport.conversations.models import NOBODY
from rapport.kernel.repository import Repository
from rapport.kernel.schemas import decode_cursor, encode_cursor
from rapport.knowledge.models import documents

COUNTED_UP_TO: Final = 1_000
_TOLD: Final = ("waiting", "in_use")
# Each conversation that is resolved now and was not erased is queued once.
_QUEUE: Final = text("""
    INSERT INTO solved_conversations (workspace_id, id, created_at, customer_id, inbox_id,
        solved_at, state, reason, question, answer, locale)
    SELECT c.workspace_id, c.id, :now, c.customer_id, c.inbox_id, c.resolved_at, 'queued', '', '',
        '', ''
    FROM conversations c
    WHERE c.workspace_id = :workspace_id AND c.id = ANY(:ids) AND c.status = 'resolved'
      AND c.inbox_id = ANY(:inbox_ids) AND c.visitor_id IS DISTINCT FROM :nobody
    ON CONFLICT (workspace_id, id) DO NOTHING
""")
_STALE: Final = text("""
    DELETE FROM solved_conversations s USING conversations c
    WHERE s.workspace_id = :workspace_id AND s.id = ANY(:ids)
      AND c.workspace_id = s.workspace_id AND c.id = s.id
      AND (c.status <> 'resolved' OR c.resolved_at <> s.solved_at
        OR c.customer_id <> s.customer_id OR c.visitor_id IS NOT DISTINCT FROM :nobody)
""")
_RESOLVED: Final = text("""
    SELECT id, last_activity_at FROM conversations
    WHERE workspace_id = :workspace_id AND status = 'resolved' AND inbox_id = ANY(:inbox_ids)
      AND (CAST(:at AS timestamptz) IS NULL
        OR (last_activity_at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid)))
    ORDER BY last_activity_at DESC, id DESC LIMIT :up_to
""")
_HOW_MANY: Final = text("""
    SELECT count(*) FROM (
        SELECT FROM conversations
        WHERE workspace_id = :workspace_id AND status = 'resolved' AND inbox_id = ANY(:inbox_ids)
        LIMIT :up_to
    ) c
""")
# The latest conversations alone: what it costs does not grow with how many there ever were.
_USED: Final = text("""
    WITH latest AS MATERIALIZED (
        SELECT conversation_id, document FROM search_documents
        WHERE workspace_id = :workspace_id
        ORDER BY active_at DESC, conversation_id DESC LIMIT 3000
    )
    SELECT w.lexeme FROM latest l
    JOIN conversations c ON c.workspace_id = :workspace_id AND c.id = l.conversation_id
    CROSS JOIN LATERAL unnest(l.document) AS w (lexeme, positions, weights)
    WHERE w.lexeme = ANY(:words)
    GROUP BY w.lexeme HAVING count(DISTINCT c.customer_id) >= :least
""")


class SolvedRepository(Repository[SolvedConversation]):
    """Solved conversations of one workspace."""

    model = SolvedConversation
    missing = SolvedNotFound

    async def page(
        self, state: str, *, cursor: str | None, limit: int
    ) -> tuple[Sequence[SolvedConversation], str | None]:
        """Those in a state, the last solved first. Raises CursorMalformed."""
        at, id_ = SolvedConversation.solved_at, SolvedConversation.id
        query = self.select().where(SolvedConversation.state == state)
        if cursor is not None:
            when, before = decode_cursor(cursor, datetime, UUID)
            query = query.where(tuple_(at, id_) < tuple_(literal(when), before))
        query = query.order_by(at.desc(), id_.desc()).limit(limit + 1)
        found = (await self.ctx.session.scalars(query)).all()
        last = found[limit - 1] if len(found) > limit else None
        return found[:limit], None if last is None else encode_cursor([last.solved_at, last.id])

    async def many(self, ids: Collection[UUID]) -> dict[UUID, SolvedConversation]:
        """Some by id."""
        rows = await self.ctx.session.scalars(
            self.select().where(SolvedConversation.id.in_(list(ids)))
        )
        return {row.id: row for row in rows}

    async def count(self, state: str) -> int:
        """How many are in a state, up to one more than are counted."""
        some = select(SolvedConversation.id).where(self._mine, SolvedConversation.state == state)
        counted = select(func.count()).select_from(some.limit(COUNTED_UP_TO + 1).subquery())
        return int(await self.ctx.session.scalar(counted) or 0)

    async def refresh(self, ids: Collection[UUID], inbox_ids: Collection[UUID]) -> None:
        """Let what is kept of these conversations follow what they are now.

        What is not resolved any more, or is another customer's, is forgotten; what is resolved in
        one of these inboxes, and not known, is queued.
        """
        values = {"workspace_id": self.ctx.workspace_id, "ids": list(ids), "nobody": NOBODY}
        await self.ctx.session.execute(_STALE, values)
        wanted = {**values, "inbox_ids": list(inbox_ids), "now": self.ctx.now()}
        await self.ctx.session.execute(_QUEUE, wanted)

    async def resolved(
        self, inbox_ids: Collection[UUID], *, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[tuple[datetime, UUID]]:
        """Places of resolved conversations, the last active first, behind a place."""
        at, id_ = after or (None, None)
        values = {"workspace_id": self.ctx.workspace_id, "inbox_ids": list(inbox_ids)}
        rows = await self.ctx.session.execute(
            _RESOLVED, {**values, "at": at, "id": id_, "up_to": limit}
        )
        return [(row.last_activity_at, row.id) for row in rows]

    async def how_many(self, inbox_ids: Collection[UUID], *, limit: int) -> int:
        """How many conversations are resolved, up to a limit."""
        values = {"workspace_id": self.ctx.workspace_id, "inbox_ids": list(inbox_ids)}
        found = await self.ctx.session.execute(_HOW_MANY, {**values, "up_to": limit})
        return int(found.scalar_one())

    async def due(self, before: datetime, *, limit: int) -> Sequence[SolvedConversation]:
        """Queued ones that were solved before an instant, the last first; nobody else gets them."""
        query = (
            self.select()
            .where(SolvedConversation.state == "queued", SolvedConversation.solved_at <= before)
            .order_by(SolvedConversation.solved_at.desc(), SolvedConversation.id.desc())
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self.ctx.session.scalars(query)).all()

    async def told_of(self, customer_id: UUID) -> Sequence[SolvedConversation]:
        """A customer's that wait or are in use."""
        query = self.select().where(
            SolvedConversation.customer_id == customer_id, SolvedConversation.state.in_(_TOLD)
        )
        return (await self.ctx.session.scalars(query.with_for_update())).all()

    async def is_known(self, fingerprint: bytes) -> bool:
        """Whether an answer like this waits or is in use."""
        query = select(SolvedConversation.id).where(
            self._mine, SolvedConversation.fingerprint == fingerprint
        )
        return await self.ctx.session.scalar(query.limit(1)) is not None

    async def beyond(self, most: int) -> Sequence[SolvedConversation]:
        """The eldest of those that wait or are in use, when there are more than so many."""
        query = (
            self.select()
            .where(SolvedConversation.state.in_(_TOLD))
            .order_by(SolvedConversation.solved_at.desc(), SolvedConversation.id.desc())
            .offset(most)
        )
        return (await self.ctx.session.scalars(query.with_for_update())).all()

    async def ask_again(self, *, audience_before: str) -> Sequence[UUID]:
        """Let those in use for an audience wait for a person; which ones."""
        told = select(documents.c.id).where(
            documents.c.workspace_id == self.ctx.workspace_id,
            documents.c.kind == "solved",
            documents.c.audience == audience_before,
        )
        changed = await self.ctx.session.execute(
            update(SolvedConversation)
            .where(self._mine, SolvedConversation.state == "in_use")
            .where(SolvedConversation.id.in_(told))
            .values(state="waiting")
            .returning(SolvedConversation.id)
        )
        return changed.scalars().all()

    async def forget(self, things: Collection[UUID], *, limit: int) -> int:
        """Delete what came of these conversations and customers, some at a time; how many."""
        ids = list(things)
        return await self._delete(
            or_(SolvedConversation.id.in_(ids), SolvedConversation.customer_id.in_(ids)),
            limit=limit,
        )

    async def forget_told(self, but: Collection[UUID]) -> int:
        """Delete all that wait or are in use outside of these inboxes; how many."""
        elsewhere = SolvedConversation.inbox_id.not_in(list(but))
        return await self._delete(elsewhere & SolvedConversation.state.in_(_TOLD), limit=None)

    async def forget_rest(self, but: Collection[UUID], *, limit: int) -> int:
        """Delete some that were queued or refused outside of these inboxes; how many."""
        return await self._delete(SolvedConversation.inbox_id.not_in(list(but)), limit=limit)

    async def used_by(self, words: Collection[str], *, least: int) -> set[str]:
        """Those of some folded words that occur in the latest conversations of many customers."""
        if not words:
            return set()
        values = {"workspace_id": self.ctx.workspace_id, "words": list(words), "least": least}
        return set(await self.ctx.session.scalars(_USED, values))

    @property
    def _mine(self) -> ColumnElement[bool]:
        return SolvedConversation.workspace_id == self.ctx.workspace_id

    async def _delete(self, which: Any, *, limit: int | None) -> int:
        chosen = select(SolvedConversation.id).where(self._mine, which).limit(limit)
        gone = await self.ctx.session.execute(
            delete(SolvedConversation)
            .where(self._mine, SolvedConversation.id.in_(chosen))
            .returning(SolvedConversation.id)
        )
        return len(gone.all())
