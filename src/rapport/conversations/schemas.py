"""What the agent API says about conversations. Output fields are always present."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.kernel.cards import Card
from rapport.kernel.schemas import In, Out

MAX_BODY_CHARS = 20_000
MAX_ATTACHMENTS = 20

Status = Literal["open", "pending", "snoozed", "resolved"]
Priority = Literal["low", "normal", "high", "urgent"]
Handler = Literal["assistant", "agent", "none"]
MessageKind = Literal["message", "note", "system"]
AuthorKind = Literal["customer", "agent", "assistant", "system"]
PreviewKind = Literal["customer", "agent", "assistant", "system", "note"]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Body = Annotated[str, StringConstraints(max_length=MAX_BODY_CHARS, pattern=r"^[^\x00]*$")]
ClientId = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\w.:@<>+-]+$")
]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class View(StrEnum):
    """The lists of the inbox. `all` are the open and pending conversations of everybody."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Sort(StrEnum):
    """Newest activity first, or longest waiting customer first."""

    RECENT = "recent"
    WAITING = "waiting"


class CustomerBrief(Out):
    """Who asks, as a list shows it. An empty name is a visitor who has not said it."""

    id: UUID
    name: str
    email: str | None
    verified: bool


class ConversationState(Out):
    """A conversation as everybody on the team sees it; what realtime events carry."""

    id: UUID
    number: int
    inbox_id: UUID
    customer: CustomerBrief
    subject: str | None
    status: Status
    snoozed_until: datetime | None
    assignee_id: UUID | None
    team_id: UUID | None
    tag_ids: list[UUID]
    priority: Priority
    handler: Handler
    preview: str
    preview_kind: PreviewKind
    last_seq: int
    last_activity_at: datetime
    waiting_since: datetime | None
    created_at: datetime
    resolved_at: datetime | None
    customer_seen_seq: int
    topic: str | None
    is_erased: bool
    version: int


class ConversationOut(ConversationState):
    """A conversation with the reading agent's own mark: unread = last_seq - seen_seq."""

    seen_seq: int


class Author(Out):
    """Who wrote a message."""

    kind: AuthorKind
    id: UUID | None
    name: str


class Attachment(Out):
    """A file sent along; `url` is signed and expires."""

    id: UUID
    name: str
    content_type: str
    size_bytes: int
    url: str
    preview_url: str | None
    width: int | None
    height: int | None


class MessageOut(Out):
    """One thing said in a conversation, or a note only the team sees."""

    id: UUID
    conversation_id: UUID
    seq: int
    kind: MessageKind
    author: Author
    body: str
    html: str
    cards: list[Card]
    attachments: list[Attachment]
    answer_id: UUID | None
    client_id: str | None
    created_at: datetime


class VisitorAuthor(Out):
    """Who wrote, as the customer may know it: no ids, no addresses."""

    kind: Literal["me", "agent", "assistant", "system"]
    name: str


class VisitorMessage(Out):
    """A message as its customer sees it. Notes have no such form."""

    id: UUID
    conversation_id: UUID
    seq: int
    author: VisitorAuthor
    body: str
    html: str
    cards: list[Card]
    attachments: list[Attachment]
    client_id: str | None
    created_at: datetime


class AgentName(Out):
    """The agent a customer talks to."""

    name: str


class VisitorConversation(Out):
    """A conversation as its customer sees it; `last_seq` leaves notes out."""

    id: UUID
    status: Status
    preview: str
    last_seq: int
    seen_seq: int
    agent_seen_seq: int
    last_activity_at: datetime
    assignee: AgentName | None
    handler: Handler


class Counter(Out):
    """How many, at most 100; `capped` says there are more."""

    count: int
    capped: bool


class Counters(Out):
    """The numbers beside the views. `unread` counts my own conversations with something new."""

    mine: Counter
    unassigned: Counter
    all: Counter
    snoozed: Counter
    resolved: Counter
    unread: Counter


class InboxOut(Out):
    """A configured connection of a channel."""

    id: UUID
    name: str
    channel: str
    is_enabled: bool
    created_at: datetime


class TagOut(Out):
    """A label for conversations."""

    id: UUID
    name: str
    colour: str


class MacroOut(Out):
    """A prepared reply."""

    id: UUID
    name: str
    body: str


class DraftOut(Out):
    """A reply the agent has not sent yet."""

    body: str
    kind: Literal["message", "note"]
    updated_at: datetime


class ReadBy(Out):
    """How far an agent has read."""

    agent_id: UUID
    seq: int
    seen_at: datetime


class SearchHit(Out):
    """A conversation that contains the words, and the passage that does."""

    conversation: ConversationOut
    snippet: str


class RejectedOut(Out):
    """A message the database refused, kept with the reason."""

    id: UUID
    conversation_id: UUID
    reason: str
    payload: str
    attempts: int
    created_at: datetime


class MessageIn(In):
    """A reply or a note. Repeating it with the same `client_id` changes nothing."""

    client_id: ClientId
    kind: Literal["message", "note"] = "message"
    body: Body
    attachment_ids: list[UUID] = Field(default_factory=list, max_length=MAX_ATTACHMENTS)
    cards: list[Card] = Field(default_factory=list, max_length=10)
    resolve: bool = False
    expected_last_seq: int | None = Field(
        default=None, ge=0, description="Refuse when somebody else wrote after this message."
    )


class ConversationIn(In):
    """A conversation an agent starts."""

    inbox_id: UUID
    customer_id: UUID
    subject: Annotated[str, StringConstraints(max_length=200)] | None = None
    body: Body
    client_id: ClientId | None = None


class AssigneeIn(In):
    """Who should hold the conversation."""

    assignee_id: UUID | None = Field(description="The agent, or null for the queue.")


class TeamIn(In):
    """Which team should hold the conversation."""

    team_id: UUID | None


class StatusIn(In):
    """Where the conversation stands now; `snoozed` needs `snoozed_until`."""

    status: Status
    snoozed_until: datetime | None = None


class TagsIn(In):
    """All tags the conversation shall have."""

    tag_ids: list[UUID] = Field(max_length=50)


class PriorityIn(In):
    """How urgent it is."""

    priority: Priority


class SeenIn(In):
    """Up to which message it was read."""

    seq: int = Field(ge=0)


class HandlerIn(In):
    """Who answers: `assistant` hands the conversation back to the machine."""

    handler: Handler


class DraftIn(In):
    """A reply to finish later."""

    body: Body
    kind: Literal["message", "note"] = "message"


class TagIn(In):
    """A new tag."""

    name: Name
    colour: Colour = "#868e96"


class TagPatch(In):
    """What to change about a tag."""

    name: Name | None = None
    colour: Colour | None = None


class MacroIn(In):
    """A new prepared reply."""

    name: Name
    body: Body


class MacroPatch(In):
    """What to change about a macro."""

    name: Name | None = None
    body: Body | None = None


class BulkIn(In):
    """One change for many conversations; `action` says which field is read."""

    ids: list[UUID] = Field(min_length=1, max_length=100)
    action: Literal["assign", "team", "status", "tag", "untag", "priority", "seen"]
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    status: Status | None = None
    snoozed_until: datetime | None = None
    tag_ids: list[UUID] = Field(default_factory=list, max_length=50)
    priority: Priority | None = None
