"""What a channel brings to have its messages delivered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from rapport.channels.delivery.models import Delivery
from rapport.conversations.schemas import MessageOut
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError


class Undeliverable(RapportError):
    """This can never be sent as it is; trying again does not help."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        """Say why in a word of ours, such as `attachment_gone`."""
        self.reason = reason
        super().__init__(detail)


class Result(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    """The other side has taken it."""
    RETRY = "retry"
    """It may take it later."""
    REJECTED = "rejected"
    """It will never take it."""
    AUTH = "auth"
    """It does not let us in: the inbox needs attention."""
    UNKNOWN = "unknown"
    """It may have taken it, and nobody knows."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt, with the other side's words."""

    result: Result
    response: str = ""
    reason: str | None = None
    """A word of ours, e.g. `recipients_refused`."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Recipients who will never get it, with the other side's words."""
    left: tuple[str, ...] = ()
    """Recipients to whom it has still to be sent; others have it already."""
    reference: str | None = None
    """By what the other side knows what it has taken, when it gave it a name of its own."""
    retry_after_s: float | None = None
    """When to try again; left out, ever more slowly."""
    blocks_inbox: bool = False
    """Whether nothing else of this inbox would fare better for the moment."""
    was_tried: bool = True
    """Whether the other side was asked at all."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Who gets a message, and how. `withheld` says in a word of ours why it is not sent."""

    inbox_id: UUID
    peer: str
    recipients: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    is_automatic: bool = False
    withheld: str | None = None


class Line(Protocol):
    """A way out of one inbox, kept open for what goes out in a row."""

    async def send(self, delivery: Delivery, body: bytes) -> Outcome:
        """Send the same bytes as every other attempt. Never raises for what the other side does."""

    async def close(self) -> None:
        """Hang up."""


class Sender(Protocol):
    """How one channel sends."""

    channel: str
    can_repeat: bool
    """Whether the other side sees that a message sent twice is one."""

    async def address(self, ctx: Ctx, message: MessageOut, *, by: str) -> Addressed | None:
        """To whom a message goes that was written without saying so; None when to nobody.

        `by` is the actor that wrote it, as the log has it.
        """

    async def queued(self, ctx: Ctx, delivery: Delivery) -> str:
        """By what the other side will know this, now that it is decided to send it: once."""

    async def renamed(self, ctx: Ctx, delivery: Delivery, reference: str) -> None:
        """Note that the other side knows a delivery by another name too: as it is marked sent."""

    async def compose(self, ctx: Ctx, delivery: Delivery) -> bytes:
        """The bytes to send; asked once for each delivery.

        Raises:
            Undeliverable: there is no way to say this on the channel.
        """

    def line(self, database: Database, workspace_id: UUID, inbox_id: UUID) -> Line:
        """A way out of an inbox; it is opened by the first message."""


_senders: Final[dict[str, Sender]] = {}


def register(sender: Sender) -> None:
    """Let a channel send; registering it again replaces it."""
    _senders[sender.channel] = sender


def sender_of(channel: str) -> Sender | None:
    """How a channel sends; None of one that needs no sending, such as the web chat."""
    return _senders.get(channel)
