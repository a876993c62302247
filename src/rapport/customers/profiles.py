"""One customer: finding them, changing them, and what is shown of them while others are part."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from rapport.customers.errors import CustomerErasedAlready, CustomerNotFound
from rapport.customers.events import CustomerCreated, CustomerUpdated, TimelineGrew
from rapport.customers.models import Customer
from rapport.customers.owning import Own, search_text, together
from rapport.customers.repository import (
    CustomerRepository,
    IdentityRepository,
    MergeRepository,
    TimelineRepository,
)
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.events.log import emit_each


async def get(ctx: Ctx, customer_id: UUID, *, lock: bool = False) -> Customer:
    """The customer; for a merged one, the customer they became.

    Raises:
        CustomerNotFound: no such customer in this workspace.
        CustomerErasedAlready: `lock` asks for one to change, and this one was erased.
    """
    customers = CustomerRepository(ctx)
    customer = await customers.get(customer_id, lock=lock)
    seen = {customer.id}
    while customer.merged_into_id is not None:
        customer = await customers.get(customer.merged_into_id, lock=lock)
        if customer.id in seen:
            raise CustomerNotFound
        seen.add(customer.id)
    if lock and customer.erased_at is not None:
        raise CustomerErasedAlready
    return customer


async def create(
    ctx: Ctx,
    *,
    name: str = "",
    email: str | None = None,
    phone: str | None = None,
    locale: str | None = None,
    timezone: str | None = None,
    attributes: dict[str, Any] | None = None,
    verified: bool = False,
    is_told: bool = True,
) -> Customer:
    """A new customer without an address. Most callers want `find_or_create_by_identity`.

    Without `is_told` the caller tells of them, or takes them back.
    """
    now = ctx.now()
    customer = await CustomerRepository(ctx).add(
        name=name,
        email=email,
        phone=phone,
        locale=locale,
        timezone=timezone,
        attributes=attributes or {},
        preferences={},
        verified=verified,
        first_seen_at=now,
        last_seen_at=now,
        company_id=None,
        merged_into_id=None,
        conversation_count=0,
        search_text=search_text(name, email, phone),
    )
    if is_told:
        await emit(ctx, CustomerCreated(customer_id=customer.id), subject=customer.id)
    return customer


async def apply(ctx: Ctx, customer: Customer, changes: Mapping[str, Any]) -> None:
    """Set fields of a customer's own and announce it if any of them shows another value.

    What is taken away stays away, even if somebody merged into them has it. Whoever they are
    merged into shows it too.
    """
    is_verified_now = changes.get("verified") is True
    changed = {f: v for f, v in changes.items() if getattr(customer, f) != v}
    if not changed and not is_verified_now:
        return
    await assign(ctx, customer, changed)
    await emit(ctx, CustomerUpdated(customer_id=customer.id), subject=customer.id)


async def assign(ctx: Ctx, customer: Customer, changed: Mapping[str, Any]) -> None:
    """Set fields of a customer's own; nobody is told but those they are merged into."""
    if customer.own is None:
        for field, value in changed.items():
            setattr(customer, field, value)
        customer.search_text = search_text(customer.name, customer.email, customer.phone)
        await ctx.session.flush()
    else:
        own = Own.read(customer.own)
        own.set(customer, changed)
        customer.own = own.written()
        await show(ctx, customer)
    if customer.merged_into_id is not None:
        await show_above(ctx, customer)


async def show(ctx: Ctx, customer: Customer) -> bool:
    """Have the columns of a customer show them together with whom was merged into them.

    Whether anything shows differently now.
    """
    members = await CustomerRepository(ctx).merged_into(customer.id)
    if customer.own is None and not members:
        return False
    own = Own.read(customer.own) if customer.own is not None else Own.of(customer)
    shown = together(own, members)
    differs = any(getattr(customer, field) != value for field, value in shown.items())
    for field, value in shown.items():
        if getattr(customer, field) != value:
            setattr(customer, field, value)
    customer.own = own.written() if members else None
    await ctx.session.flush()
    return differs


async def show_above(ctx: Ctx, customer: Customer) -> None:
    """Have everybody whom a customer is part of show what they are now."""
    customers = CustomerRepository(ctx)
    seen = {customer.id}
    while customer.merged_into_id is not None and customer.merged_into_id not in seen:
        customer = await customers.get(customer.merged_into_id, lock=True)
        seen.add(customer.id)
        if await show(ctx, customer):
            await emit(ctx, CustomerUpdated(customer_id=customer.id), subject=customer.id)


async def modernise(ctx: Ctx, customer: Customer) -> None:
    """Give back what merges of an earlier version moved here, so that they are pointers too."""
    old = await MergeRepository(ctx).moved_into(customer.id)
    if not old:
        return
    identities = IdentityRepository(ctx)
    own = Own.of(customer)
    for merge in reversed(old):
        await identities.move(customer.id, merge.customer_id, merge.identity_ids)
        own.take_back(merge.filled, merge.conversation_count)
        merge.form = 2
    own.values["verified"] = any(i.verified for i in await identities.of([customer.id]))
    customer.own = own.written()
    await ctx.session.flush()
    await show(ctx, customer)


async def record(
    ctx: Ctx,
    customer_id: UUID,
    *,
    kind: str,
    source: str,
    title: str,
    text: str = "",
    at: datetime | None = None,
    conversation_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> bool:
    """Put something that happened on the customer's timeline; whether it was not there already.

    `source` names what it tells of: a second call with the same source changes nothing, so readers
    of the log may call it as often as they like. `kind` should be known to `timeline.ports`.
    """
    rows = [
        {
            "customer_id": customer_id,
            "kind": kind,
            "source": source,
            "title": title,
            "text": text,
            "at": at or ctx.now(),
            "conversation_id": conversation_id,
            "data": dict(data or {}),
        }
    ]
    return bool(await record_many(ctx, rows))


async def record_many(ctx: Ctx, rows: Sequence[Mapping[str, Any]]) -> dict[str, UUID]:
    """Put several things on timelines with one statement, each once per `source`.

    Rows have the arguments of `record`, all of them, and may have `actor` and `actor_name`. Returns
    the ids of those that were not there already, by their sources.
    """
    whose = {"actor": "", "actor_name": ""}
    written = await TimelineRepository(ctx).add_new([{**whose, **row} for row in rows])
    grown: dict[UUID, list[UUID]] = {}
    for item in written:
        grown.setdefault(item.customer_id, []).append(item.id)
    told = [
        (TimelineGrew(customer_id=customer_id, entry_ids=ids[start : start + 50]), customer_id)
        for customer_id, ids in grown.items()
        for start in range(0, len(ids), 50)
    ]
    await emit_each(ctx, told)
    return {item.source: item.id for item in written}
