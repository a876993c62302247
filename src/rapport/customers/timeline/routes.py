"""The agent API of timelines."""

from uuid import UUID

from fastapi import APIRouter

from rapport.customers.access import CanRead, CanWrite
from rapport.customers.errors import (
    CustomerErasedAlready,
    CustomerNotFound,
    EntryNotFound,
    EntryNotYours,
)
from rapport.customers.timeline import ports as known_kinds
from rapport.customers.timeline import service as timelines
from rapport.customers.timeline.schemas import (
    EntryIn,
    TimelineItemOut,
    TimelineKindOut,
    TimelineKindsOut,
)
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.http import problems

router = APIRouter(tags=["customers"], route_class=AgentRoute)


@router.get("/customer-timeline-kinds")
async def list_timeline_kinds(ctx: CanRead) -> TimelineKindsOut:
    """What kinds of things there are on timelines, and what they are filtered by."""
    return TimelineKindsOut(
        items=[TimelineKindOut(key=k.key, group=k.group) for k in known_kinds.everything()]
    )


@router.post(
    "/customers/{customer_id}/timeline",
    status_code=201,
    responses=problems(CustomerNotFound, CustomerErasedAlready),
)
async def write_on_timeline(customer_id: UUID, body: EntryIn, ctx: CanWrite) -> TimelineItemOut:
    """Write a note about a customer, or that they called."""
    return await timelines.write(ctx, customer_id, body)


@router.delete(
    "/customers/{customer_id}/timeline/{entry_id}",
    status_code=204,
    responses=problems(CustomerNotFound, CustomerErasedAlready, EntryNotFound, EntryNotYours),
)
async def remove_from_timeline(customer_id: UUID, entry_id: UUID, ctx: CanWrite) -> None:
    """Take a note or a call from a timeline: who wrote it may, and administrators."""
    await timelines.take_away(ctx, customer_id, entry_id)
