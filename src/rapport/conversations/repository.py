from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.models import (
    Conversation,
    ConversationSeen,
    ConversationStart,
    ConversationTag,
    Message,
    Tag,
)
from rapport.conversations.ports import Stored
from rapport.conversations.wire import Row, rows_json
from rapport.kernel.auth.models import Membership, Team
from rapport.kernel.context import Ctx
from rapport.kernel.events.log import announce
from rapport.kernel.repository import Repository

INGEST = "SELECT * FROM ingest_messages(CAST(%(rows)s AS jsonb), %(at)s)"
_INGEST = text("SELECT * FROM ingest_messages(CAST(:rows AS jsonb), :at)")
_START = text(
    """
    INSERT INTO conversation_starts
        (workspace_id, conversation_id, number, customer_id, visitor_id, client_id)
    VALUES
        (:workspace_id, :conversation_id, next_conversation_number(:workspace_id), :customer_id,
         :visitor_id, :client_id)
    ON CONFLICT DO NOTHING
    RETURNING number
    """
)


def stored_from(row: Sequence[Any], asked: Row) -> Stored:
    """One result of `ingest_messages`, without its place; of a repeat, what was stored before."""
    message_id, seq, created_at, body, html, is_duplicate = row
    return Stored(
        id=message_id,
        conversation_id=asked.conversation_id,
        seq=seq,
        created_at=created_at,
        body=asked.body if body is None else body,
        html=asked.html if html is None else html,
        is_duplicate=is_duplicate,
    )


