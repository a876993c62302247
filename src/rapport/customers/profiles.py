"""One customer: finding them, changing them, and what is told of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rapport.customers.errors import CustomerErasedAlready, CustomerNotFound
from rapport.customers.events import CustomerUpdated
from rapport.customers.models import Customer
from rapport.customers.repository import CustomerRepository, TimelineRepository
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.folding import fold


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


async def apply(ctx: Ctx, customer: Customer, changes: dict[str, Any]) -> None:
    """Set fields and announce it if any of them differs."""
    is_verified_now = changes.get("verified") is True
    changed = {f: v for f, v in changes.items() if getattr(customer, f) != v}
    if not changed and not is_verified_now:
        return
    for field, value in changed.items():
        setattr(customer, field, value)
    customer.search_text = search_text(customer.name, customer.email, customer.phone)
    await ctx.session.flush()
    await emit(ctx, CustomerUpdated(customer_id=customer.id), subject=customer.id)


def search_text(name: str, email: str | None, phone: str | None) -> str:
    """What a search for customers looks at."""
    return fold(" ".join(part for part in (name, email, phone) if part))


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
) -> bool:
    """Put something that happened on the customer's timeline; whether it was not there already.

    `source` names what it tells of: a second call with the same source changes nothing, so readers
    of the log may call it as often as they like.
    """
    return await TimelineRepository(ctx).add_once(
        customer_id=customer_id,
        kind=kind,
        source=source,
        title=title,
        text=text,
        at=at or ctx.now(),
        conversation_id=conversation_id,
    )
