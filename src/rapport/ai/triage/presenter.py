"""How readings reach open consoles: on the topic of their conversation, as soon as they are there.

Intents go to the topic "workspace".
"""

from collections.abc import Sequence
from uuid import UUID

from rapport.ai.triage.catalogue.repository import IntentRepository
from rapport.ai.triage.events import IntentChanged, MessageRead, ReadingCorrected
from rapport.ai.triage.repository import ReadingRepository
from rapport.ai.triage.schemas import IntentOut
from rapport.ai.triage.showing import shown
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents


async def present(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """Current readings under `reading`, current intents under `intent`."""
    events = [(record, record.event) for record in records]
    of_messages = {
        event.message_id for _, event in events if isinstance(event, MessageRead | ReadingCorrected)
    }
    of_intents = {event.intent_id for _, event in events if isinstance(event, IntentChanged)}
    readings = await ReadingRepository(ctx).many(of_messages) if of_messages else {}
    intents = await IntentRepository(ctx).many(of_intents) if of_intents else {}
    deliveries = list[Delivery]()
    for record, event in events:
        match event:
            case MessageRead() | ReadingCorrected() if event.message_id in readings:
                body = {"reading": shown(readings[event.message_id])}
                deliveries.append(Delivery(record, _thread(event.conversation_id), body))
            case IntentChanged() if event.intent_id in intents:
                row = IntentOut.model_validate(intents[event.intent_id])
                deliveries.append(Delivery(record, "workspace", {"intent": row}))
            case _:
                pass  # gone since
    return deliveries


def _thread(conversation_id: UUID) -> str:
    return f"conversation:{conversation_id}"


presents("triage.", present)
