"""The hot path's door: how a channel hands over a message it received."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from rapport.kernel.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message on its way in.

    `client_id` makes repeating it harmless: the second delivery gets the first one's row. When the
    author is a customer, `author_id` must be the conversation's own customer, or the conversation
    does not exist for them; `by_visitor`, from a browser, it must be whoever may read it there.
    """

    workspace_id: UUID
    conversation_id: UUID
    body: str
    author_kind: str = "customer"
    author_id: UUID | None = None
    author_name: str = ""
    by_visitor: bool = False
    kind: str = "message"
    client_id: str | None = None
    html: str | None = None
    cards: list[dict[str, Any]] = field(default_factory=list)
    attachment_ids: list[UUID] = field(default_factory=list)
    answer_id: UUID | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Stored:
    """Where the message ended up; for a repeated delivery, where the first one did."""

    id: UUID
    conversation_id: UUID
    seq: int
    created_at: datetime
    body: str
    html: str
    is_duplicate: bool


class Ingest(Protocol):
    """Takes messages in by the batch. The server provides `conversations.ingest.Batcher`."""

    async def submit(self, message: NewMessage) -> Stored:
        """Store one message; it is durable when this returns.

        Attachments must already belong to the workspace (`kernel.files.service.attach`).

        Raises:
            ConversationNotFound: no such conversation, or it is another customer's.
            MessageRejected: the database refuses this message; it is kept in `rejected_messages`.
            Overloaded: too many messages are waiting; try again in a second.
        """
