"""Two customers who turn out to be one person, and the way back."""

from uuid import UUID

from rapport.customers.errors import (
    CustomerAlreadyMerged,
    CustomerNotMerged,
    CustomersTheSame,
)
from rapport.customers.events import CustomersMerged, CustomersUnmerged
from rapport.customers.models import Customer
from rapport.customers.profiles import apply, get, record
from rapport.customers.repository import (
    CustomerRepository,
    IdentityRepository,
    MergeRepository,
)
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

_FILLED = ("name", "email", "phone", "locale", "timezone")


async def merge(ctx: Ctx, customer_id: UUID, into_id: UUID) -> Customer:
    """Make `customer_id` part of `into_id`, who is returned, with their addresses and history.

    Empty fields of the survivor are filled; nothing known is overwritten. The conversations follow
    through the log. `unmerge` undoes it.

    Raises:
        CustomerNotFound: one of them is not in this workspace.
        CustomersTheSame: they are the same already.
        CustomerAlreadyMerged: `customer_id` was merged into somebody before.
    """
    customers = CustomerRepository(ctx)
    for id_ in sorted({customer_id, into_id}):
        await customers.get(id_, lock=True)
    survivor = await get(ctx, into_id, lock=True)
    merged = await customers.get(customer_id)
    if survivor.id == merged.id:
        raise CustomersTheSame
    if merged.merged_into_id is not None:
        raise CustomerAlreadyMerged
    identity_ids = await IdentityRepository(ctx).move(merged.id, survivor.id, None)
    filled = {
        field: getattr(merged, field)
        for field in _FILLED
        if getattr(merged, field) and not getattr(survivor, field)
    }
    done = await MergeRepository(ctx).add(
        customer_id=merged.id,
        into_id=survivor.id,
        identity_ids=identity_ids,
        filled=filled,
        conversation_count=merged.conversation_count,
        actor=str(ctx.actor),
        undone_at=None,
    )
    merged.merged_into_id = survivor.id
    survivor.conversation_count += merged.conversation_count
    survivor.first_seen_at = min(survivor.first_seen_at, merged.first_seen_at)
    await apply(ctx, survivor, {**filled, "verified": survivor.verified or merged.verified})
    await ctx.session.flush()
    await emit(
        ctx,
        CustomersMerged(merge_id=done.id, customer_id=merged.id, into_id=survivor.id),
        subject=survivor.id,
    )
    await record(
        ctx,
        survivor.id,
        kind="merged",
        source=f"merged:{done.id}",
        title="Merged with another customer",
        text=merged.name or merged.email or "",
    )
    await _audit(ctx, "customer.merged", merged.id, survivor.id)
    return survivor


async def unmerge(ctx: Ctx, customer_id: UUID) -> Customer:
    """Undo the merge of `customer_id`, who is returned as somebody of their own again.

    Addresses and conversations they brought along go back; fields they filled are emptied where
    nobody has changed them since.

    Raises:
        CustomerNotFound: no such customer in this workspace.
        CustomerNotMerged: they were not merged.
    """
    customers = CustomerRepository(ctx)
    customer = await customers.get(customer_id, lock=True)
    merge_ = await MergeRepository(ctx).live(customer_id)
    if merge_ is None:
        raise CustomerNotMerged
    survivor = await customers.get(merge_.into_id, lock=True)
    identities = IdentityRepository(ctx)
    await identities.move(survivor.id, customer.id, merge_.identity_ids)
    merge_.undone_at = ctx.now()
    customer.merged_into_id = None
    survivor.conversation_count = max(0, survivor.conversation_count - merge_.conversation_count)
    emptied = {
        field: "" if field == "name" else None
        for field, value in merge_.filled.items()
        if getattr(survivor, field) == value
    }
    remaining = await identities.of([survivor.id])
    verified = any(identity.verified for identity in remaining)
    await apply(ctx, survivor, {**emptied, "verified": verified})
    await ctx.session.flush()
    await emit(
        ctx,
        CustomersUnmerged(merge_id=merge_.id, customer_id=customer.id, into_id=survivor.id),
        subject=customer.id,
    )
    await record(
        ctx,
        survivor.id,
        kind="unmerged",
        source=f"unmerged:{merge_.id}",
        title="Separated from another customer",
        text=customer.name or customer.email or "",
    )
    await _audit(ctx, "customer.unmerged", customer.id, survivor.id)
    return customer


async def _audit(ctx: Ctx, verb: str, customer_id: UUID, survivor_id: UUID) -> None:
    details: dict[str, object] = {"survivor": str(survivor_id)}
    await audit.record(ctx, verb, subject=f"customer:{customer_id}", details=details)
