"""What becomes of what we send, as the log tells it."""

from uuid import UUID

from rapport.kernel.events import Event
from rapport.kernel.personal import Code


class DeliveryChanged(Event, name="delivery.changed"):
    """A message was held, queued, sent, refused or taken back."""

    delivery_id: UUID
    conversation_id: UUID
    seq: int | None
    state: Code
