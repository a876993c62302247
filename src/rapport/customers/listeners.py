"""What this room does after the fact: looks who may be the same person."""

from collections.abc import Sequence
from uuid import UUID

from rapport.customers.duplicates import service as duplicates
from rapport.customers.events import (
    CustomerCreated,
    CustomerErased,
    CustomersMerged,
    CustomersUnmerged,
    CustomerUpdated,
    IdentityAdded,
    IdentityChanged,
)
from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded, batch_reader


@batch_reader(
    "customers.duplicates",
    CustomerCreated,
    CustomerUpdated,
    CustomerErased,
    IdentityAdded,
    IdentityChanged,
    CustomersMerged,
    CustomersUnmerged,
)
async def look_for_duplicates(ctx: Ctx, records: Sequence[Recorded]) -> None:
    """Compare everybody of whom something new is known with those who share it."""
    changed: set[UUID] = set()
    for record in records:
        match record.event:
            case CustomersMerged() as event:
                await duplicates.merged(ctx, event.customer_id, event.into_id)
                changed |= {event.customer_id, event.into_id}
            case CustomersUnmerged() as event:
                await duplicates.separated(ctx, event.customer_id, event.into_id)
                changed |= {event.customer_id, event.into_id}
            case CustomerCreated() | CustomerUpdated() | CustomerErased() as event:
                changed.add(event.customer_id)
            case IdentityAdded() | IdentityChanged() as event:
                changed.add(event.customer_id)
    await duplicates.reconsider(ctx, changed)