class ConversationRepository(Repository[Conversation]):
    """Conversations of one workspace."""

    model = Conversation
    missing = ConversationNotFound

    async def many(self, ids: Sequence[UUID], *, lock: bool = False) -> Sequence[Conversation]:
        """The conversations with these ids in the order of their ids, locked in that order."""
        statement = self.select().where(Conversation.id.in_(ids)).order_by(Conversation.id)
        if lock:
            statement = statement.with_for_update()
        return (await self.ctx.session.scalars(statement)).all()

    async def started_by(self, customer_id: UUID, client_id: str) -> UUID | None:
        """The conversation that this delivery started before."""
        found: UUID | None = await self.ctx.session.scalar(
            select(ConversationStart.conversation_id).where(
                ConversationStart.workspace_id == self.ctx.workspace_id,
                ConversationStart.customer_id == customer_id,
                ConversationStart.client_id == client_id,
            )
        )
        return found

    async def by_number(self, number: int) -> UUID | None:
        """The conversation with this number."""
        found: UUID | None = await self.ctx.session.scalar(
            select(ConversationStart.conversation_id).where(
                ConversationStart.workspace_id == self.ctx.workspace_id,
                ConversationStart.number == number,
            )
        )
        return found

    async def claim_start(
        self,
        conversation_id: UUID,
        *,
        customer_id: UUID,
        visitor_id: UUID | None,
        client_id: str | None,
    ) -> int | None:
        """Take the right to start a conversation; None when the same delivery took it before.

        The answer is a number no other conversation of the workspace has; gaps are possible. Waits
        for a competing transaction to end before it answers.
        """
        values = {
            "workspace_id": self.ctx.workspace_id,
            "conversation_id": conversation_id,
            "customer_id": customer_id,
            "visitor_id": visitor_id,
            "client_id": client_id,
        }
        connection = await self.ctx.session.connection()
        number: int | None = (await connection.execute(_START, values)).scalar_one_or_none()
        return number

    async def write(self, row: Row) -> Stored:
        """Store one message through `ingest_messages`; a loaded conversation is read again.

        Raises:
            ConversationNotFound: no such conversation, or it is another customer's.
        """
        session = self.ctx.session
        await session.flush()
        found = await session.execute(_INGEST, {"rows": rows_json([row]), "at": self.ctx.now()})
        result = found.one_or_none()
        if result is None:
            raise ConversationNotFound
        announce(session)
        loaded = session.identity_map.get(
            session.sync_session.identity_key(Conversation, (row.workspace_id, row.conversation_id))
        )
        if loaded is not None:
            await session.refresh(loaded)
        return stored_from(result[1:], row)

    async def set_tags(self, conversation: Conversation, tag_ids: list[UUID]) -> None:
        """Make these the tags of the conversation, in its row and for lists by tag."""
        session, key = self.ctx.session, (self.ctx.workspace_id, conversation.id)
        added = set(tag_ids) - set(conversation.tag_ids)
        removed = set(conversation.tag_ids) - set(tag_ids)
        if removed:
            await session.execute(
                delete(ConversationTag).where(
                    tuple_(ConversationTag.workspace_id, ConversationTag.conversation_id) == key,
                    ConversationTag.tag_id.in_(removed),
                )
            )
        if added:
            rows = [
                {"workspace_id": key[0], "conversation_id": key[1], "tag_id": tag} for tag in added
            ]
            await session.execute(insert(ConversationTag).values(rows).on_conflict_do_nothing())
        conversation.tag_ids = tag_ids
        await session.flush()

    async def known_tags(self, tag_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the ids that are tags of this workspace."""
        found = await self.ctx.session.scalars(
            select(Tag.id).where(Tag.workspace_id == self.ctx.workspace_id, Tag.id.in_(tag_ids))
        )
        return set(found)

    async def is_member(self, user_id: UUID) -> bool:
        """Whether somebody is an active member of the workspace."""
        found = await self.ctx.session.scalar(
            select(Membership.is_active).where(
                Membership.workspace_id == self.ctx.workspace_id, Membership.user_id == user_id
            )
        )
        return bool(found)

    async def is_team(self, team_id: UUID) -> bool:
        """Whether it is a team of the workspace."""
        found = await self.ctx.session.scalar(
            select(Team.id).where(Team.workspace_id == self.ctx.workspace_id, Team.id == team_id)
        )
        return found is not None


class MessageRepository:
    """Messages of one workspace. They are only ever added, by `ingest_messages`."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def newer_than(self, conversation_id: UUID, seq: int, *, not_by: UUID) -> list[int]:
        """The messages after `seq` that somebody else wrote, at most 100."""
        statement = (
            select(Message.seq)
            .where(
                Message.workspace_id == self.ctx.workspace_id,
                Message.conversation_id == conversation_id,
                Message.seq > seq,
                Message.author_id.is_distinct_from(not_by),
            )
            .order_by(Message.seq)
            .limit(100)
        )
        return list(await self.ctx.session.scalars(statement))

    async def files_of(self, conversation_id: UUID, seq: int) -> Sequence[UUID]:
        """The files that came with a message."""
        found: Sequence[UUID] | None = await self.ctx.session.scalar(
            select(Message.attachment_ids).where(*self._at(conversation_id, seq))
        )
        return found or []

    async def reword(self, conversation_id: UUID, seq: int, *, body: str, html: str) -> bool:
        """Replace the words of a message; whether they were others."""
        differs = (Message.body != body) | (Message.html != html)
        done = await self.ctx.session.execute(
            update(Message)
            .where(*self._at(conversation_id, seq), differs)
            .values(body=body, html=html)
            .returning(Message.seq)
        )
        return done.first() is not None

    def _at(self, conversation_id: UUID, seq: int) -> list[ColumnElement[bool]]:
        return [
            Message.workspace_id == self.ctx.workspace_id,
            Message.conversation_id == conversation_id,
            Message.seq == seq,
        ]

    async def is_stored(self, conversation_id: UUID, client_id: str) -> bool:
        """Whether a delivery with this name was stored before."""
        found = await self.ctx.session.scalar(
            select(Message.seq).where(
                Message.workspace_id == self.ctx.workspace_id,
                Message.conversation_id == conversation_id,
                Message.client_id == client_id,
            )
        )
        return found is not None


class SeenRepository:
    """How far agents have read."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def advance(self, agent_id: UUID, seqs: dict[UUID, int]) -> set[UUID]:
        """Move the agent's marks forward, never back; the conversations whose mark moved."""
        if not seqs:
            return set()
        now: datetime = self.ctx.now()
        statement = insert(ConversationSeen).values(
            [
                {
                    "workspace_id": self.ctx.workspace_id,
                    "conversation_id": conversation_id,
                    "agent_id": agent_id,
                    "seq": seq,
                    "seen_at": now,
                }
                for conversation_id, seq in sorted(seqs.items())
            ]
        )
        moved = await self.ctx.session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "conversation_id", "agent_id"],
                set_={"seq": statement.excluded.seq, "seen_at": now},
                where=ConversationSeen.seq < statement.excluded.seq,
            ).returning(ConversationSeen.conversation_id)
        )
        return {row.conversation_id for row in moved}

    async def of(self, conversation_id: UUID) -> Sequence[ConversationSeen]:
        """Everybody's marks in one conversation, the furthest first."""
        statement = (
            select(ConversationSeen)
            .where(
                ConversationSeen.workspace_id == self.ctx.workspace_id,
                ConversationSeen.conversation_id == conversation_id,
            )
            .order_by(ConversationSeen.seq.desc(), ConversationSeen.agent_id)
        )
        return (await self.ctx.session.scalars(statement)).all()
