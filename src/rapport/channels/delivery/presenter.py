"""What agents see the moment a message leaves, or does not."""

from collections.abc import Sequence
from uuid import UUID

from rapport.channels.delivery import service
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents


async def present_deliveries(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """How each delivery stands now, for whoever looks at its conversation."""
    found = await service.describe_many(ctx, {_id(record) for record in records})
    return [
        Delivery(record, f"conversation:{it.conversation_id}", {"delivery": it})
        for record in records
        if (it := found.get(_id(record))) is not None
    ]


def _id(record: Recorded) -> UUID:
    return UUID(record.payload["delivery_id"])


presents("delivery.", present_deliveries)
