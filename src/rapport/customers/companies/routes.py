"""The agent API of companies."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from rapport.customers import service as customers
from rapport.customers.access import CanRead, CanWrite, Limit
from rapport.customers.companies import service as companies
from rapport.customers.companies.schemas import CompanyIn, CompanyOut, CompanyPatch
from rapport.customers.errors import CompanyNotFound, CompanyTaken
from rapport.customers.schemas import CustomerOut
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.http import problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(prefix="/companies", tags=["companies"], route_class=AgentRoute)


@router.get("", responses=problems(CursorMalformed))
async def list_companies(
    ctx: CanRead,
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CompanyOut]:
    """Companies by name; with `q`, those whose name contains it."""
    return await companies.page(ctx, words=q, cursor=cursor, limit=limit)


@router.post("", status_code=201, responses=problems(CompanyTaken))
async def create_company(body: CompanyIn, ctx: CanWrite) -> CompanyOut:
    """Add a company."""
    return await companies.describe(ctx, await companies.create(ctx, body))


@router.get("/{company_id}", responses=problems(CompanyNotFound))
async def read_company(company_id: UUID, ctx: CanRead) -> CompanyOut:
    """One company."""
    return await companies.describe(ctx, await companies.get(ctx, company_id))


@router.patch("/{company_id}", responses=problems(CompanyNotFound, CompanyTaken))
async def change_company(company_id: UUID, body: CompanyPatch, ctx: CanWrite) -> CompanyOut:
    """Change a company."""
    return await companies.describe(ctx, await companies.change(ctx, company_id, body))


@router.delete("/{company_id}", status_code=204, responses=problems(CompanyNotFound))
async def remove_company(company_id: UUID, ctx: CanWrite) -> None:
    """Delete a company; its people stay, and belong to none."""
    await companies.remove(ctx, company_id)


@router.get("/{company_id}/people", responses=problems(CompanyNotFound, CursorMalformed))
async def list_company_people(
    company_id: UUID, ctx: CanRead, cursor: str | None = None, limit: Limit = 50
) -> Page[CustomerOut]:
    """The people of a company, last seen first."""
    await companies.get(ctx, company_id)
    return await customers.of_company(ctx, company_id, cursor=cursor, limit=limit)
