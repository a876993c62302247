"""The agent API of what customers allowed, what was changed of them, and what pains them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from rapport.customers.access import CanRead, CanWrite, Limit
from rapport.customers.consents import service as consents
from rapport.customers.consents.schemas import ConsentIn, ConsentsOut
from rapport.customers.errors import (
    CustomerErasedAlready,
    CustomerNotFound,
    PainPointNotFound,
)
from rapport.customers.history import service as history
from rapport.customers.history.schemas import ChangeOut
from rapport.customers.pains import service as pains
from rapport.customers.pains.schemas import (
    PainPointIn,
    PainPointOut,
    PainPointPatch,
    PainPointsOut,
)
from rapport.kernel.audit import service as audit
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.http import problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(prefix="/customers/{customer_id}", tags=["customers"], route_class=AgentRoute)
_WRITING = problems(CustomerNotFound, CustomerErasedAlready)


@router.get("/changes", responses=problems(CustomerNotFound, CursorMalformed))
async def list_customer_changes(
    customer_id: UUID,
    ctx: CanRead,
    field: Annotated[str | None, Query(max_length=200)] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ChangeOut]:
    """What was changed of a customer, the latest first; of one field, or of all."""
    return await history.page(ctx, customer_id, field=field, cursor=cursor, limit=limit)


@router.get("/consents", responses=problems(CustomerNotFound))
async def list_customer_consents(customer_id: UUID, ctx: CanRead) -> ConsentsOut:
    """What a customer allowed and refused, the latest first."""
    return ConsentsOut(items=await consents.everything(ctx, customer_id))


@router.put("/consents", responses=_WRITING)
async def record_customer_consent(customer_id: UUID, body: ConsentIn, ctx: CanWrite) -> ConsentsOut:
    """Note what a customer decided."""
    is_new = await consents.decide(
        ctx,
        customer_id,
        purpose=body.purpose,
        is_granted=body.is_granted,
        source=body.source,
        channel=body.channel,
        words=body.words,
    )
    if is_new:
        await audit.record(
            ctx,
            "customer.consent_recorded",
            subject=f"customer:{customer_id}",
            details={"purpose": body.purpose, "is_granted": body.is_granted},
        )
    return ConsentsOut(items=await consents.everything(ctx, customer_id))


@router.get("/pain-points", responses=problems(CustomerNotFound))
async def list_pain_points(customer_id: UUID, ctx: CanRead) -> PainPointsOut:
    """What makes a customer's life hard, open ones first."""
    return PainPointsOut(items=await pains.of(ctx, customer_id))


@router.post("/pain-points", status_code=201, responses=_WRITING)
async def add_pain_point(customer_id: UUID, body: PainPointIn, ctx: CanWrite) -> PainPointOut:
    """Note a pain point."""
    return pains.describe(await pains.add(ctx, customer_id, body.text))


@router.patch("/pain-points/{pain_point_id}", responses={**_WRITING, **problems(PainPointNotFound)})
async def change_pain_point(
    customer_id: UUID, pain_point_id: UUID, body: PainPointPatch, ctx: CanWrite
) -> PainPointOut:
    """Word a pain point anew, resolve it, or open it again."""
    return pains.describe(await pains.change(ctx, customer_id, pain_point_id, body))


@router.delete(
    "/pain-points/{pain_point_id}",
    status_code=204,
    responses={**_WRITING, **problems(PainPointNotFound)},
)
async def remove_pain_point(customer_id: UUID, pain_point_id: UUID, ctx: CanWrite) -> None:
    """Take a pain point away: it was none."""
    await pains.remove(ctx, customer_id, pain_point_id)
