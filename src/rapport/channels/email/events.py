"""What happens to mailboxes and mail, as the log tells it."""

from uuid import UUID

from rapport.kernel.events import Event
from rapport.kernel.personal import Code


class MailboxChanged(Event, name="email.mailbox_changed"):
    """A mailbox was set up, changed or switched off; who is connected connects anew."""

    inbox_id: UUID


class MailboxHealthChanged(Event, name="email.health_changed"):
    """A mailbox began to fail, or works again."""

    inbox_id: UUID
    state: Code
    error: Code | None


class MailReceived(Event, name="email.received"):
    """A message is kept, and waits to be read."""

    inbox_id: UUID
    raw_id: UUID


class MailDetailed(Event, name="email.detailed"):
    """There is something new to show beside a message: who really sent it, or that it bounced."""

    conversation_id: UUID
    seq: int
