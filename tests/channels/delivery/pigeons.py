"""A channel that exists only in tests: messages go out by pigeon."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Addressed, Outcome, Result, Undeliverable
from rapport.conversations import service as conversations
from rapport.conversations.schemas import MessageOut
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database

ARRIVED = Outcome(Result.SENT, "coo")
ADA = {"to": [{"name": "Ada", "address": "ada"}], "cc": [], "bcc": []}


@dataclass
class Loft:
    """Sends pigeons; what becomes of each is planned, and after that each arrives."""

    channel: str = "pigeon"
    can_repeat: bool = True
    plan: list[Outcome | BaseException] = field(default_factory=list)
    sent: list[tuple[UUID, bytes]] = field(default_factory=list)
    composed: int = 0
    names: list[str] = field(default_factory=list)
    """Those that others gave to what arrived."""
    forgets: bool = False
    """Whether such a name cannot be noted."""
    refuses: str | None = None
    breaks: bool = False
    is_automatic: bool = False
    arrivals: asyncio.Queue[UUID] = field(default_factory=asyncio.Queue)

    async def address(self, ctx: Ctx, message: MessageOut, *, by: str) -> Addressed | None:
        return replace(addressed(inbox_id=await self._inbox(ctx)), is_automatic=self.is_automatic)

    async def _inbox(self, ctx: Ctx) -> UUID:
        found = [it.id for it in await conversations.inboxes(ctx) if it.channel == self.channel]
        return found[0]

    async def queued(self, ctx: Ctx, delivery: Delivery) -> str:
        return f"ring-{delivery.id}"

    async def renamed(self, ctx: Ctx, delivery: Delivery, reference: str) -> None:
        if self.forgets:
            raise ZeroDivisionError
        self.names.append(reference)

    async def compose(self, ctx: Ctx, delivery: Delivery) -> bytes:
        if self.refuses:
            raise Undeliverable(self.refuses)
        if self.breaks:
            raise ZeroDivisionError
        self.composed += 1
        return f"{delivery.reference} {self.composed}".encode()

    def line(self, database: Database, workspace_id: UUID, inbox_id: UUID) -> "Loft":
        return self

    async def send(self, delivery: Delivery, body: bytes) -> Outcome:
        self.sent.append((delivery.id, body))
        self.arrivals.put_nowait(delivery.id)
        outcome = self.plan.pop(0) if self.plan else ARRIVED
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def close(self) -> None:
        pass


def addressed(
    inbox_id: UUID, peer: str = "ada", *, cc: Sequence[str] = (), **values: Any
) -> Addressed:
    recipients = {**ADA, "cc": [{"name": "", "address": one} for one in cc]}
    return Addressed(inbox_id=inbox_id, peer=peer, recipients=recipients, **values)
