"""The agent API of mail that came in."""

from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from rapport.channels.email.errors import (
    MailNotAStrangers,
    MailNotFound,
    MailNotWaiting,
    RawMailNotFound,
)
from rapport.channels.email.receiving import service as receiving
from rapport.channels.email.receiving.raw import path_of
from rapport.channels.email.receiving.schemas import MailOut, RawMailOut, RawState
from rapport.channels.email.receiving.splitting import split
from rapport.conversations import service as conversations
from rapport.conversations.errors import ConversationNotFound
from rapport.conversations.schemas import ConversationState
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, Unauthenticated
from rapport.kernel.files.store import FileStore
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(
    tags=["email"], route_class=AgentRoute, responses=problems(Unauthenticated, Forbidden)
)
CanRead = Annotated[Ctx, Depends(Permitted("conversations.read"))]
CanStart = Annotated[Ctx, Depends(Permitted("conversations.start"))]
CanManage = Annotated[Ctx, Depends(Permitted("inboxes.manage"))]
Limit = Annotated[int, Query(ge=1, le=100)]
MAX_SEQ: Final = 2**31 - 1
Seq = Annotated[int, Path(ge=1, le=MAX_SEQ)]
_HEADERS = {
    "content-disposition": 'attachment; filename="message.eml"',
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@router.get("/conversations/{conversation_id}/mails", responses=problems(ConversationNotFound))
async def list_mails(
    conversation_id: UUID,
    ctx: CanRead,
    before_seq: Annotated[int | None, Query(ge=0, le=MAX_SEQ)] = None,
    limit: Limit = 100,
) -> Page[MailOut]:
    """Who really sent each mail of a conversation, to whom, and what was taken off it."""
    return await receiving.mails(ctx, conversation_id, before_seq=before_seq, limit=limit)


@router.get(
    "/conversations/{conversation_id}/mails/{seq}/raw",
    response_class=StreamingResponse,
    responses=problems(MailNotFound),
)
async def download_mail(conversation_id: UUID, seq: Seq, ctx: CanRead) -> StreamingResponse:
    """The message as it came, to be saved and never shown."""
    detail = await receiving.detail(ctx, conversation_id, seq)
    if detail.raw_id is None:
        raise MailNotFound
    return await _download(ctx, detail.raw_id)


async def _download(ctx: Ctx, raw_id: UUID) -> StreamingResponse:
    path = path_of(ctx.workspace_id, raw_id)
    pieces: AsyncIterator[bytes] = await ctx.port(FileStore).read(path)
    return StreamingResponse(pieces, media_type="message/rfc822", headers=_HEADERS)


@router.post(
    "/conversations/{conversation_id}/mails/{seq}/split",
    status_code=201,
    responses=problems(MailNotFound, MailNotAStrangers),
)
async def split_mail(conversation_id: UUID, seq: Seq, ctx: CanStart) -> ConversationState:
    """Begin a conversation with what somebody wrote who had not been part of this one."""
    return await conversations.state(ctx, await split(ctx, conversation_id, seq))


@router.get("/email/raw", responses=problems(CursorMalformed))
async def list_raw_mails(
    ctx: CanManage,
    state: RawState | None = None,
    inbox_id: UUID | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[RawMailOut]:
    """Messages as they came and what became of them, the latest first."""
    return await receiving.raw_mails(
        ctx, state=state, inbox_id=inbox_id, cursor=cursor, limit=limit
    )


@router.get(
    "/email/raw/{raw_id}", response_class=StreamingResponse, responses=problems(RawMailNotFound)
)
async def download_raw_mail(raw_id: UUID, ctx: CanManage) -> StreamingResponse:
    """A message as it came, whatever became of it, to be saved and never shown."""
    return await _download(ctx, (await receiving.raw_mail(ctx, raw_id)).id)


@router.post(
    "/email/raw/{raw_id}/retry",
    status_code=202,
    responses=problems(RawMailNotFound, MailNotWaiting),
)
async def retry_raw_mail(raw_id: UUID, ctx: CanManage) -> RawMailOut:
    """Read a message again that could not be dealt with."""
    return receiving.raw_from(await receiving.retry(ctx, raw_id))
