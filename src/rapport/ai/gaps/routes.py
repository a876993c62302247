"""Gaps, for agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from rapport.ai.gaps import service as gaps
from rapport.ai.gaps.errors import (
    GapHasArticle,
    GapMerged,
    GapNotFound,
    GapsTheSame,
    GapUnanswered,
)
from rapport.ai.gaps.schemas import (
    GapDraftOut,
    GapMergeIn,
    GapOut,
    GapPatch,
    GapRow,
    Order,
    State,
)
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page
from rapport.knowledge.errors import ArticleNotFound

router = APIRouter(tags=["assistant"], route_class=AgentRoute)
CanRead = Annotated[Ctx, Depends(Permitted("assistant.read"))]
CanWrite = Annotated[Ctx, Depends(Permitted("knowledge.write"))]


@router.get("/assistant/gaps", responses=problems(CursorMalformed))
async def list_gaps(
    ctx: CanRead,
    state: State = "open",
    sort: Order = Order.COUNT,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[GapRow]:
    """Questions that the assistant could not answer, those that mean the same as one."""
    return await gaps.page(ctx, state=state, order=sort, cursor=cursor, limit=limit)


@router.get("/assistant/gaps/{gap_id}", responses=problems(GapNotFound))
async def get_gap(ctx: CanRead, gap_id: UUID) -> GapOut:
    """A gap with who asked, what agents answered, and which articles come near."""
    return await gaps.one(ctx, gap_id)


@router.patch(
    "/assistant/gaps/{gap_id}", responses=problems(GapNotFound, GapMerged, ArticleNotFound)
)
async def link_gap(ctx: CanWrite, gap_id: UUID, patch: GapPatch) -> GapRow:
    """Say which article answers a gap; null unlinks and opens it."""
    return await gaps.row(ctx, await gaps.link(ctx, gap_id, patch.article_id))


@router.post(
    "/assistant/gaps/{gap_id}/draft",
    status_code=201,
    responses=problems(GapNotFound, GapMerged, GapHasArticle, GapUnanswered),
)
async def draft_gap(ctx: CanWrite, gap_id: UUID) -> GapDraftOut:
    """Write the draft of an article from what agents answered. Nobody but a person publishes it."""
    return await gaps.shown(ctx, await gaps.draft(ctx, gap_id))


@router.post("/assistant/gaps/{gap_id}/dismiss", responses=problems(GapNotFound, GapMerged))
async def dismiss_gap(ctx: CanWrite, gap_id: UUID) -> GapRow:
    """Let nobody see a gap any more, however often it is asked."""
    return await gaps.row(ctx, await gaps.dismiss(ctx, gap_id))


@router.post("/assistant/gaps/{gap_id}/reopen", responses=problems(GapNotFound, GapMerged))
async def reopen_gap(ctx: CanWrite, gap_id: UUID) -> GapRow:
    """Put a dismissed or answered gap before people again."""
    return await gaps.row(ctx, await gaps.reopen(ctx, gap_id))


@router.post(
    "/assistant/gaps/{gap_id}/merge", responses=problems(GapNotFound, GapMerged, GapsTheSame)
)
async def merge_gap(ctx: CanWrite, gap_id: UUID, merge: GapMergeIn) -> GapRow:
    """Give all questions of a gap to another one, which is returned."""
    return await gaps.row(ctx, await gaps.merge(ctx, gap_id, into=merge.into_id))
