"""The agent API of customers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from rapport.customers import service as customers
from rapport.customers.errors import (
    CustomerAlreadyMerged,
    CustomerErasedAlready,
    CustomerNotFound,
    CustomerNotMerged,
    CustomersTheSame,
)
from rapport.customers.schemas import CustomerOut, CustomerPatch, MergeIn, TimelineItemOut
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(prefix="/customers", tags=["customers"], route_class=AgentRoute)

CanRead = Annotated[Ctx, Depends(Permitted("customers.read"))]
CanWrite = Annotated[Ctx, Depends(Permitted("customers.write"))]
CanMerge = Annotated[Ctx, Depends(Permitted("customers.merge"))]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", responses=problems(CursorMalformed))
async def list_customers(
    ctx: CanRead,
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CustomerOut]:
    """Customers last seen first; with `q`, those whose name or address contains all its words."""
    return await customers.find(ctx, words=q, cursor=cursor, limit=limit)


@router.get("/{customer_id}", responses=problems(CustomerNotFound))
async def read_customer(customer_id: UUID, ctx: CanRead) -> CustomerOut:
    """One customer; of a merged one, who they became."""
    return await customers.describe(ctx, await customers.get(ctx, customer_id))


@router.patch("/{customer_id}", responses=problems(CustomerNotFound, CustomerErasedAlready))
async def change_customer(customer_id: UUID, body: CustomerPatch, ctx: CanWrite) -> CustomerOut:
    """Change what is known about a customer."""
    return await customers.describe(ctx, await customers.update(ctx, customer_id, body))


@router.get("/{customer_id}/timeline", responses=problems(CustomerNotFound, CursorMalformed))
async def read_timeline(
    customer_id: UUID, ctx: CanRead, cursor: str | None = None, limit: Limit = 50
) -> Page[TimelineItemOut]:
    """What happened to a customer, newest first."""
    return await customers.timeline(ctx, customer_id, cursor=cursor, limit=limit)


@router.post(
    "/{customer_id}/merge",
    responses=problems(CustomerNotFound, CustomersTheSame, CustomerAlreadyMerged),
)
async def merge_customer(customer_id: UUID, body: MergeIn, ctx: CanMerge) -> CustomerOut:
    """Make a customer part of another one, who is returned."""
    return await customers.describe(ctx, await customers.merge(ctx, customer_id, body.into_id))


@router.post("/{customer_id}/unmerge", responses=problems(CustomerNotFound, CustomerNotMerged))
async def unmerge_customer(customer_id: UUID, ctx: CanMerge) -> CustomerOut:
    """Undo the merge of a customer, who is returned."""
    return await customers.describe(ctx, await customers.unmerge(ctx, customer_id))
