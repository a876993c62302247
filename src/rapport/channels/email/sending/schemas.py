"""Mail that agents send."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from rapport.conversations.schemas import Body, ClientId
from rapport.kernel.cards import Card
from rapport.kernel.emails import EmailAddress
from rapport.kernel.files.service import MAX_ATTACHMENTS
from rapport.kernel.schemas import In, Out

MAX_RECIPIENTS: Final = 50
SubjectLine = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
NameOfPerson = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
WhyNot = Literal["no_mailbox", "not_sending", "no_address", "erased"]


class RecipientIn(In):
    """Somebody who shall get a mail."""

    address: EmailAddress
    name: NameOfPerson = ""


Recipients = Annotated[list[RecipientIn], Field(max_length=MAX_RECIPIENTS)]


class PersonOut(Out):
    """A name and an address; the name may be empty."""

    name: str
    address: str


class WarningOut(Out):
    """Why mail to an address may not arrive or not be wanted."""

    address: str
    kind: Literal["bounced", "complained", "unsubscribed"]
    at: datetime
    detail: str | None


class ReplyOut(Out):
    """What the composer begins with. `why_not` says why there can be no mail, or is null."""

    inbox_id: UUID | None
    sender: PersonOut | None = Field(serialization_alias="from")
    to: list[PersonOut]
    cc: list[PersonOut]
    bcc: list[PersonOut]
    subject: str
    quote: bool
    can_quote: bool
    is_authenticated: bool
    """Whether it is proved who wrote what is answered; if not, nobody else is answered too."""
    undo_s: int
    why_not: WhyNot | None
    warnings: list[WarningOut]


class MailIn(In):
    """An answer by mail. What is left out is as `GET …/mail/reply` has it."""

    client_id: ClientId
    body: Body
    attachment_ids: list[UUID] = Field(default_factory=list, max_length=MAX_ATTACHMENTS)
    cards: list[Card] = Field(default_factory=list, max_length=10)
    inbox_id: UUID | None = Field(
        default=None, description="By which mailbox; null is the conversation's own."
    )
    to: Recipients | None = None
    cc: Recipients | None = None
    bcc: Recipients | None = None
    subject: SubjectLine | None = None
    quote: bool | None = None
    send_at: AwareDatetime | None = Field(
        default=None, description="Not before; null sends it when it can no longer be taken back."
    )
    resolve: bool = False
    expected_last_seq: int | None = Field(
        default=None, ge=0, description="Refuse when somebody else wrote after this message."
    )


class NewMailIn(In):
    """A mail that begins a conversation."""

    inbox_id: UUID
    client_id: ClientId
    to: Annotated[list[RecipientIn], Field(min_length=1, max_length=MAX_RECIPIENTS)]
    cc: Recipients = Field(default_factory=list)
    bcc: Recipients = Field(default_factory=list)
    subject: Annotated[SubjectLine, StringConstraints(min_length=1)]
    body: Body
    attachment_ids: list[UUID] = Field(default_factory=list, max_length=MAX_ATTACHMENTS)
    cards: list[Card] = Field(default_factory=list, max_length=10)
    send_at: AwareDatetime | None = None


class MailingOut(Out):
    """The conversation that a mail of ours began."""

    conversation_id: UUID
    delivery_id: UUID
