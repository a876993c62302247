"""How recurring issues reach open consoles: on the topic "workspace"."""

from collections.abc import Sequence
from uuid import UUID

from rapport.ai.recurring.reading.repository import ReadingRepository
from rapport.ai.recurring.schemas import ProblemOut
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents

TOPIC = "workspace"


async def present(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """The problem as it is now under `problem`; with an alert its `kind` and `count`."""
    ids = {UUID(record.payload["problem_id"]) for record in records}
    known = {
        row.id: ProblemOut.model_validate(row) for row in await ReadingRepository(ctx).by_ids(ids)
    }
    return [
        Delivery(record, TOPIC, {"problem": known[id_], **_alert(record)})
        for record in records
        if (id_ := UUID(record.payload["problem_id"])) in known
    ]


def _alert(record: Recorded) -> dict[str, object]:
    if record.name != "recurring.alerted":
        return {}
    return {"alert": {name: record.payload[name] for name in ("kind", "count")}}


presents("recurring.", present)
