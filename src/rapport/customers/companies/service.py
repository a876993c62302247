"""Companies: what they are called, and who belongs to them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rapport.customers.companies.repository import CompanyRepository
from rapport.customers.companies.schemas import CompanyIn, CompanyOut, CompanyPatch
from rapport.customers.errors import CompanyTaken
from rapport.customers.events import PeopleChanged
from rapport.customers.models import Company
from rapport.customers.profiles import apply
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor


async def page(
    ctx: Ctx, *, words: str = "", cursor: str | None = None, limit: int = 50
) -> Page[CompanyOut]:
    """Companies by name; with `words`, those whose name contains them."""
    after = None
    if cursor is not None:
        name, after_id = decode_cursor(cursor, str, UUID)
        after = (name, after_id)
    rows = await CompanyRepository(ctx).page(words.strip(), after=after, limit=limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=await describe_many(ctx, shown),
        next=encode_cursor([shown[-1].name.lower(), shown[-1].id]) if more else None,
    )


async def get(ctx: Ctx, company_id: UUID) -> Company:
    """One company. Raises CompanyNotFound."""
    return await CompanyRepository(ctx).get(company_id)


async def create(ctx: Ctx, body: CompanyIn) -> Company:
    """A new company.

    Raises:
        CompanyTaken: there is one of this name.
    """
    companies = CompanyRepository(ctx)
    if await companies.named(body.name) is not None:
        raise CompanyTaken
    attributes = {k: v for k, v in (body.attributes or {}).items() if v is not None}
    made = await companies.add(name=body.name, domain=body.domain, attributes=attributes)
    await _told(ctx, made, "company.created", {})
    return made


async def change(ctx: Ctx, company_id: UUID, patch: CompanyPatch) -> Company:
    """Change a company; changing nothing announces nothing.

    Raises:
        CompanyNotFound: no such company in this workspace.
        CompanyTaken: another one has the name.
    """
    companies = CompanyRepository(ctx)
    company = await companies.get(company_id, lock=True)
    given = patch.model_dump(exclude_unset=True)
    wanted: dict[str, Any] = {}
    if given.get("name"):
        wanted["name"] = given["name"]
        other = await companies.named(given["name"])
        if other is not None and other.id != company.id:
            raise CompanyTaken
    if "domain" in given:
        wanted["domain"] = given["domain"]
    if given.get("attributes"):
        merged = {**company.attributes, **given["attributes"]}
        wanted["attributes"] = {k: v for k, v in merged.items() if v is not None}
    changed = sorted(field for field, value in wanted.items() if getattr(company, field) != value)
    for field in changed:
        setattr(company, field, wanted[field])
    if changed:
        await ctx.session.flush()
        await _told(ctx, company, "company.changed", {"fields": changed})
    return company


async def remove(ctx: Ctx, company_id: UUID) -> None:
    """Delete a company; its people stay, and belong to none.

    Raises:
        CompanyNotFound: no such company in this workspace.
    """
    companies = CompanyRepository(ctx)
    company = await companies.get(company_id, lock=True)
    for customer in await companies.owning(company_id):
        await apply(ctx, customer, {"company_id": None})
    await companies.remove(company)
    await _told(ctx, company, "company.removed", {})


async def describe(ctx: Ctx, company: Company) -> CompanyOut:
    """A company with the number of its people."""
    return (await describe_many(ctx, [company]))[0]


async def describe_many(ctx: Ctx, rows: Sequence[Company]) -> list[CompanyOut]:
    """Companies with the numbers of their people."""
    counts = await CompanyRepository(ctx).counts([row.id for row in rows]) if rows else {}
    return [
        CompanyOut(
            id=row.id,
            name=row.name,
            domain=row.domain,
            attributes=row.attributes,
            people_count=counts.get(row.id, 0),
            created_at=row.created_at,
        )
        for row in rows
    ]


async def _told(ctx: Ctx, company: Company, verb: str, details: dict[str, object]) -> None:
    await emit(ctx, PeopleChanged(kind="companies", id=company.id))
    await audit.record(
        ctx, verb, subject=f"company:{company.id}", name=company.name, details=details
    )
