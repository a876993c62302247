"""Two customers who turn out to be one person, and the way back."""

from typing import Final, Literal
from uuid import UUID

from rapport.customers.errors import (
    CustomerAlreadyMerged,
    CustomerNotMerged,
    CustomersTheSame,
)
from rapport.customers.events import CustomersMerged, CustomersUnmerged
from rapport.customers.models import Customer
from rapport.customers.profiles import get, modernise, record, show, show_above
from rapport.customers.repository import CustomerRepository, MergeRepository
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

Rule = Literal["person", "rule", "proof"]
POINTER: Final = 2
"""The form of merges that move nothing."""


async def merge(ctx: Ctx, customer_id: UUID, into_id: UUID, *, rule: Rule = "person") -> Customer:
    """Make `customer_id` part of `into_id`, who is returned, with their addresses and history.

    Nothing is moved: the survivor shows what both have, their own first. The conversations follow
    through the log. `unmerge` undoes it, whatever happened since. `rule` says who decided.

    Raises:
        CustomerNotFound: one of them is not in this workspace.
        CustomersTheSame: they are the same already.
        CustomerAlreadyMerged: `customer_id` was merged into somebody before.
        CustomerErasedAlready: who remains was erased.
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
    await modernise(ctx, merged)
    await modernise(ctx, survivor)
    done = await MergeRepository(ctx).add(
        customer_id=merged.id,
        into_id=survivor.id,
        identity_ids=[],
        filled={},
        conversation_count=merged.conversation_count,
        form=POINTER,
        rule=rule,
        actor=str(ctx.actor),
        actor_name=ctx.actor.name,
        undone_at=None,
    )
    merged.merged_into_id = survivor.id
    await ctx.session.flush()
    await show(ctx, survivor)
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
    await _audit(ctx, "customer.merged", merged.id, survivor.id, rule)
    return survivor


async def unmerge(ctx: Ctx, customer_id: UUID) -> Customer:
    """Undo the merge of `customer_id`, who is returned as somebody of their own again.

    Both have exactly what they would have if the merge had never been, and what became known of
    each since. Conversations go back through the log.

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
    await modernise(ctx, survivor)
    merge_.undone_at = ctx.now()
    customer.merged_into_id = None
    await ctx.session.flush()
    await show(ctx, survivor)
    await show_above(ctx, survivor)
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
    await _audit(ctx, "customer.unmerged", customer.id, survivor.id, "person")
    return customer


async def _audit(ctx: Ctx, verb: str, customer_id: UUID, survivor_id: UUID, rule: Rule) -> None:
    details: dict[str, object] = {"survivor": str(survivor_id)}
    if rule != "person":
        details["rule"] = rule
    await audit.record(ctx, verb, subject=f"customer:{customer_id}", details=details)
