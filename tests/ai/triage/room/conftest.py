"""A desk whose customers' messages are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.ai.triage import service
from rapport.ai.triage.intents.learning import NOWHERE, Material, learn
from rapport.ai.triage.intents.model import Model
from rapport.ai.triage.listeners import TOGETHER, read_what_customers_wrote
from rapport.ai.triage.models import Intent, MessageReading
from rapport.ai.triage.ports import Models, Serving
from rapport.ai.triage.schemas import IntentIn, ReadingOut
from rapport.conversations import service as conversations
from rapport.conversations.events import MessageAdded
from rapport.conversations.models import Conversation, Inbox
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from rapport.kernel.ids import new_id
from tests.ai.triage.test_intents import MATTERS, material
from tests.conftest import Begin
from tests.make.conversations import make_conversation, make_inbox, say

FIRE = "Smoke is coming out of the heater and it smells of gas, what should I do?"
CALM = "This is not urgent, take your time: which colours do you have?"
PARCEL = "where is my parcel"
OFFER = (
    "Dear sir, we offer SEO services: guaranteed first page of Google, high quality backlinks "
    "and guest posts with high domain authority. Reply for our price list and packages."
)
STRANGER = "sing the moon a song about soup"


@dataclass
class InUse:
    """Serves the model it was given to the workspace it was given."""

    workspace_id: UUID
    held: Serving

    async def serving(self, ctx: Ctx) -> Serving | None:
        """See `Models.serving`."""
        return self.held if ctx.workspace_id == self.workspace_id else None


@dataclass
class Desk:
    """A workspace whose messages are read."""

    database: Database
    begin: Begin
    workspace_id: UUID
    inbox: Inbox
    _read: log.Cursor = field(default=log.BEGINNING)

    async def ask(self, body: str) -> Conversation:
        """Let a new customer write, and have it read."""
        async with self.begin() as ctx:
            conversation = await make_conversation(ctx, inbox=self.inbox, body=body)
        await self.listen()
        return conversation

    async def say(self, conversation: Conversation, body: str) -> None:
        """Let the customer of a conversation write on, and have it read."""
        async with self.begin() as ctx:
            await say(ctx, conversation, body)
        await self.listen()

    async def listen(self, *, again: bool = False) -> None:
        """Deliver what happened since the last time as the worker does, or all of it again."""
        async with self.begin() as ctx:
            after = log.BEGINNING if again else self._read
            records = await log.of_workspace(ctx, after, names=[MessageAdded.name])
        for at in range(0, len(records), TOGETHER):
            async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
                await read_what_customers_wrote(ctx, records[at : at + TOGETHER])
        self._read = max([self._read, *(record.cursor for record in records)])

    async def readings(self, conversation: Conversation) -> list[ReadingOut]:
        """What was read in a conversation, in its order."""
        async with self.begin() as ctx:
            return (await service.readings_in(ctx, conversation.id)).items[::-1]

    async def reading(self, conversation: Conversation) -> ReadingOut:
        """What was read in the last message of a conversation."""
        return (await self.readings(conversation))[-1]

    async def rows(self) -> Sequence[MessageReading]:
        """Everything that was kept."""
        async with self.begin() as ctx:
            statement = select(MessageReading).where(
                MessageReading.workspace_id == self.workspace_id
            )
            return (await ctx.session.scalars(statement.order_by(MessageReading.id))).all()

    async def state(self, conversation: Conversation) -> Conversation:
        """A conversation as it is now."""
        async with self.begin() as ctx:
            return await conversations.get(ctx, conversation.id)

    async def lessons(self) -> list[service.Lesson]:
        """All that there is to learn from."""
        told, place = list[service.Lesson](), None
        async with self.begin() as ctx:
            while True:
                portion = await service.examples(ctx, after=place, limit=2)
                told += portion.items
                place = portion.next
                if place is None:
                    return told


@pytest.fixture
async def desk(database: Database, begin: Begin, workspace: UUID) -> Desk:
    async with begin() as ctx:
        inbox = await make_inbox(ctx)
    return Desk(database, begin, workspace, inbox)


@pytest.fixture
async def intents(begin: Begin) -> dict[str, Intent]:
    """What the model knows, by name."""
    async with begin() as ctx:
        return {name: await service.create_intent(ctx, IntentIn(name=name)) for name in MATTERS}


@pytest.fixture
async def serving(database: Database, workspace: UUID, intents: dict[str, Intent]) -> Serving:
    """A model that learned the intents from words alone."""
    served = Serving(new_id(), taught(intents))
    database.ports.provide(Models, InUse(workspace, served))
    return served


def taught(intents: dict[str, Intent]) -> Model:
    """A model of these intents."""
    known = material(strangers=60)
    ids = [NOWHERE if name == NOWHERE else str(intents[name].id) for name in known.intents]
    return learn(Material(known.texts, ids, None))
