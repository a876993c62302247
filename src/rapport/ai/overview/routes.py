"""The assistant's work at a glance, for agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rapport.ai.overview import service
from rapport.ai.overview.schemas import OverviewOut, Period
from rapport.conversations.errors import InboxNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems

router = APIRouter(tags=["assistant"], route_class=AgentRoute)


@router.get("/assistant/overview", responses=problems(InboxNotFound))
async def get_assistant_overview(
    ctx: Annotated[Ctx, Depends(Permitted("assistant.read"))],
    period: Period = Period.MONTH,
    inbox_id: UUID | None = None,
) -> OverviewOut:
    """What the assistant was asked, what came of it, what it does not know, and what it costs."""
    return await service.overview(ctx, period, inbox_id)
