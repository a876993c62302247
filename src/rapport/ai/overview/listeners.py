"""Counting what the assistant does, as it happens."""

from collections.abc import Sequence

from rapport.ai.autopilot.events import QuestionTakenUp
from rapport.ai.overview import service
from rapport.conversations.events import ConversationHandlerChanged
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded, batch_reader


@batch_reader("ai.overview", QuestionTakenUp, ConversationHandlerChanged)
async def count(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Add questions to their day, and note whom a person took up after an answer."""
    await service.count(ctx, records)
