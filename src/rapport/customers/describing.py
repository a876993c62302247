"""Customers as agents see them: one, many, and those a search finds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rapport.customers.claims.repository import ClaimRepository
from rapport.customers.models import Claim, Customer, Identity
from rapport.customers.repository import CustomerRepository, IdentityRepository
from rapport.customers.schemas import CustomerOut, IdentityOut, preferences_from
from rapport.kernel.context import Ctx
from rapport.kernel.folding import fold
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor


async def find(
    ctx: Ctx, *, words: str = "", cursor: str | None = None, limit: int = 50
) -> Page[CustomerOut]:
    """Customers last seen first; with `words`, those whose name or address contains all of them."""
    after = _place(cursor)
    customers = CustomerRepository(ctx)
    needles = fold(words).split()[:8]
    rows = (
        await customers.matching(needles, after=after, limit=limit + 1)
        if needles
        else await customers.recent(after=after, limit=limit + 1)
    )
    return await _page(ctx, rows, limit)


async def of_company(
    ctx: Ctx, company_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> Page[CustomerOut]:
    """The people of a company, last seen first."""
    after = _place(cursor)
    rows = await CustomerRepository(ctx).of_company(company_id, after=after, limit=limit + 1)
    return await _page(ctx, rows, limit)


async def describe(ctx: Ctx, customer: Customer) -> CustomerOut:
    """The customer with their company and addresses."""
    return (await describe_many(ctx, [customer]))[0]


async def describe_many(ctx: Ctx, rows: Sequence[Customer]) -> list[CustomerOut]:
    """The customers with their companies and addresses, in four more statements."""
    if not rows:
        return []
    families = await CustomerRepository(ctx).families([row.id for row in rows])
    everybody = [id_ for family in families.values() for id_ in family]
    theirs: dict[UUID, list[IdentityOut]] = {}
    for identity in await IdentityRepository(ctx).of(everybody):
        theirs.setdefault(identity.customer_id, []).append(_identity(identity))
    said: dict[UUID, list[IdentityOut]] = {}
    for claim in await ClaimRepository(ctx).of(everybody):
        said.setdefault(claim.customer_id, []).append(_claim(claim))
    companies = await CustomerRepository(ctx).companies(
        {row.company_id for row in rows if row.company_id}
    )
    return [
        CustomerOut(
            id=row.id,
            name=row.name,
            email=row.email,
            phone=row.phone,
            company=companies.get(row.company_id) if row.company_id else None,
            company_id=row.company_id,
            locale=row.locale,
            timezone=row.timezone,
            attributes=row.attributes,
            preferences=preferences_from(row.preferences),
            status=row.status,
            value=float(row.value) if row.value is not None else None,
            identities=[one for id_ in families[row.id] for one in theirs.get(id_, ())],
            claims=[one for id_ in families[row.id] for one in said.get(id_, ())],
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            conversation_count=row.conversation_count,
            verified=row.verified,
            merged_count=len(families[row.id]) - 1,
            erased_at=row.erased_at,
        )
        for row in rows
    ]


async def addresses_of(
    ctx: Ctx, customer_ids: Sequence[UUID]
) -> dict[UUID, list[Identity | Claim]]:
    """The addresses of customers and of everybody merged into them, claims as well."""
    families = await CustomerRepository(ctx).families(customer_ids)
    whose = {member: root for root, family in families.items() for member in family}
    found: dict[UUID, list[Identity | Claim]] = {root: [] for root in families}
    for identity in await IdentityRepository(ctx).of(list(whose)):
        found[whose[identity.customer_id]].append(identity)
    for claim in await ClaimRepository(ctx).of(list(whose)):
        found[whose[claim.customer_id]].append(claim)
    return found


def _identity(row: Identity) -> IdentityOut:
    return IdentityOut(
        id=row.id,
        customer_id=row.customer_id,
        channel=row.channel,
        address=row.address,
        verified=row.verified,
        claimed=False,
        source=row.source,
        verified_at=row.verified_at,
        verified_by=row.verified_by,
        is_shared=row.is_shared,
        created_at=row.created_at,
    )


def _claim(row: Claim) -> IdentityOut:
    return IdentityOut(
        id=row.id,
        customer_id=row.customer_id,
        channel=row.channel,
        address=row.address,
        verified=False,
        claimed=True,
        source=row.source,
        verified_at=row.verified_at,
        verified_by=row.verified_by,
        is_shared=row.is_shared,
        created_at=row.created_at,
    )


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, after_id = decode_cursor(cursor, datetime, UUID)
    return at, after_id


async def _page(ctx: Ctx, rows: Sequence[Customer], limit: int) -> Page[CustomerOut]:
    shown = rows[:limit]
    return Page(
        items=await describe_many(ctx, shown),
        next=encode_cursor([shown[-1].last_seen_at, shown[-1].id]) if len(rows) > limit else None,
    )
