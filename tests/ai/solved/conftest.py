"""A shop in which agents solve what customers ask, and others ask the same later."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from rapport.ai.autopilot import service as assistant
from rapport.ai.autopilot.schemas import AssistantPatch
from rapport.ai.solved import listeners
from rapport.ai.solved import service as solved
from rapport.ai.solved.schemas import SolvedRow
from rapport.ai.solved.settings import SolvedSettings
from rapport.conversations import listeners as search
from rapport.conversations import service as conversations
from rapport.conversations.events import (
    ConversationErased,
    ConversationMoved,
    ConversationStarted,
    ConversationStatusChanged,
    MessageAdded,
)
from rapport.conversations.models import Conversation, Inbox
from rapport.customers.events import CustomersMerged, CustomersUnmerged, CustomerUpdated
from rapport.customers.models import Customer
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import SYSTEM, Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Recorded, log
from rapport.kernel.settings.workspace import SettingsChanged
from rapport.knowledge import jobs
from tests.conftest import Begin, Clock
from tests.make.conversations import make_agent, make_conversation, make_inbox, say
from tests.make.customers import make_customer
from tests.make.knowledge import article

LAMP = "How do I reset the blinking lamp?"
RESET = "Take the battery out and hold the power key for ten seconds."
WORDS = (
    "Please reset the blinking lamp: take the battery out and hold the power key for ten seconds. "
    "The parcel arrives at the address within a few days, and the refund follows the return."
)


@dataclass
class Desk:
    """A workspace whose agents answer."""

    database: Database
    begin: Begin
    workspace_id: UUID
    inbox: Inbox
    clock: Clock
    agent: Actor
    _read: log.Cursor = field(default=log.BEGINNING)

    async def solve(
        self,
        question: str = LAMP,
        *answers: str,
        after: Sequence[str] = (),
        customer: Customer | None = None,
        inbox: Inbox | None = None,
        **who: Any,
    ) -> Conversation:
        """A question that an agent answered, and what its customer said after it; resolved."""
        self.clock.forward(seconds=10)
        async with self.begin() as ctx:
            customer = customer or await make_customer(ctx, **who)
            talk = await make_conversation(
                ctx,
                inbox=inbox or self.inbox,
                customer=customer,
                body=question,
                author_name=customer.name,
            )
        for body in answers or (RESET,):
            self.clock.forward(seconds=10)
            async with self.begin(self.agent) as ctx:
                await conversations.reply(ctx, talk.id, body)
        for body in after:
            self.clock.forward(seconds=10)
            async with self.begin() as ctx:
                await say(ctx, talk, body)
        self.clock.forward(seconds=10)
        async with self.begin(self.agent) as ctx:
            await conversations.set_status(ctx, talk.id, "resolved")
        await self.listen()
        return talk

    async def use(self, **wanted: Any) -> None:
        """Let an administrator say how solved conversations are used."""
        given = {
            "is_on": True,
            "inbox_ids": [self.inbox.id],
            "audience": "customers",
            "is_reviewed": False,
            **wanted,
        }
        async with self.begin() as ctx:
            await solved.change(ctx, SolvedSettings.model_validate(given))

    async def take(self, *, days: int = 15) -> None:
        """Let time pass, and what is due be looked at."""
        await self.listen()
        self.clock.forward(days=days)
        await solved.catch_up(self.database, self.workspace_id)
        await jobs.catch_up(self.database, self.workspace_id)

    async def rows(self, state: str = "in_use") -> list[SolvedRow]:
        """Those in a state."""
        async with self.begin() as ctx:
            return (await solved.page(ctx, state)).items  # type: ignore[arg-type]

    async def reasons(self) -> list[str]:
        """Why conversations were refused, the last first."""
        return [row.reason for row in await self.rows("refused")]

    async def listen(self) -> None:
        """Deliver what happened to the readers, until nothing follows."""
        while True:
            async with self.begin() as ctx:
                records = await log.of_workspace(ctx, self._read, limit=5_000)
            if not records:
                return
            for record in records:
                async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
                    await self._hear(ctx, record)
                self._read = max(self._read, record.cursor)

    async def _hear(self, ctx: Ctx, record: Recorded) -> None:
        event = record.event
        match event:
            case ConversationStarted() | MessageAdded():
                await search.keep_words(ctx, [record])
            case ConversationStatusChanged() | ConversationErased() | ConversationMoved():
                await listeners.follow_conversations(ctx, [record])
            case CustomersMerged() | CustomersUnmerged():
                await search.follow_merges(ctx, event, record)
            case CustomerUpdated():
                await listeners.follow_customers(ctx, event, record)
            case SettingsChanged():
                await listeners.follow_settings(ctx, event, record)
            case _:
                pass


@pytest.fixture
def embedder(database: Database) -> FakeEmbedder:
    """A fake model: texts that share words lie close together."""
    fake = FakeEmbedder()
    database.ports.provide(Embedder, fake)
    return fake


@pytest.fixture
async def desk(
    database: Database, begin: Begin, workspace: UUID, embedder: FakeEmbedder, clock: Clock
) -> Desk:
    """Four customers have used ordinary words; one article is for everybody."""
    async with begin() as ctx:
        inbox = await make_inbox(ctx)
        await assistant.change(ctx, inbox.id, AssistantPatch(enabled=True))
        await article(ctx, "Return an item", body="You can return unused items within 30 days.")
        agent = await make_agent(ctx, name="Ben Agent")
        for number in range(4):
            customer = await make_customer(ctx, name="", email=f"c{number}@mail.example")
            await make_conversation(ctx, inbox=inbox, customer=customer, body=WORDS)
    await jobs.catch_up(database, workspace)
    made = Desk(database, begin, workspace, inbox, clock, agent)
    await made.listen()
    return made
