"""What people see of customers the moment it happens: on `customer:<id>`; of lists, on `workspace`.

Whoever looks at a customer hears of everybody merged into them too.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from rapport.customers import service as customers
from rapport.customers.errors import CustomerNotFound
from rapport.customers.events import (
    CustomersMerged,
    CustomersUnmerged,
    DuplicatesChanged,
    PainPointsChanged,
    PeopleChanged,
    TimelineGrew,
    TimelineShrank,
)
from rapport.customers.repository import CustomerRepository
from rapport.customers.schemas import CustomerOut
from rapport.customers.timeline import service as timelines
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery

TOPIC: Final = "customer:"
MANY: Final = "workspace"
_BESIDE: Final = (TimelineGrew, TimelineShrank, DuplicatesChanged, PainPointsChanged)
"""Events that change nothing of what a profile shows."""


async def shown(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """The deliveries of this room's events; each customer and entry is read once per batch."""
    events = [(record, record.event) for record in records]
    touched = {id_ for _, event in events for id_ in _about(event)}
    roots = await customers.roots(ctx, touched) if touched else {}
    changed = {
        id_ for _, event in events if not isinstance(event, _BESIDE) for id_ in _about(event)
    }
    described = await _described(ctx, {roots[id_] for id_ in changed if id_ in roots})
    grown = [e.entry_ids for _, e in events if isinstance(e, TimelineGrew)]
    entries = await timelines.many(ctx, [id_ for ids in grown for id_ in ids]) if grown else {}
    deliveries = []
    for record, event in events:
        if isinstance(event, PeopleChanged):
            body: Mapping[str, Any] = {"people": event.kind, "id": event.id}
            deliveries.append(Delivery(record, MANY, body))
            continue
        for root in dict.fromkeys(roots[id_] for id_ in _about(event) if id_ in roots):
            body = _body(event, described.get(root), entries)
            deliveries.append(Delivery(record, f"{TOPIC}{root}", body))
    return deliveries


async def is_here(ctx: Ctx, topic: str) -> bool | None:
    """Whether a topic is about a customer of this workspace; None when it is about none."""
    if not topic.startswith(TOPIC):
        return None
    try:
        await customers.get(ctx, UUID(topic.removeprefix(TOPIC)))
    except (ValueError, CustomerNotFound):
        return False
    return True


def _about(event: Any) -> list[UUID]:
    if isinstance(event, CustomersMerged | CustomersUnmerged):
        return [event.customer_id, event.into_id]
    customer_id = getattr(event, "customer_id", None)
    return [customer_id] if customer_id is not None else []


def _body(
    event: Any, customer: CustomerOut | None, entries: Mapping[UUID, Any]
) -> Mapping[str, Any]:
    match event:
        case TimelineGrew():
            return {"entries": [entries[id_] for id_ in event.entry_ids if id_ in entries]}
        case TimelineShrank():
            return {"entry_removed": event.entry_id}
        case DuplicatesChanged():
            return {"suggestions_changed": True}
        case PainPointsChanged():
            return {"pain_points_changed": True}
        case _:
            return {"customer": customer}


async def _described(ctx: Ctx, ids: set[UUID]) -> dict[UUID, CustomerOut]:
    if not ids:
        return {}
    rows = await CustomerRepository(ctx).in_order(sorted(ids))
    return {one.id: one for one in await customers.describe_many(ctx, rows)}
