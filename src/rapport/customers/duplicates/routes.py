"""The agent API of likely duplicates."""

from uuid import UUID

from fastapi import APIRouter

from rapport.customers import service as customers
from rapport.customers.access import CanMerge, CanRead, Limit
from rapport.customers.duplicates import service as duplicates
from rapport.customers.duplicates.schemas import SuggestionOut, SuggestionsOut
from rapport.customers.errors import (
    CustomerAlreadyMerged,
    CustomerNotFound,
    CustomersTheSame,
    SuggestionDecided,
    SuggestionNotFound,
)
from rapport.customers.schemas import CustomerOut, MergeIn
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.http import problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(tags=["customers"], route_class=AgentRoute)


@router.get("/duplicates", responses=problems(CursorMalformed))
async def list_duplicates(
    ctx: CanRead, cursor: str | None = None, limit: Limit = 50
) -> Page[SuggestionOut]:
    """Who may be one person, most likely first."""
    return await duplicates.page(ctx, cursor=cursor, limit=limit)


@router.get("/customers/{customer_id}/duplicates", responses=problems(CustomerNotFound))
async def list_customer_duplicates(customer_id: UUID, ctx: CanRead) -> SuggestionsOut:
    """Who may be the same person as a customer."""
    return SuggestionsOut(items=await duplicates.of(ctx, customer_id))


@router.post(
    "/duplicates/{suggestion_id}/dismiss",
    responses=problems(SuggestionNotFound, SuggestionDecided),
)
async def dismiss_duplicate(suggestion_id: UUID, ctx: CanMerge) -> SuggestionOut:
    """Say that two customers are different people; it is not suggested again."""
    row = await duplicates.dismiss(ctx, suggestion_id)
    return (await duplicates.describe_many(ctx, [row]))[0]


@router.post(
    "/duplicates/{suggestion_id}/merge",
    responses=problems(
        SuggestionNotFound,
        SuggestionDecided,
        CustomerNotFound,
        CustomersTheSame,
        CustomerAlreadyMerged,
    ),
)
async def merge_duplicate(suggestion_id: UUID, body: MergeIn, ctx: CanMerge) -> CustomerOut:
    """Merge the two customers of a suggestion into the one that is named."""
    survivor = await duplicates.accept(ctx, suggestion_id, body.into_id)
    return await customers.describe(ctx, survivor)
