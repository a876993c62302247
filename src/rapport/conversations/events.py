"""What happens to conversations, as the log tells it. Events carry ids, never texts."""

from datetime import datetime
from uuid import UUID

from rapport.kernel.events import Event
from rapport.kernel.personal import Code, Sealed


class ConversationStarted(Event, name="conversations.started"):
    """A customer, or an agent on their behalf, opened a new conversation."""

    conversation_id: UUID
    inbox_id: UUID
    customer_id: UUID
    number: int


class MessageAdded(Event, name="conversations.message_added"):
    """A message or note was stored. Written by the SQL function `ingest_messages`."""

    conversation_id: UUID
    message_id: UUID
    seq: int
    kind: Code
    author_kind: Code


class ConversationStatusChanged(Event, name="conversations.status_changed"):
    """A conversation was opened, set to pending, snoozed, resolved or reopened."""

    conversation_id: UUID
    previous: Code
    status: Code
    snoozed_until: datetime | None = None


class ConversationAssigned(Event, name="conversations.assigned"):
    """A conversation changed hands; None stands for the queue, or for no team."""

    conversation_id: UUID
    previous_id: UUID | None
    assignee_id: UUID | None
    team_id: UUID | None = None


class ConversationTagged(Event, name="conversations.tagged"):
    """The tags of a conversation changed; both lists hold only what changed."""

    conversation_id: UUID
    added: list[UUID]
    removed: list[UUID]


class ConversationPrioritised(Event, name="conversations.prioritised"):
    """A conversation became more or less urgent."""

    conversation_id: UUID
    previous: Code
    priority: Code


class ConversationHandlerChanged(Event, name="conversations.handler_changed"):
    """The assistant took over, a person joined, or the conversation was handed back."""

    conversation_id: UUID
    previous: Code
    handler: Code


class ConversationClassified(Event, name="conversations.classified"):
    """The topic or subject of a conversation was set."""

    conversation_id: UUID
    topic: Code | None
    subject: Sealed | None


class ConversationSeen(Event, name="conversations.seen"):
    """An agent read a conversation up to a message."""

    conversation_id: UUID
    agent_id: UUID
    seq: int


class CustomerSeen(Event, name="conversations.customer_seen"):
    """The customer read a conversation up to a message."""

    conversation_id: UUID
    seq: int


class DraftChanged(Event, name="conversations.draft_changed"):
    """An agent saved or dropped the draft of a reply; only their own screens care."""

    conversation_id: UUID
    agent_id: UUID


class ConversationErased(Event, name="conversations.erased"):
    """What was said in a conversation is gone; that it took place remains."""

    conversation_id: UUID


class ConversationMoved(Event, name="conversations.moved"):
    """A merge, or its undoing, gave the conversation to another customer."""

    conversation_id: UUID
    customer_id: UUID


class CatalogueChanged(Event, name="conversations.catalogue_changed"):
    """The workspace's inboxes, tags or macros changed; `kind` names which."""

    kind: Code
    id: UUID
