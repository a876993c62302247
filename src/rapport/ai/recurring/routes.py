"""The agent API of recurring issues."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from rapport.ai.recurring import service as recurring
from rapport.ai.recurring.errors import (
    ConversationNotInProblem,
    ProblemNotFound,
    ProblemsTheSame,
    ProblemWouldBeEmpty,
)
from rapport.ai.recurring.models import Problem
from rapport.ai.recurring.reading import service as reading
from rapport.ai.recurring.reading.repository import Wanted
from rapport.ai.recurring.schemas import (
    Period,
    ProblemDetail,
    ProblemMemberOut,
    ProblemMergeIn,
    ProblemOut,
    ProblemPatch,
    ProblemSplitIn,
    Sort,
    State,
    Unit,
)
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page
from rapport.knowledge.errors import ArticleNotFound

router = APIRouter(prefix="/recurring", tags=["recurring"], route_class=AgentRoute)

CanRead = Annotated[Ctx, Depends(Permitted("conversations.read"))]
CanDecide = Annotated[Ctx, Depends(Permitted("conversations.tag"))]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", responses=problems(CursorMalformed))
async def list_problems(
    ctx: CanRead,
    state: State = "open",
    sort: Sort = "growth",
    period: Period | None = None,
    product: Annotated[str | None, Query(max_length=80)] = None,
    customer_id: UUID | None = None,
    company_id: UUID | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ProblemOut]:
    """Recurring issues, the fastest growing or the most frequent first.

    With a period, those that came up in it, counted over it; else counts are of 30 days.
    """
    order = "growth" if sort == "growth" else period or "month"
    wanted = Wanted(state, order, period, product, customer_id, company_id)
    return await reading.page(ctx, wanted, cursor=cursor, limit=limit)


@router.get("/{problem_id}", responses=problems(ProblemNotFound))
async def get_problem(problem_id: UUID, ctx: CanRead, unit: Unit = "day") -> ProblemDetail:
    """A recurring issue with its trend of 168 hours, 90 days or 52 weeks, and whom it concerns."""
    return await reading.one(ctx, problem_id, unit)


@router.get("/{problem_id}/conversations", responses=problems(ProblemNotFound, CursorMalformed))
async def list_problem_conversations(
    problem_id: UUID, ctx: CanRead, cursor: str | None = None, limit: Limit = 50
) -> Page[ProblemMemberOut]:
    """The conversations of a recurring issue, the latest first."""
    return await reading.members(ctx, problem_id, cursor=cursor, limit=limit)


@router.patch(
    "/{problem_id}",
    response_model=ProblemOut,
    responses=problems(ProblemNotFound, ArticleNotFound),
)
async def change_problem(problem_id: UUID, patch: ProblemPatch, ctx: CanDecide) -> Problem:
    """Rename, dismiss, resolve or reopen it, or link it to an article or a record."""
    return await recurring.change(ctx, problem_id, patch)


@router.post(
    "/{problem_id}/merge",
    response_model=ProblemOut,
    responses=problems(ProblemNotFound, ProblemsTheSame),
)
async def merge_problem(problem_id: UUID, body: ProblemMergeIn, ctx: CanDecide) -> Problem:
    """Make it one with another, which is returned."""
    return await recurring.merge(ctx, problem_id, body.into_problem_id)


@router.post(
    "/{problem_id}/split",
    response_model=ProblemOut,
    status_code=status.HTTP_201_CREATED,
    responses=problems(ProblemNotFound, ConversationNotInProblem, ProblemWouldBeEmpty),
)
async def split_problem(problem_id: UUID, body: ProblemSplitIn, ctx: CanDecide) -> Problem:
    """Make some of its conversations a recurring issue of their own, which is returned."""
    return await recurring.split(ctx, problem_id, body.conversation_ids, body.name)


@router.delete(
    "/{problem_id}/conversations/{conversation_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(ProblemNotFound, ConversationNotInProblem),
)
async def remove_problem_conversation(
    problem_id: UUID, conversation_id: UUID, ctx: CanDecide
) -> None:
    """Say that a conversation is not about this; the machine never puts it back."""
    await recurring.take_out(ctx, problem_id, conversation_id)
