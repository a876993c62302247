"""When a message is read: as soon as it is stored, whichever channel it came by."""

from collections.abc import Sequence
from typing import Final

from rapport.ai.triage import service
from rapport.conversations.events import MessageAdded
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded, batch_reader

TOGETHER: Final = 16
"""So many are read at once: more would save little, and let the last one wait for the others."""


@batch_reader("ai.triage", MessageAdded, together=TOGETHER)
async def read_what_customers_wrote(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Read customers' messages; what others wrote, and notes, are nobody's to read here.

    After a pause none is lost: what came long ago is read too, but its conversation stays as it is.
    """
    places = {
        (event.conversation_id, event.seq)
        for record in records
        if isinstance(event := record.event, MessageAdded)
        and event.author_kind == "customer"
        and event.kind == "message"
    }
    if places:
        await service.read_messages(ctx, places)
