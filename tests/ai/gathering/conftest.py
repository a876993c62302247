"""A desk whose assistant asks for what is missing."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.ai.autopilot import listeners
from rapport.ai.autopilot import service as assistant
from rapport.ai.autopilot.models import Answer
from rapport.ai.autopilot.schemas import AssistantPatch
from rapport.ai.gathering import service
from rapport.ai.gathering.schemas import ConversationFactsOut, FactsIn, KnownFactOut
from rapport.ai.triage import service as triage
from rapport.ai.triage.models import Intent
from rapport.ai.triage.ports import Models, Serving
from rapport.ai.triage.schemas import IntentIn
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation, Inbox, Message
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from rapport.kernel.ids import new_id
from tests.ai.triage.room.conftest import InUse, taught
from tests.ai.triage.test_intents import MATTERS
from tests.conftest import Begin
from tests.make.conversations import customer_message, make_conversation, make_inbox
from tests.make.customers import make_customer

ORDER: dict[str, Any] = {
    "name": "order",
    "kind": "order_number",
    "labels": {"en": "Order number", "de": "Bestellnummer"},
    "example": "R-10234",
}
SIZE: dict[str, Any] = {
    "name": "size",
    "kind": "choice",
    "labels": {"en": "Size"},
    "choices": {"small": {"en": "Small"}, "large": {"en": "Large"}},
}
EMAIL: dict[str, Any] = {"name": "mail", "kind": "email", "labels": {"en": "E-mail address"}}
PARCEL = "where is my parcel"


@dataclass
class Desk:
    """A workspace whose assistant knows no article, and whose intents may need facts."""

    database: Database
    begin: Begin
    workspace_id: UUID
    inboxes: dict[str, Inbox]
    intents: dict[str, Intent]
    _read: log.Cursor = field(default=log.BEGINNING)

    async def need(self, *facts: dict[str, Any], intent: str = "parcel") -> None:
        """Let an intent need facts."""
        async with self.begin() as ctx:
            wanted = FactsIn.model_validate({"facts": facts})
            await service.set_facts(ctx, self.intents[intent].id, wanted)

    async def ask(
        self,
        body: str = PARCEL,
        *,
        channel: str = "webchat",
        email: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Conversation:
        """Let a customer write who has not written before, and the assistant read it."""
        async with self.begin() as ctx:
            someone = await make_customer(ctx, email=email)
            someone.attributes = attributes or {}
            inbox = self.inboxes[channel]
            talk = await make_conversation(ctx, inbox=inbox, customer=someone, body=body)
        await self.listen()
        return talk

    async def say(self, talk: Conversation, body: str, *, listen: bool = True) -> None:
        """Let the customer write on."""
        async with self.begin() as ctx:
            await conversations.append(ctx, talk.id, customer_message(talk, body))
        if listen:
            await self.listen()

    async def listen(self) -> None:
        """Deliver to the assistant alone what happened since the last time."""
        async with self.begin() as ctx:
            records = await log.of_workspace(ctx, self._read)
        for record in records:
            async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
                await listeners.answer(ctx, record.event, record)
            self._read = max(self._read, record.cursor)

    async def said(self, talk: Conversation) -> list[Message]:
        """All messages and notes, in order."""
        async with self.begin() as ctx:
            statement = select(Message).where(Message.conversation_id == talk.id)
            return list(await ctx.session.scalars(statement.order_by(Message.seq)))

    async def reasons(self) -> list[str]:
        """Why the assistant did what it did, in order."""
        async with self.begin() as ctx:
            statement = select(Answer).where(Answer.workspace_id == self.workspace_id)
            return [it.reason for it in await ctx.session.scalars(statement.order_by(Answer.id))]

    async def handler(self, talk: Conversation) -> str:
        """Who has the conversation."""
        async with self.begin() as ctx:
            return (await conversations.get(ctx, talk.id)).handler

    async def known(self, talk: Conversation) -> ConversationFactsOut:
        """What is known in a conversation."""
        async with self.begin() as ctx:
            return await service.known_in(ctx, talk.id)

    async def fact(self, talk: Conversation, name: str) -> KnownFactOut:
        """What is known of one fact."""
        return next(it for it in (await self.known(talk)).facts if it.name == name)


@pytest.fixture
async def desk(database: Database, begin: Begin, workspace: UUID) -> Desk:
    async with begin() as ctx:
        inboxes = {it: await make_inbox(ctx, name=it, channel=it) for it in ("webchat", "email")}
        for inbox in inboxes.values():
            await assistant.change(ctx, inbox.id, AssistantPatch(enabled=True))
        intents = {name: await triage.create_intent(ctx, IntentIn(name=name)) for name in MATTERS}
    database.ports.provide(Models, InUse(workspace, Serving(new_id(), taught(intents))))
    return Desk(database, begin, workspace, inboxes, intents)
