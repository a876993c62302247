"""What is on its way out, as agents see it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from rapport.kernel.cards import Card
from rapport.kernel.files.schemas import FileOut
from rapport.kernel.schemas import Out

State = Literal["held", "queued", "sending", "unknown", "sent", "failed", "cancelled"]


class RecipientOut(Out):
    """Somebody who gets a message; the name may be empty."""

    name: str
    address: str


class RecipientsOut(Out):
    """Who gets a message."""

    to: list[RecipientOut]
    cc: list[RecipientOut]
    bcc: list[RecipientOut]


class HeldDraftOut(Out):
    """What was written and can still be taken back; `body` is Markdown."""

    body: str
    html: str
    attachments: list[FileOut]
    cards: list[Card]
    subject: str | None
    quote: bool
    resolve: bool


class Author(Out):
    """Who wrote it, by what they acted as."""

    kind: str
    id: UUID | None
    name: str


class DeliveryOut(Out):
    """A message on its way out, or what became of it. `seq` is null while it is held."""

    id: UUID
    client_id: str | None
    """The name that whoever wrote it gave it; null where it was in its conversation before."""
    conversation_id: UUID
    inbox_id: UUID
    channel: str
    seq: int | None
    state: State
    due_at: datetime
    attempts: int
    reason: str | None
    response: str | None
    recipients: RecipientsOut
    refused: list[str]
    draft: HeldDraftOut | None
    author: Author
    is_automatic: bool
    sent_at: datetime | None
    created_at: datetime


class DeliveriesOut(Out):
    """What went out of a conversation, or is about to, the oldest first."""

    items: list[DeliveryOut]


class HeldDraft(Out):
    """A message that was written and is not in its conversation yet, as a delivery keeps it."""

    client_id: str
    body: str
    attachment_ids: list[UUID]
    cards: list[Card]
    subject: str | None
    resolve: bool
