from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.channels.delivery import ports, service
from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.outbox import Outbox
from rapport.channels.delivery.schemas import HeldDraft
from rapport.conversations.models import Conversation, Inbox, Message
from rapport.kernel.context import SYSTEM, Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.channels.delivery.pigeons import Loft, addressed
from tests.conftest import Clock
from tests.make.conversations import make_agent, make_conversation, make_inbox


class Post:
    """A workspace that writes by pigeon."""

    def __init__(self, database: Database, workspace: UUID, clock: Clock) -> None:
        self.database = database
        self.workspace = workspace
        self.clock = clock
        self.loft = Loft()
        self.inbox: Inbox
        self.talk: Conversation
        self.agent: Actor

    async def settle_in(self) -> None:
        ports.register(self.loft)
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            self.inbox = await make_inbox(ctx, channel="pigeon")
            self.talk = await make_conversation(ctx, inbox=self.inbox)
            self.agent = await make_agent(ctx)

    async def hold(
        self, body: str = "It is on its way.", *, undo_s: float = 0, **more: Any
    ) -> UUID:
        """Hold an answer of the agent; its delivery."""
        expected, cc = more.pop("expected_last_seq", None), more.pop("cc", ())
        given: dict[str, Any] = {
            "client_id": str(new_id()),
            "attachment_ids": [],
            "cards": [],
            "subject": None,
        }
        draft = HeldDraft.model_validate({**given, "body": body, "resolve": False, **more})
        due_at = self.clock()
        async with self.database.begin(self.workspace, self.agent) as ctx:
            held = await service.hold(
                ctx,
                "pigeon",
                self.talk.id,
                draft,
                addressed(self.inbox.id, cc=cc),
                due_at=due_at.fromtimestamp(due_at.timestamp() + undo_s, due_at.tzinfo),
                expected_last_seq=expected,
            )
            return held.id

    async def work(self) -> None:
        """Let the outbox send what is due."""
        await Outbox(self.database).work(self.workspace)

    async def delivery(self, delivery_id: UUID) -> Delivery:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return await service.get(ctx, delivery_id)

    async def deliveries(self) -> list[Delivery]:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return list(await ctx.session.scalars(select(Delivery).order_by(Delivery.id)))

    async def said(self) -> list[str]:
        """What is in the conversation."""
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return list(
                await ctx.session.scalars(
                    select(Message.body)
                    .where(Message.conversation_id == self.talk.id)
                    .order_by(Message.seq)
                )
            )


@pytest.fixture
async def post(database: Database, workspace: UUID, clock: Clock) -> Post:
    post = Post(database, workspace, clock)
    await post.settle_in()
    return post
