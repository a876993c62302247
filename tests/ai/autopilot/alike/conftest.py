from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.ai.autopilot import listeners, service
from rapport.ai.autopilot.models import Answer
from rapport.ai.autopilot.schemas import AssistantPatch
from rapport.channels.email.models import Mailbox, RawMail
from rapport.channels.webchat.limits import VisitorLimits
from rapport.conversations.models import Message
from rapport.inference.minilm import MiniLM
from rapport.inference.ports import Embedder
from rapport.inference.remembering import Remembering
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from rapport.kernel.ids import new_id
from rapport.knowledge import jobs
from rapport.server.demo import help_centre
from tests.ai.autopilot.alike.letters import Manner, answering
from tests.channels.webchat.conftest import Visit, api, app, ports, shop, visit
from tests.conftest import Clock
from tests.make.mail import letter, make_mailbox, receive
from tests.make.webchat import Chat
from tests.models_simulator.fixtures import simulator

__all__ = ["api", "app", "ports", "shop", "simulator", "visit"]


@dataclass(frozen=True, slots=True)
class Told:
    """What the assistant did about a question, and what the customer heard."""

    decision: str
    reason: str
    sources: Sequence[tuple[str, str]]
    """Title and quote of what it answered from."""
    body: str


@dataclass
class House:
    """The demo shop's help centre, with an assistant in its web chat and in its mailbox."""

    database: Database
    workspace: UUID
    clock: Clock
    visit: Visit
    mailbox: Mailbox
    _read: log.Cursor = log.BEGINNING

    async def by_chat(self, said: Sequence[str]) -> list[Told]:
        """Ask in the web chat, each part once the one before is answered."""
        visitor = await self.visit()
        begun = await visitor.begin(said[0])
        assert begun.status_code == 201, begun.text
        conversation: str = begun.json()["conversation"]["id"]
        told = [await self._told(UUID(conversation))]
        for more in said[1:]:
            assert (await visitor.say(conversation, more)).status_code == 201
            told.append(await self._told(UUID(conversation)))
        return told

    async def by_mail(self, said: Sequence[str], manner: Manner) -> list[Told]:
        """Ask by mail, and answer each answer by another that quotes it."""
        message_id = f"<{new_id()}@home.example>"
        first = await self._get(
            manner.plain(said[0]), html=manner.html(said[0]), message_id=message_id
        )
        assert first.conversation_id is not None, first.reason
        told = [await self._told(first.conversation_id)]
        for more in said[1:]:
            raw = await self._get(
                answering(more, told[-1].body),
                subject="Re: A question",
                In_Reply_To=message_id,
            )
            assert raw.conversation_id == first.conversation_id
            told.append(await self._told(first.conversation_id))
        return told

    async def _get(self, text: str, **given: Any) -> RawMail:
        raw_id = await receive(
            self.database, self.workspace, self.mailbox, letter(self.clock, text, **given)
        )
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return (await ctx.session.scalars(select(RawMail).where(RawMail.id == raw_id))).one()

    async def _told(self, conversation_id: UUID) -> Told:
        """What came of the last question of a conversation."""
        await self._listen()
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            taken_up = select(Answer).where(Answer.conversation_id == conversation_id)
            latest = taken_up.order_by(Answer.id.desc()).limit(1)
            answer = (await ctx.session.scalars(latest)).one()
            of_it = select(Message).where(Message.id == answer.message_id)
            message = (await ctx.session.scalars(of_it)).one()
        used = [(c["title"], c["quote"]) for c in answer.candidates if c["used"]]
        return Told(answer.decision, answer.reason, used, message.body)

    async def _listen(self) -> None:
        """Let the assistant read what happened since the last time."""
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            records = await log.of_workspace(ctx, self._read)
        for record in records:
            async with self.database.begin(self.workspace, SYSTEM) as ctx:
                await listeners.answer(ctx, record.event, record)
            self._read = max(self._read, record.cursor)


@pytest.fixture
async def house(
    database: Database, workspace: UUID, clock: Clock, shop: Chat, visit: Visit, minilm: MiniLM
) -> House:
    database.ports.provide(Embedder, Remembering(minilm))
    database.ports.provide(VisitorLimits, VisitorLimits(enforced=False))
    async with database.begin(workspace, SYSTEM) as ctx:
        await help_centre.write(ctx)
        mailbox = await make_mailbox(ctx)
        for inbox_id in (shop.inbox_id, mailbox.id):
            await service.change(ctx, inbox_id, AssistantPatch(enabled=True))
    await jobs.catch_up(database, workspace)
    return House(database, workspace, clock, visit, mailbox)
