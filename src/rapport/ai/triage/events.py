"""What happens in this room, as the log tells it. Events carry ids, never texts."""

from uuid import UUID

from rapport.kernel.events import Event


class MessageRead(Event, name="triage.message_read"):
    """A customer's message was read: what it is about, how it is meant, how it hurries."""

    conversation_id: UUID
    message_id: UUID
    seq: int


class ReadingCorrected(Event, name="triage.reading_corrected"):
    """A person said that a message was read wrongly, or what it is about."""

    conversation_id: UUID
    message_id: UUID
    seq: int


class IntentChanged(Event, name="triage.intent_changed"):
    """An intent was added, changed, archived or brought back."""

    intent_id: UUID
