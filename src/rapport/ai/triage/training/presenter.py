"""How models reach open consoles: on the topic "workspace", as lists show them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from rapport.ai.triage.training import service
from rapport.ai.triage.training.repository import TrainedModelRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents

TOPIC: Final = "workspace"


async def shown(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """The present state of each model under `triage_model`."""
    models = TrainedModelRepository(ctx)
    ids = [UUID(record.payload["model_id"]) for record in records]
    rows, kept = await models.many(set(ids)), {one.id for one in await models.kept()}
    return [
        Delivery(record, TOPIC, {"triage_model": service.row_of(rows[id_], kept)})
        for record, id_ in zip(records, ids, strict=True)
        if id_ in rows
    ]


presents("triage.model_", shown)
