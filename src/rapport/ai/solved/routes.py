"""Solved conversations, for agents and administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from rapport.ai.solved import service
from rapport.ai.solved.errors import (
    SolvedDecided,
    SolvedNotFound,
    SolvedOff,
    TakingNotUnderWay,
    TakingUnderWay,
)
from rapport.ai.solved.jobs import queue
from rapport.ai.solved.schemas import (
    Similar,
    SimilarIn,
    SolvedRow,
    SolvedSettingsIn,
    SolvedSettingsOut,
    SolvedStatus,
    State,
)
from rapport.ai.solved.settings import SolvedSettings
from rapport.conversations.errors import InboxNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page
from rapport.kernel.settings.workspace import SettingsInvalid

router = APIRouter(prefix="/assistant/solved", tags=["assistant"], route_class=AgentRoute)
CanRead = Annotated[Ctx, Depends(Permitted("conversations.read"))]
CanReview = Annotated[Ctx, Depends(Permitted("knowledge.write"))]
CanManage = Annotated[Ctx, Depends(Permitted("assistant.manage"))]


@router.get("/settings")
async def get_solved_settings(
    ctx: Annotated[Ctx, Depends(Permitted("assistant.read"))],
) -> SolvedSettingsOut:
    """Whether, and which, solved conversations answer others' questions."""
    return SolvedSettingsOut.model_validate(await service.settings_of(ctx))


@router.put("/settings", responses=problems(InboxNotFound, SettingsInvalid))
async def set_solved_settings(ctx: CanManage, settings: SolvedSettingsIn) -> SolvedSettingsOut:
    """Say whether, and which; what does not fit any more is taken out at once."""
    wanted = SolvedSettings.model_validate(settings.model_dump())
    return SolvedSettingsOut.model_validate(await service.change(ctx, wanted))


@router.get("/status")
async def get_solved_status(ctx: CanRead) -> SolvedStatus:
    """How many there are, and how far conversations from before were looked through."""
    return await service.status(ctx)


@router.post("/start", responses=problems(SolvedOff, TakingUnderWay))
async def start_taking_solved(ctx: CanManage) -> SolvedStatus:
    """Look through all resolved conversations, in the background."""
    await service.start(ctx)
    await queue(ctx)
    return await service.status(ctx)


@router.post("/cancel", responses=problems(TakingNotUnderWay))
async def cancel_taking_solved(ctx: CanManage) -> SolvedStatus:
    """End that; what was taken stays."""
    await service.cancel(ctx)
    return await service.status(ctx)


@router.post("/similar")
async def find_similar_solved(ctx: CanRead, asked: SimilarIn) -> list[Similar]:
    """Solved conversations in which something like it was asked, the nearest first."""
    return await service.similar(ctx, asked.text, asked.k)


@router.get("", responses=problems(CursorMalformed))
async def list_solved_conversations(
    ctx: CanRead,
    state: State = "waiting",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[SolvedRow]:
    """Those that wait for a person, are in use, or were refused; the last solved first."""
    return await service.page(ctx, state, cursor=cursor, limit=limit)


@router.get("/{conversation_id}", responses=problems(SolvedNotFound))
async def get_solved_conversation(ctx: CanRead, conversation_id: UUID) -> SolvedRow:
    """What others may be told of a conversation, or why nothing."""
    return await service.one(ctx, conversation_id)


@router.post("/{conversation_id}/approve", responses=problems(SolvedNotFound, SolvedDecided))
async def approve_solved_conversation(ctx: CanReview, conversation_id: UUID) -> SolvedRow:
    """Let others' questions be answered from one that waits."""
    return await service.approve(ctx, conversation_id)


@router.post("/{conversation_id}/reject", responses=problems(SolvedNotFound, SolvedDecided))
async def reject_solved_conversation(ctx: CanReview, conversation_id: UUID) -> SolvedRow:
    """Say of one that waits that nobody is to be told of it."""
    return await service.reject(ctx, conversation_id)


@router.delete("/{conversation_id}", status_code=204, responses=problems(SolvedNotFound))
async def remove_solved_conversation(ctx: CanReview, conversation_id: UUID) -> None:
    """Take one out for good."""
    await service.remove(ctx, conversation_id)
