"""A desk that gets mail and answers it, by a mail server that keeps what it gets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import select

import rapport.channels.delivery.listeners
import rapport.channels.email.sending.adapter
import rapport.channels.email.sending.listeners  # noqa: F401 - they register themselves
from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.outbox import Outbox
from rapport.channels.email.models import Mailbox, RawMail
from rapport.channels.email.sending import service
from rapport.channels.email.sending.schemas import MailIn
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import Secrets
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.conversations.ports import NewMessage
from rapport.kernel.context import SYSTEM, Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.dns import Dns
from rapport.kernel.events import readers
from rapport.kernel.events.log import BEGINNING, of_workspace
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.dns import Zone
from tests.make.conversations import make_agent
from tests.make.mail import letter, make_mailbox, receive
from tests.sink import Sink, Taken

OF_MAIL = ("delivery.queue", "email.acknowledge", "email.resume")


class Desk:
    """A workspace that gets mail and answers it, by a mail server that keeps what it gets."""

    def __init__(self, database: Database, workspace: UUID, clock: Clock, sink: Sink) -> None:
        self.database = database
        self.workspace = workspace
        self.clock = clock
        self.sink = sink
        self.mailbox: Mailbox
        self.agent: Actor

    async def set_up(self, **values: Any) -> Mailbox:
        """Another mailbox, which sends to the sink."""
        secrets = values.pop("secrets", None)
        given = {"outgoing": self.sink.outgoing, "quoting": False, **values}
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            made = await make_mailbox(ctx, **given)
            if secrets:
                await settings.change_secrets(ctx, made, Secrets.model_validate(secrets))
            return made

    async def change(self, **values: Any) -> None:
        """Set the mailbox up otherwise."""
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            mailbox = await settings.mailbox(ctx, self.mailbox.id)
            for name, value in values.items():
                setattr(mailbox, name, value)
            await settings.touched(ctx, mailbox)

    async def get(self, text: str = "Where is my parcel?", **given: Any) -> UUID:
        """Let a mail arrive; the conversation it is in."""
        mailbox = given.pop("mailbox", self.mailbox)
        raw = given.pop("raw", None) or letter(self.clock, text, **{"to": mailbox.address, **given})
        raw_id = await receive(self.database, self.workspace, mailbox, raw)
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            row = await ctx.session.get(RawMail, (self.workspace, raw_id))
        assert row is not None
        assert row.conversation_id is not None, row.reason
        return row.conversation_id

    async def answer(self, talk: UUID, body: str = "It is on its way.", **given: Any) -> Delivery:
        """Have the agent answer by mail."""
        mail = MailIn.model_validate({"client_id": str(new_id()), "body": body, **given})
        async with self.database.begin(self.workspace, self.agent) as ctx:
            return await service.reply(ctx, talk, mail)

    async def sent(self, talk: UUID, body: str = "It is on its way.", **given: Any) -> Taken:
        """Have the agent answer by mail, and what the mail server got of it."""
        await self.answer(talk, body, **given)
        await self.work()
        return self.sink.taken[-1]

    async def machine_says(self, talk: UUID, body: str = "Return it within 30 days.") -> None:
        """Have the assistant answer."""
        message = NewMessage(
            workspace_id=self.workspace,
            conversation_id=talk,
            body=body,
            author_kind="assistant",
            author_name="Robin",
        )
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            await conversations.append(ctx, talk, message)

    async def listen(self) -> None:
        """Let the readers of mail handle the whole log of the workspace."""
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            records = await of_workspace(ctx, BEGINNING, limit=10_000)
        for key in OF_MAIL:
            reader = readers.find(key)
            named = [it for it in records if it.name in reader.names]
            async with self.database.begin(self.workspace, SYSTEM) as ctx:
                chosen = await reader.sift(ctx, named) if reader.sift else named
            for record in chosen:
                async with self.database.begin(self.workspace, SYSTEM) as ctx:
                    await reader.handle(ctx, [record])

    async def work(self) -> None:
        """Let the outbox send what is due."""
        await Outbox(self.database).work(self.workspace)

    async def talks(self) -> list[UUID]:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return list(await ctx.session.scalars(select(Conversation.id)))

    async def deliveries(self) -> list[Delivery]:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return list(await ctx.session.scalars(select(Delivery).order_by(Delivery.id)))

    async def last(self) -> Delivery:
        return (await self.deliveries())[-1]


@asynccontextmanager
async def open_desk(
    database: Database, workspace: UUID, clock: Clock, settings: Settings
) -> AsyncIterator[Desk]:
    """A desk with one mailbox and one agent."""
    async with Sink() as sink:
        allowed = settings.model_copy(update={"egress_allow": [sink.pair]})
        database.ports.provide(Settings, allowed)
        database.ports.provide(Dns, Zone())
        desk = Desk(database, workspace, clock, sink)
        desk.mailbox = await desk.set_up()
        async with database.begin(workspace, SYSTEM) as ctx:
            desk.agent = await make_agent(ctx)
        yield desk
