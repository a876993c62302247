"""Writing the demo workspace in bulk, and taking it away again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select, text, update

from rapport.ai.autopilot.models import Answer, AssistantSettings
from rapport.ai.gaps.models import Gap
from rapport.ai.overview.models import AnsweredConversation, DayCount
from rapport.ai.recurring.models import Problem
from rapport.ai.triage.models import Intent
from rapport.ai.triage.training.models import TrainedModel
from rapport.conversations.models import (
    Conversation,
    ConversationSeen,
    ConversationStart,
    ConversationTag,
    Inbox,
    Macro,
    Message,
    RejectedMessage,
    Tag,
)
from rapport.customers.attributes.models import AttributeDefinition
from rapport.customers.importing.models import Import
from rapport.customers.models import Company, Customer, Identity, TimelineItem
from rapport.customers.tracking.models import WriteKey
from rapport.kernel.auth.models import Membership, Team, TeamMember, User
from rapport.kernel.context import Ctx
from rapport.kernel.models import Model, Workspace
from rapport.knowledge.models import Article, Collection
from rapport.server.demo.rows import Rows

_AT_ONCE: Final = 2_000
_CLEARED: Final[tuple[type[Model], ...]] = (
    Answer,
    AssistantSettings,
    Gap,
    DayCount,
    TrainedModel,
    Intent,
    Problem,
    RejectedMessage,
    Conversation,
    Import,
    Customer,
    Company,
    AttributeDefinition,
    WriteKey,
    Tag,
    Macro,
    Article,
    Collection,
    TeamMember,
    Team,
)
"""In an order in which nothing is left pointing at what is gone; the rest goes with them."""


_INDEX: Final = text(
    "INSERT INTO search_documents (workspace_id, conversation_id, active_at, document) "
    "VALUES (:workspace_id, :conversation_id, :active_at, "
    "array_to_tsvector(CAST(:words AS text[])))"
)


class DemoRepository:
    """All the SQL of the demo. Everything happens in the caller's workspace and transaction."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's unit of work."""
        self.ctx = ctx

    async def holds(self, *models: type[Model]) -> bool:
        """Whether the workspace has a row in any of these tables."""
        for model in models:
            table = model.__table__
            mine = table.c.workspace_id == self.ctx.workspace_id
            if await self.ctx.session.scalar(select(1).select_from(table).where(mine).limit(1)):
                return True
        return False

    async def clear(self) -> None:
        """Delete everything people wrote or configured, except members, inboxes and settings."""
        for model in _CLEARED:
            table = model.__table__
            mine = table.c.workspace_id == self.ctx.workspace_id
            await self.ctx.session.execute(delete(cast("Table", table)).where(mine))

    async def since(self, instant: datetime) -> Sequence[UUID]:
        """The conversations that began after an instant."""
        statement = select(Conversation.id).where(
            Conversation.workspace_id == self.ctx.workspace_id, Conversation.created_at > instant
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def tags(self) -> dict[str, UUID]:
        """The ids of the tags by name."""
        mine = Tag.workspace_id == self.ctx.workspace_id
        found = await self.ctx.session.execute(select(Tag.name, Tag.id).where(mine))
        return {row.name: row.id for row in found}

    async def open_places(self) -> list[tuple[UUID, int]]:
        """Where customers wrote in conversations that are not resolved: conversation and place."""
        statement = (
            select(Message.conversation_id, Message.seq)
            .join(
                Conversation,
                (Conversation.workspace_id == Message.workspace_id)
                & (Conversation.id == Message.conversation_id),
            )
            .where(
                Message.workspace_id == self.ctx.workspace_id,
                Message.author_kind == "customer",
                Conversation.status != "resolved",
            )
            .order_by(Message.created_at)
        )
        return [(id_, seq) for id_, seq in await self.ctx.session.execute(statement)]

    async def left_to_people(self) -> list[dict[str, Any]]:
        """What the assistant did not answer, as `QuestionTakenUp` tells it, the oldest first."""
        statement = (
            select(
                Answer.conversation_id,
                Answer.id.label("answer_id"),
                Message.seq,
                Answer.decision,
                Answer.reason,
            )
            .join(
                Message,
                (Message.workspace_id == Answer.workspace_id) & (Message.id == Answer.question_id),
            )
            .where(Answer.workspace_id == self.ctx.workspace_id, Answer.decision == "handed_over")
            .order_by(Answer.created_at)
        )
        return [dict(row) for row in (await self.ctx.session.execute(statement)).mappings()]

    async def name_workspace(self, name: str) -> None:
        """Call the workspace by the shop's name."""
        mine = Workspace.id == self.ctx.workspace_id
        await self.ctx.session.execute(update(Workspace).where(mine).values(name=name))

    async def user(self, id_: UUID, email: str, name: str, at: datetime) -> UUID:
        """The person with this address, made without a password when there is none."""
        found = await self.ctx.session.scalar(
            text("SELECT auth_create_user(:id, :email, :name, :at)"),
            {"id": id_, "email": email, "name": name, "at": at},
        )
        return UUID(str(found))

    async def member(self, user_id: UUID, role: str, at: datetime) -> None:
        """Make a person a member, unless they are one."""
        known = select(Membership.id).where(
            Membership.workspace_id == self.ctx.workspace_id, Membership.user_id == user_id
        )
        if await self.ctx.session.scalar(known) is None:
            row = {"id": user_id, "user_id": user_id, "role": role, "last_seen_at": at}
            await self.insert(Membership, [row | {"is_active": True, "created_at": at}])

    async def owner(self) -> UUID | None:
        """Whom the workspace belongs to."""
        owner = select(Membership.user_id).where(
            Membership.workspace_id == self.ctx.workspace_id, Membership.role == "owner"
        )
        found: UUID | None = await self.ctx.session.scalar(owner.order_by(Membership.id).limit(1))
        return found

    async def name_person(self, user_id: UUID, name: str, *, instead_of: str) -> None:
        """Give a member a name, if they have only the one that they were made with."""
        unnamed = (User.id == user_id) & (User.name == instead_of)
        await self.ctx.session.execute(update(User).where(unnamed).values(name=name))

    async def inbox(self, name: str) -> UUID | None:
        """The inbox of this name."""
        by_name = select(Inbox.id).where(
            Inbox.workspace_id == self.ctx.workspace_id, Inbox.name == name
        )
        found: UUID | None = await self.ctx.session.scalar(by_name.limit(1))
        return found

    async def numbers(self, count: int) -> list[int]:
        """The next numbers for conversations, ascending."""
        found = await self.ctx.session.execute(
            text("SELECT next_conversation_number(:mine) FROM generate_series(1, :count)"),
            {"mine": self.ctx.workspace_id, "count": count},
        )
        return sorted(int(number) for number in found.scalars())

    async def insert(self, model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows of this workspace, a few thousand in each statement."""
        mine = {"workspace_id": self.ctx.workspace_id}
        for start in range(0, len(rows), _AT_ONCE):
            part = [{**mine, **row} for row in rows[start : start + _AT_ONCE]]
            connection = await self.ctx.session.connection()
            await connection.execute(insert(cast("Table", model.__table__)), part)

    async def write(self, rows: Rows) -> None:
        """Insert all conversations with what hangs on them."""
        await self.insert(Conversation, rows.conversations)
        await self.insert(ConversationStart, rows.starts)
        await self.insert(Message, rows.messages)
        await self.insert(ConversationTag, rows.tags)
        await self.insert(ConversationSeen, rows.seen)
        await self.insert(Answer, rows.answers)
        await self.insert(DayCount, rows.days())
        await self.insert(AnsweredConversation, rows.answered)
        await self.insert(TimelineItem, rows.timeline)
        await self.ctx.session.execute(_INDEX, rows.search)

    async def write_customers(
        self,
        customers: Sequence[Mapping[str, Any]],
        identities: Sequence[Mapping[str, Any]],
    ) -> None:
        """Insert customers with their addresses."""
        await self.insert(Customer, customers)
        await self.insert(Identity, identities)

    async def conversations(self) -> int:
        """How many conversations there are."""
        mine = Conversation.workspace_id == self.ctx.workspace_id
        count = select(func.count()).select_from(Conversation).where(mine)
        return int(await self.ctx.session.scalar(count) or 0)
