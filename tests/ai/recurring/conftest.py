from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.ai.recurring import jobs, listeners
from rapport.ai.recurring.models import Problem, ProblemConversation
from rapport.conversations.models import Conversation, Inbox
from rapport.customers.models import Customer
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from tests.conftest import Begin, Clock
from tests.make.conversations import make_conversation, make_inbox, say
from tests.make.customers import make_customer

REFUND = (
    "My refund for the tent has not arrived on my bank account yet",
    "The refund of my tent is still not on my bank account",
    "Refund for the tent not arrived, my bank account shows nothing",
)
LOGIN = (
    "I cannot log in, the password reset link does not work",
    "The password reset link is broken and I cannot log in",
    "Password reset link leads nowhere, log in impossible",
)
ALONE = "Do you sell skis for children in Bergen?"


@dataclass
class Desk:
    """A workspace in which customers ask, each under a name of their own."""

    database: Database
    begin: Begin
    clock: Clock
    workspace_id: UUID
    inbox: Inbox
    customers: dict[str, Customer] = field(default_factory=dict)
    _read: log.Cursor = field(default=log.BEGINNING)

    async def ask(self, body: str, *more: str, by: str | None = None, name: str = "") -> UUID:
        """A new conversation, of somebody new unless `by` says who; its id."""
        key = by or f"somebody {len(self.customers)}"
        async with self.begin(workspace_id=self.workspace_id) as ctx:
            if key not in self.customers:
                self.customers[key] = await make_customer(ctx, name=name)
            begun: Conversation = await make_conversation(
                ctx, inbox=self.inbox, customer=self.customers[key], body=body
            )
            for text in more:
                await say(ctx, begun, text)
        return begun.id

    async def listen(self) -> None:
        """Have the reader note what happened since the last time."""
        async with self.begin(workspace_id=self.workspace_id) as ctx:
            records = await log.of_workspace(ctx, self._read, limit=5_000)
        names = {"conversations.message_added", "conversations.moved"}
        async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
            await listeners.note(ctx, [record for record in records if record.name in names])
        self._read = max([self._read, *(record.cursor for record in records)])

    async def look(self) -> None:
        """Let the reader and the job do their work."""
        await self.listen()
        await jobs.look(self.database, self.workspace_id)

    async def problems(self) -> list[Problem]:
        """Those that are not merged, the eldest first."""
        async with self.begin(workspace_id=self.workspace_id) as ctx:
            statement = select(Problem).where(
                Problem.workspace_id == ctx.workspace_id, Problem.merged_into_id.is_(None)
            )
            rows = await ctx.session.scalars(
                statement.order_by(Problem.first_seen_at, Problem.name)
            )
            return list(rows)

    async def places(self) -> Mapping[UUID, UUID | None]:
        """The problem of each conversation that was noted."""
        async with self.begin(workspace_id=self.workspace_id) as ctx:
            rows = await ctx.session.execute(
                select(ProblemConversation.conversation_id, ProblemConversation.problem_id).where(
                    ProblemConversation.workspace_id == ctx.workspace_id
                )
            )
            return {row.conversation_id: row.problem_id for row in rows}

    async def told(self, name: str = "recurring.alerted") -> list[log.Recorded]:
        """The alerts of the workspace, or other events, in order."""
        async with self.begin(workspace_id=self.workspace_id) as ctx:
            records = await log.of_workspace(ctx, log.BEGINNING, limit=5_000)
        return [record for record in records if record.name == name]


@pytest.fixture
async def desk(database: Database, begin: Begin, clock: Clock, workspace: UUID) -> Desk:
    async with begin() as ctx:
        inbox = await make_inbox(ctx)
    return Desk(database, begin, clock, workspace, inbox)


@pytest.fixture
async def elsewhere(database: Database, begin: Begin, clock: Clock, stranger: UUID) -> Desk:
    async with begin(workspace_id=stranger) as ctx:
        inbox = await make_inbox(ctx)
    return Desk(database, begin, clock, stranger, inbox)
