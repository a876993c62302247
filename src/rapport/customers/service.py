"""Customers: who they are, where they write from, what happened to them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rapport.customers.erasing.repository import ErasingRepository
from rapport.customers.errors import CustomerNotFound, IdentityTaken
from rapport.customers.events import (
    ConsentChanged,
    CustomerCreated,
    IdentityAdded,
)
from rapport.customers.merging import merge, unmerge
from rapport.customers.models import Customer
from rapport.customers.profiles import apply, get, record, search_text
from rapport.customers.repository import (
    ConsentRepository,
    CustomerRepository,
    IdentityRepository,
    TimelineRepository,
)
from rapport.customers.schemas import CustomerOut, CustomerPatch, IdentityOut, TimelineItemOut
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.folding import fold
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor

__all__ = [
    "add_identity",
    "count_conversation",
    "create",
    "describe",
    "describe_many",
    "find",
    "find_or_create_by_identity",
    "get",
    "merge",
    "nobody",
    "record",
    "record_consent",
    "remove",
    "timeline",
    "touch",
    "unmerge",
    "update",
]

SEEN_EVERY = timedelta(minutes=5)
_PLAIN_FIELDS = ("name", "email", "phone", "locale", "timezone")


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
) -> Customer:
    """A new customer without an address. Most callers want `find_or_create_by_identity`."""
    now = ctx.now()
    customer = await CustomerRepository(ctx).add(
        name=name,
        email=email,
        phone=phone,
        locale=locale,
        timezone=timezone,
        attributes=attributes or {},
        verified=verified,
        first_seen_at=now,
        last_seen_at=now,
        company_id=None,
        merged_into_id=None,
        conversation_count=0,
        search_text=search_text(name, email, phone),
    )
    await emit(ctx, CustomerCreated(customer_id=customer.id), subject=customer.id)
    return customer


async def find_or_create_by_identity(
    ctx: Ctx,
    channel: str,
    address: str,
    *,
    name: str | None = None,
    email: str | None = None,
    verified: bool = False,
    locale: str | None = None,
) -> Customer:
    """The customer who has this address, made when nobody has it; safe to call at the same time.

    Name, e-mail and locale fill what is empty and never replace what is known. `verified` is never
    taken back.
    """
    customers = CustomerRepository(ctx)
    known = await customers.by_identity(channel, address)
    if known is None:
        async with ctx.session.begin_nested() as attempt:
            customer = await create(
                ctx, name=name or "", email=email, locale=locale, verified=verified
            )
            identity_id = await IdentityRepository(ctx).claim(
                customer.id, channel, address, verified=verified
            )
            if identity_id is not None:
                await _announce_identity(ctx, customer.id, identity_id, channel)
                return customer
            await attempt.rollback()
        known = await customers.by_identity(channel, address)
    if known is None:
        raise CustomerNotFound
    customer, identity = known
    changes: dict[str, Any] = {
        field: value
        for field, value in (("name", name), ("email", email), ("locale", locale))
        if value and not getattr(customer, field)
    }
    if verified and not identity.verified:
        identity.verified = True
    if verified and not customer.verified:
        customer.verified = True
        changes = {"verified": True, **changes}
    if changes:
        await apply(ctx, customer, changes)
    return customer


async def add_identity(
    ctx: Ctx, customer_id: UUID, channel: str, address: str, *, verified: bool = False
) -> Customer:
    """Let the customer be known by one more address; having it already changes nothing.

    Raises:
        CustomerNotFound: no such customer in this workspace.
        IdentityTaken: another customer has it.
    """
    customer = await get(ctx, customer_id, lock=True)
    identity_id = await IdentityRepository(ctx).claim(
        customer.id, channel, address, verified=verified
    )
    if identity_id is not None:
        if verified and not customer.verified:
            await apply(ctx, customer, {"verified": True})
        await _announce_identity(ctx, customer.id, identity_id, channel)
        return customer
    known = await CustomerRepository(ctx).by_identity(channel, address)
    if known is None or known[0].id != customer.id:
        raise IdentityTaken
    if verified and not known[1].verified:
        known[1].verified = True
        await apply(ctx, customer, {"verified": True})
    return customer


async def _announce_identity(ctx: Ctx, customer_id: UUID, identity_id: UUID, channel: str) -> None:
    await emit(
        ctx,
        IdentityAdded(customer_id=customer_id, identity_id=identity_id, channel=channel),
        subject=customer_id,
    )
    await record(
        ctx,
        customer_id,
        kind="identity_added",
        source=f"identity_added:{identity_id}",
        title=f"Known on {channel}",
    )


async def update(ctx: Ctx, customer_id: UUID, patch: CustomerPatch) -> Customer:
    """Change what is known about a customer; changing nothing announces nothing.

    What others change is put in the audit record, by the names of the fields only.

    Raises:
        CustomerNotFound: no such customer in this workspace.
    """
    customer = await get(ctx, customer_id, lock=True)
    given = patch.model_dump(exclude_unset=True)
    changes: dict[str, Any] = {f: given[f] for f in _PLAIN_FIELDS if f in given}
    if "name" in changes:
        changes["name"] = changes["name"] or ""
    for field in ("email", "phone"):
        if field in changes:
            changes[field] = changes[field] or None
    if "company" in given:
        named = given["company"]
        changes["company_id"] = (
            await CustomerRepository(ctx).company_named(named) if named else None
        )
    if given.get("attributes"):
        merged = {**customer.attributes, **given["attributes"]}
        changes["attributes"] = {k: v for k, v in merged.items() if v is not None}
    differing = sorted(f for f, value in changes.items() if getattr(customer, f) != value)
    await apply(ctx, customer, changes)
    if differing and ctx.actor.kind != "customer":
        await audit.record(
            ctx,
            "customer.changed",
            subject=f"customer:{customer.id}",
            details={"fields": differing},
        )
    return customer


async def touch(ctx: Ctx, customer_id: UUID) -> None:
    """Note that the customer is here now; within five minutes of the last time it does nothing."""
    customer = await get(ctx, customer_id)
    if ctx.now() - customer.last_seen_at >= SEEN_EVERY:
        customer.last_seen_at = ctx.now()
        await ctx.session.flush()


async def record_consent(
    ctx: Ctx, customer_id: UUID, *, purpose: str, is_granted: bool, source: str
) -> None:
    """Note that the customer allowed, or no longer allows, one use of their data."""
    customer = await get(ctx, customer_id, lock=True)
    consents = ConsentRepository(ctx)
    live = await consents.live(customer.id, purpose)
    if (live is not None) == is_granted:
        return
    if live is not None:
        live.revoked_at = ctx.now()
        await ctx.session.flush()
    else:
        await consents.add(customer_id=customer.id, purpose=purpose, source=source, revoked_at=None)
    await emit(
        ctx,
        ConsentChanged(customer_id=customer.id, purpose=purpose, is_granted=is_granted),
        subject=customer.id,
    )


async def find(
    ctx: Ctx, *, words: str = "", cursor: str | None = None, limit: int = 50
) -> Page[CustomerOut]:
    """Customers last seen first; with `words`, those whose name or address contains all of them."""
    after = None
    if cursor is not None:
        at, after_id = decode_cursor(cursor, datetime, UUID)
        after = (at, after_id)
    customers = CustomerRepository(ctx)
    needles = fold(words).split()[:8]
    rows = (
        await customers.matching(needles, after=after, limit=limit + 1)
        if needles
        else await customers.recent(after=after, limit=limit + 1)
    )
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=await describe_many(ctx, shown),
        next=encode_cursor([shown[-1].last_seen_at, shown[-1].id]) if more else None,
    )


async def describe(ctx: Ctx, customer: Customer) -> CustomerOut:
    """The customer with their company and addresses."""
    return (await describe_many(ctx, [customer]))[0]


async def describe_many(ctx: Ctx, rows: Sequence[Customer]) -> list[CustomerOut]:
    """The customers with their companies and addresses, in two more statements."""
    if not rows:
        return []
    identities = await IdentityRepository(ctx).of([row.id for row in rows])
    companies = await CustomerRepository(ctx).companies(
        {row.company_id for row in rows if row.company_id}
    )
    by_customer: dict[UUID, list[IdentityOut]] = {}
    for identity in identities:
        by_customer.setdefault(identity.customer_id, []).append(
            IdentityOut.model_validate(identity)
        )
    return [
        CustomerOut(
            id=row.id,
            name=row.name,
            email=row.email,
            phone=row.phone,
            company=companies.get(row.company_id) if row.company_id else None,
            locale=row.locale,
            timezone=row.timezone,
            attributes=row.attributes,
            identities=by_customer.get(row.id, []),
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            conversation_count=row.conversation_count,
            verified=row.verified,
            erased_at=row.erased_at,
        )
        for row in rows
    ]


async def count_conversation(ctx: Ctx, customer_id: UUID, *, by: int = 1) -> None:
    """Correct the number of the customer's conversations."""
    customer = await CustomerRepository(ctx).get(customer_id, lock=True)
    customer.conversation_count = max(0, customer.conversation_count + by)
    await ctx.session.flush()


async def nobody(ctx: Ctx) -> UUID:
    """Whom conversations belong to that were anonymised: one erased customer per workspace."""
    await ErasingRepository(ctx).add_nobody(ctx.workspace_id)
    return ctx.workspace_id


async def remove(ctx: Ctx, customer_ids: Collection[UUID]) -> int:
    """Delete customers of whom nothing is left to tell; how many there were.

    They must have no conversation, and nobody merged into them.
    """
    return len(await ErasingRepository(ctx).remove(customer_ids))


async def timeline(
    ctx: Ctx, customer_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> Page[TimelineItemOut]:
    """What happened to the customer, and to everybody merged into them, newest first.

    Raises:
        CustomerNotFound: no such customer in this workspace.
    """
    customer = await get(ctx, customer_id)
    after = None
    if cursor is not None:
        at, after_id = decode_cursor(cursor, datetime, UUID)
        after = (at, after_id)
    family = await CustomerRepository(ctx).family(customer.id)
    rows = await TimelineRepository(ctx).page(family, after=after, limit=limit + 1)
    shown = rows[:limit]
    return Page(
        items=[TimelineItemOut.model_validate(row) for row in shown],
        next=encode_cursor([shown[-1].at, shown[-1].id]) if len(rows) > limit else None,
    )
