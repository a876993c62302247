"""What follows from what happens to conversations, customers and settings."""

from collections.abc import Sequence

from rapport.ai.solved import service
from rapport.ai.solved.settings import KEY
from rapport.conversations.events import (
    ConversationErased,
    ConversationMoved,
    ConversationStatusChanged,
)
from rapport.customers.events import CustomerUpdated, IdentityAdded
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded, batch_reader, reader
from rapport.kernel.settings.workspace import SettingsChanged


@batch_reader("ai.solved", ConversationStatusChanged, ConversationMoved, ConversationErased)
async def follow_conversations(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Queue what was resolved; forget what was reopened, merged or erased."""
    ids = {record.payload["conversation_id"] for record in records}
    await service.follow(ctx, sorted(ids))


@reader("ai.solved.customers", CustomerUpdated, IdentityAdded)
async def follow_customers(
    ctx: Ctx, event: CustomerUpdated | IdentityAdded, record: Recorded
) -> None:
    """Look again at what is told of a customer of whom something else is known now."""
    await service.look_again(ctx, event.customer_id)


@reader("ai.solved.settings", SettingsChanged)
async def follow_settings(ctx: Ctx, event: SettingsChanged, record: Recorded) -> None:
    """Let what is used fit the settings, whoever changed them."""
    if event.key == KEY:
        await service.settle(ctx)
