"""Taking somebody out of a model."""

from collections.abc import Collection
from uuid import UUID

from rapport.ai.triage.intents.model import read


def without(content: bytes, conversations: Collection[UUID]) -> bytes:
    """The file of a model without what it remembers of messages of these conversations.

    Its words and their weights stay: they are sums over many people's messages, and none is one
    customer's alone.

    Raises:
        ModelUnreadable: it is no model, or of another form.
    """
    if not conversations:
        return content
    return read(content).without({one.bytes for one in conversations}).written()
