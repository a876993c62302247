"""How changes of sources reach open consoles: on the topic "workspace", to whoever reads along."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents
from rapport.knowledge.sources.repository import DocumentRepository, SourceRepository
from rapport.knowledge.sources.schemas import DocumentRow, SourceOut

TOPIC = "workspace"


async def present(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """Current rows under `source` or `document`; of what is gone, its id under `deleted_id`."""
    deliveries = []
    for record in records:
        ((field, value),) = record.payload.items()
        body: dict[str, Any] | None = None
        if record.name.endswith("_deleted"):
            body = {"deleted_id": value}
        elif field == "source_id":
            source = await SourceRepository(ctx).find(UUID(value))
            body = None if source is None else {"source": SourceOut.model_validate(source)}
        else:
            document = await DocumentRepository(ctx).find(UUID(value))
            body = None if document is None else {"document": DocumentRow.model_validate(document)}
        if body is not None:
            deliveries.append(Delivery(record, TOPIC, body))
    return deliveries


presents("knowledge.source_", present)
presents("knowledge.document_", present)
