from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.ai.autopilot import listeners, service
from rapport.ai.autopilot.models import Answer
from rapport.ai.autopilot.schemas import AssistantPatch
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation, Inbox, Message
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from rapport.knowledge import jobs
from tests.conftest import Begin
from tests.inference.fixtures import minilm, models_dir
from tests.make.conversations import customer_message, make_conversation, make_inbox
from tests.make.knowledge import article

__all__ = ["minilm", "models_dir"]

RETURNS = """You can return unused items within **30 days** after delivery.

## How to return

1. Open your account and choose **Return items**.
2. Print the label.
3. Hand the parcel in.

## What it costs

A return costs €3.50, which we deduct from the refund.
"""
TENTS = """Dry your tent within 24 hours. Never put a tent in the washing machine: it destroys the
coating."""


@dataclass
class Desk:
    """A workspace with an assistant, two articles and one customer who writes."""

    database: Database
    begin: Begin
    workspace_id: UUID
    inbox: Inbox
    conversation: Conversation | None = None
    _read: log.Cursor = field(default=log.BEGINNING)

    async def ask(self, body: str, *, listen: bool = True, **values: str) -> None:
        """Let the customer write, and the assistant read it."""
        async with self.begin() as ctx:
            if self.conversation is None:
                self.conversation = await make_conversation(ctx, inbox=self.inbox, body=body)
            else:
                message = customer_message(self.conversation, body, **values)
                await conversations.append(ctx, self.conversation.id, message)
        if listen:
            await self.listen()

    async def listen(self, *, again: bool = False) -> None:
        """Deliver to the assistant what happened since the last time, or everything once more."""
        async with self.begin() as ctx:
            after = log.BEGINNING if again else self._read
            records = await log.of_workspace(ctx, after)
        for record in records:
            async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
                await listeners.answer(ctx, record.event, record)
            self._read = max(self._read, record.cursor)

    async def said(self) -> list[Message]:
        """All messages and notes, in order."""
        assert self.conversation is not None
        async with self.begin() as ctx:
            statement = select(Message).where(Message.conversation_id == self.conversation.id)
            return list(await ctx.session.scalars(statement.order_by(Message.seq)))

    async def answers(self) -> list[Answer]:
        """What the assistant kept."""
        async with self.begin() as ctx:
            statement = select(Answer).where(Answer.workspace_id == ctx.workspace_id)
            return list(await ctx.session.scalars(statement.order_by(Answer.id)))

    async def handler(self) -> str:
        """Who has the conversation."""
        assert self.conversation is not None
        async with self.begin() as ctx:
            return (await conversations.get(ctx, self.conversation.id)).handler

    async def set_up(self, **changes: object) -> None:
        """Change the assistant's settings."""
        async with self.begin() as ctx:
            await service.change(ctx, self.inbox.id, AssistantPatch.model_validate(changes))


@pytest.fixture
def embedder(database: Database) -> FakeEmbedder:
    """A fake model: texts that share words lie close together."""
    fake = FakeEmbedder()
    database.ports.provide(Embedder, fake)
    return fake


@pytest.fixture
async def desk(database: Database, begin: Begin, workspace: UUID, embedder: FakeEmbedder) -> Desk:
    async with begin() as ctx:
        inbox = await make_inbox(ctx)
        await service.change(ctx, inbox.id, AssistantPatch(enabled=True))
        await article(ctx, "Return an item", body=RETURNS, slug="returns")
        await article(ctx, "Care for your tent", body=TENTS, slug="tents")
    await jobs.catch_up(database, workspace)
    return Desk(database, begin, workspace, inbox)


Publish = Callable[..., Awaitable[None]]


@pytest.fixture
def publish(database: Database, begin: Begin, workspace: UUID) -> Publish:
    """Publish an article and have it embedded."""

    async def write(title: str, body: str, *, workspace_id: UUID | None = None) -> None:
        async with begin(workspace_id=workspace_id) as ctx:
            await article(ctx, title, body=body)
        await jobs.catch_up(database, workspace_id or workspace)

    return write
