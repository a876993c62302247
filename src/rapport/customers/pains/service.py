"""What makes customers' lives hard: noticed by people, resolved by people."""

from uuid import UUID

from rapport.customers.errors import PainPointNotFound
from rapport.customers.events import PainPointsChanged
from rapport.customers.history.service import by
from rapport.customers.models import PainPoint
from rapport.customers.pains.repository import PainPointRepository
from rapport.customers.pains.schemas import PainPointOut, PainPointPatch
from rapport.customers.profiles import get
from rapport.customers.repository import CustomerRepository
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit


async def of(ctx: Ctx, customer_id: UUID) -> list[PainPointOut]:
    """Those of a customer and everybody merged into them, open ones first.

    Raises:
        CustomerNotFound: no such customer in this workspace.
    """
    family = await CustomerRepository(ctx).family((await get(ctx, customer_id)).id)
    return [describe(row) for row in await PainPointRepository(ctx).of(family)]


async def add(ctx: Ctx, customer_id: UUID, text: str, *, source: str = "person") -> PainPoint:
    """Note a pain point.

    Raises:
        CustomerNotFound, CustomerErasedAlready: nothing is noted about them.
    """
    customer = await get(ctx, customer_id, lock=True)
    made = await PainPointRepository(ctx).add(
        customer_id=customer.id,
        text=text,
        source=source,
        actor=str(ctx.actor),
        actor_name=ctx.actor.name,
        resolved_at=None,
        resolved_by="",
    )
    await _told(ctx, customer.id, made.id, "customer.pain_point_added")
    return made


async def change(
    ctx: Ctx, customer_id: UUID, pain_point_id: UUID, patch: PainPointPatch
) -> PainPoint:
    """Word a pain point anew, resolve it or open it again; changing nothing announces nothing.

    Raises:
        CustomerNotFound, PainPointNotFound: not here, or not theirs.
    """
    customer_id, row = await _theirs(ctx, customer_id, pain_point_id)
    before = (row.text, row.resolved_at)
    if patch.text is not None:
        row.text = patch.text
    if patch.is_resolved is not None and patch.is_resolved != (row.resolved_at is not None):
        row.resolved_at = ctx.now() if patch.is_resolved else None
        row.resolved_by = ctx.actor.name if patch.is_resolved else ""
    if before != (row.text, row.resolved_at):
        await ctx.session.flush()
        await _told(ctx, customer_id, row.id, "customer.pain_point_changed")
    return row


async def remove(ctx: Ctx, customer_id: UUID, pain_point_id: UUID) -> None:
    """Take a pain point away: it was none.

    Raises:
        CustomerNotFound, PainPointNotFound: not here, or not theirs.
    """
    customer_id, row = await _theirs(ctx, customer_id, pain_point_id)
    await PainPointRepository(ctx).remove(row)
    await _told(ctx, customer_id, pain_point_id, "customer.pain_point_removed")


def describe(row: PainPoint) -> PainPointOut:
    """A pain point as the API tells it."""
    return PainPointOut(
        id=row.id,
        text=row.text,
        source=row.source,
        created_at=row.created_at,
        by=by(row.actor, row.actor_name),
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by or None,
    )


async def _theirs(ctx: Ctx, customer_id: UUID, pain_point_id: UUID) -> tuple[UUID, PainPoint]:
    customer = await get(ctx, customer_id, lock=True)
    row = await PainPointRepository(ctx).get(pain_point_id, lock=True)
    if row.customer_id not in await CustomerRepository(ctx).family(customer.id):
        raise PainPointNotFound
    return customer.id, row


async def _told(ctx: Ctx, customer_id: UUID, pain_point_id: UUID, verb: str) -> None:
    await emit(ctx, PainPointsChanged(customer_id=customer_id), subject=customer_id)
    details: dict[str, object] = {"pain_point_id": str(pain_point_id)}
    await audit.record(ctx, verb, subject=f"customer:{customer_id}", details=details)
