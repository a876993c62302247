from dataclasses import dataclass, field
from uuid import UUID

import pytest

from rapport.ai.autopilot import listeners as autopilot
from rapport.ai.autopilot import service as assistant
from rapport.ai.autopilot.events import QuestionTakenUp
from rapport.ai.autopilot.schemas import AssistantPatch
from rapport.ai.gaps import listeners
from rapport.ai.gaps import service as gaps
from rapport.ai.gaps.schemas import GapOut, GapRow, State
from rapport.ai.overview import listeners as overview
from rapport.conversations import service as conversations
from rapport.conversations.events import ConversationHandlerChanged, ConversationMoved
from rapport.conversations.models import Conversation, Inbox
from rapport.customers.models import Customer
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import SYSTEM, Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Recorded, log
from rapport.knowledge import jobs
from rapport.knowledge.events import ArticleDeleted, ArticlePublished, ArticleUnpublished
from tests.conftest import Begin, Clock
from tests.make.conversations import make_agent, make_conversation, make_inbox, say
from tests.make.customers import make_customer
from tests.make.knowledge import article

RETURNS = "You can return unused items within 30 days after delivery. A return costs €3.50."


@dataclass
class Shop:
    """A workspace whose assistant knows one article, whose customers ask, whose agents answer."""

    database: Database
    begin: Begin
    workspace_id: UUID
    inbox: Inbox
    clock: Clock
    agent: Actor
    _read: log.Cursor = field(default=log.BEGINNING)

    async def ask(
        self, body: str, *, customer: Customer | None = None, name: str = "", listen: bool = True
    ) -> Conversation:
        """Let somebody write, and the assistant read it."""
        self.clock.forward(seconds=10)
        async with self.begin() as ctx:
            customer = customer or await make_customer(ctx, name=name)
            talk = await make_conversation(
                ctx, inbox=self.inbox, customer=customer, body=body, author_name=name
            )
        if listen:
            await self.listen()
        return talk

    async def say(self, talk: Conversation, body: str) -> None:
        """Let the customer of a conversation write again."""
        self.clock.forward(seconds=10)
        async with self.begin() as ctx:
            await say(ctx, talk, body)
        await self.listen()

    async def reply(self, talk: Conversation, body: str, *, resolve: bool = False) -> None:
        """Let the agent answer."""
        self.clock.forward(seconds=10)
        async with self.begin(self.agent) as ctx:
            await conversations.reply(ctx, talk.id, body, resolve=resolve)
        await self.listen()

    async def solved(self, question: str, answer: str, **who: str) -> Conversation:
        """A question that an agent answered, to the end."""
        talk = await self.ask(question, **who)  # type: ignore[arg-type]  # only names
        await self.reply(talk, answer, resolve=True)
        return talk

    async def listen(self, *, again: bool = False) -> None:
        """Deliver what happened to the readers; twice, for the assistant writes as it reads."""
        for _ in range(2):
            async with self.begin() as ctx:
                after = log.BEGINNING if again else self._read
                records = await log.of_workspace(ctx, after, limit=5_000)
            for record in records:
                async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
                    await self._hear(ctx, record)
                self._read = max(self._read, record.cursor)

    async def _hear(self, ctx: Ctx, record: Recorded) -> None:
        event = record.event
        await autopilot.answer(ctx, event, record)
        if isinstance(event, QuestionTakenUp) and await listeners.left_to_people(ctx, [record]):
            await listeners.take_up(ctx, event, record)
        if isinstance(event, ArticlePublished | ArticleUnpublished | ArticleDeleted):
            await listeners.follow_articles(ctx, event, record)
        if isinstance(event, ConversationMoved):
            await listeners.follow_customers(ctx, event, record)
        if isinstance(event, QuestionTakenUp | ConversationHandlerChanged):
            await overview.count(ctx, [record])

    async def gaps(self, state: State = "open") -> list[GapRow]:
        """The gaps in a state, the most asked first."""
        async with self.begin() as ctx:
            return (await gaps.page(ctx, state=state)).items

    async def gap(self) -> GapOut:
        """The one open gap, whole."""
        (row,) = await self.gaps()
        async with self.begin() as ctx:
            return await gaps.one(ctx, row.id)


@pytest.fixture
def embedder(database: Database) -> FakeEmbedder:
    """A fake model: texts that share words lie close together."""
    fake = FakeEmbedder()
    database.ports.provide(Embedder, fake)
    return fake


@pytest.fixture
async def shop(
    database: Database, begin: Begin, workspace: UUID, embedder: FakeEmbedder, clock: Clock
) -> Shop:
    async with begin() as ctx:
        inbox = await make_inbox(ctx)
        await assistant.change(ctx, inbox.id, AssistantPatch(enabled=True))
        await article(ctx, "Return an item", body=RETURNS, slug="returns")
        agent = await make_agent(ctx, name="Ben Agent")
    await jobs.catch_up(database, workspace)
    return Shop(database, begin, workspace, inbox, clock, agent)
