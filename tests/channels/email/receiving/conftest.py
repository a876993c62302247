from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.channels.email.models import Mailbox, MailDetail, RawMail
from rapport.conversations.models import Conversation, Message
from rapport.customers.models import Customer
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.dns import Dns
from rapport.kernel.models import WorkspaceModel
from tests.conftest import Clock
from tests.dns import Zone
from tests.make.mail import letter, make_mailbox, receive

T = TypeVar("T", bound=WorkspaceModel)


class Desk:
    """A workspace that gets mail, and what it made of it."""

    def __init__(self, database: Database, workspace: UUID, clock: Clock) -> None:
        self.database = database
        self.workspace = workspace
        self.clock = clock
        self.mailbox: Mailbox

    async def get(
        self, text: str = "Where is my parcel?", *, raw: bytes | None = None, **given: Any
    ) -> RawMail:
        """Let a message arrive; what became of it."""
        how = {k: given.pop(k) for k in ("source", "envelope", "mailbox") if k in given}
        mailbox = how.pop("mailbox", self.mailbox)
        raw = letter(self.clock, text, **given) if raw is None else raw
        raw_id = await receive(self.database, self.workspace, mailbox, raw, **how)
        assert raw_id is not None, "its source was known"
        return await self.raw(raw_id)

    async def raw(self, raw_id: UUID) -> RawMail:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return (await ctx.session.scalars(select(RawMail).where(RawMail.id == raw_id))).one()

    async def messages(self, conversation_id: UUID | None) -> list[Message]:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            rows = await ctx.session.scalars(
                select(Message)
                .where(Message.conversation_id == conversation_id)
                .order_by(Message.seq)
            )
            return list(rows)

    async def detail(self, raw: RawMail) -> MailDetail:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            rows = await ctx.session.scalars(
                select(MailDetail).where(
                    MailDetail.conversation_id == raw.conversation_id, MailDetail.seq == raw.seq
                )
            )
            return rows.one()

    async def conversation(self, raw: RawMail) -> Conversation:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return await _one(ctx, Conversation, raw.conversation_id)

    async def customer(self, raw: RawMail) -> Customer:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return await _one(ctx, Customer, raw.customer_id)

    async def conversations(self) -> list[Conversation]:
        async with self.database.begin(self.workspace, SYSTEM) as ctx:
            return list(
                await ctx.session.scalars(select(Conversation).order_by(Conversation.number))
            )


async def _one(ctx: Ctx, model: type[T], id_: UUID | None) -> T:
    return (await ctx.session.scalars(select(model).where(model.id == id_))).one()


@pytest.fixture(autouse=True)
def zone(database: Database) -> Zone:
    zone = Zone()
    database.ports.provide(Dns, zone)
    return zone


@pytest.fixture
async def desk(database: Database, workspace: UUID, clock: Clock) -> Desk:
    desk = Desk(database, workspace, clock)
    async with database.begin(workspace, SYSTEM) as ctx:
        desk.mailbox = await make_mailbox(ctx)
    return desk
