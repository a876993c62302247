"""The agent API of customers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from rapport.customers import service as customers
from rapport.customers.access import CanMerge, CanRead, CanWrite, Limit
from rapport.customers.errors import (
    AddressInvalid,
    AddressNotFound,
    AttributeInvalid,
    CustomerAlreadyMerged,
    CustomerErasedAlready,
    CustomerNotFound,
    CustomerNotMerged,
    CustomersTheSame,
    IdentityTaken,
)
from rapport.customers.schemas import (
    CustomerIn,
    CustomerOut,
    CustomerPatch,
    IdentityIn,
    IdentityPatch,
    MergeIn,
    MergesOut,
)
from rapport.customers.timeline.schemas import TimelineItemOut
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.http import problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(prefix="/customers", tags=["customers"], route_class=AgentRoute)
Some = Annotated[list[str], Query(max_length=50)]


@router.get("", responses=problems(CursorMalformed))
async def list_customers(
    ctx: CanRead,
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CustomerOut]:
    """Customers last seen first; with `q`, those whose name or address contains all its words."""
    return await customers.find(ctx, words=q, cursor=cursor, limit=limit)


@router.post(
    "", status_code=201, responses=problems(IdentityTaken, AddressInvalid, AttributeInvalid)
)
async def add_customer(body: CustomerIn, ctx: CanWrite) -> CustomerOut:
    """Add a customer by hand."""
    return await customers.describe(ctx, await customers.introduce(ctx, body))


@router.get("/{customer_id}", responses=problems(CustomerNotFound))
async def read_customer(customer_id: UUID, ctx: CanRead) -> CustomerOut:
    """One customer; of a merged one, who they became."""
    return await customers.describe(ctx, await customers.get(ctx, customer_id))


@router.patch(
    "/{customer_id}",
    responses=problems(CustomerNotFound, CustomerErasedAlready, AttributeInvalid),
)
async def change_customer(customer_id: UUID, body: CustomerPatch, ctx: CanWrite) -> CustomerOut:
    """Change what is known about a customer."""
    return await customers.describe(ctx, await customers.update(ctx, customer_id, body))


@router.post(
    "/{customer_id}/identities",
    responses=problems(CustomerNotFound, CustomerErasedAlready, IdentityTaken, AddressInvalid),
)
async def add_customer_identity(customer_id: UUID, body: IdentityIn, ctx: CanWrite) -> CustomerOut:
    """Give a customer one more address."""
    customer = await customers.attach(
        ctx, customer_id, body.channel, body.address, verified=body.verified
    )
    return await customers.describe(ctx, customer)


@router.patch(
    "/{customer_id}/identities/{identity_id}",
    responses=problems(CustomerNotFound, AddressNotFound, CustomerErasedAlready),
)
async def change_customer_identity(
    customer_id: UUID, identity_id: UUID, body: IdentityPatch, ctx: CanWrite
) -> CustomerOut:
    """Say that an address is shared by several people, or that it is proved."""
    customer = await customers.mark(
        ctx, customer_id, identity_id, is_shared=body.is_shared, verified=bool(body.verified)
    )
    return await customers.describe(ctx, customer)


@router.delete(
    "/{customer_id}/identities/{identity_id}",
    status_code=204,
    responses=problems(CustomerNotFound, AddressNotFound, CustomerErasedAlready),
)
async def remove_customer_identity(customer_id: UUID, identity_id: UUID, ctx: CanWrite) -> None:
    """Take an address from a customer; what was said there stays."""
    await customers.remove_identity(ctx, customer_id, identity_id)


@router.get("/{customer_id}/timeline", responses=problems(CustomerNotFound, CursorMalformed))
async def read_timeline(
    customer_id: UUID,
    ctx: CanRead,
    group: Some = [],  # noqa: B006 - FastAPI copies it
    kind: Some = [],  # noqa: B006
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[TimelineItemOut]:
    """What happened to a customer, newest first; of some groups or kinds, or all."""
    return await customers.timeline(
        ctx, customer_id, groups=group, kinds=kind, cursor=cursor, limit=limit
    )


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


@router.get("/{customer_id}/merges", responses=problems(CustomerNotFound))
async def list_customer_merges(customer_id: UUID, ctx: CanRead) -> MergesOut:
    """With whom a customer was made one, the latest first."""
    return MergesOut(items=await customers.merges(ctx, customer_id))
