"""The agent API of tags, macros, inboxes, search, and messages put aside."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from rapport.conversations.desk import service as desk
from rapport.conversations.errors import (
    ConversationNotFound,
    MacroNotFound,
    RejectedMessageNotFound,
    TagNameTaken,
    TagNotFound,
)
from rapport.conversations.inboxes import service as inboxes
from rapport.conversations.models import Macro, Tag
from rapport.conversations.reading import service as reading
from rapport.conversations.rejected import service as rejected
from rapport.conversations.schemas import (
    InboxOut,
    MacroIn,
    MacroOut,
    MacroPatch,
    MessageOut,
    RejectedOut,
    SearchHit,
    TagIn,
    TagOut,
    TagPatch,
)
from rapport.conversations.search import service as searching
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page

router = APIRouter(tags=["desk"], route_class=AgentRoute)

CanRead = Annotated[Ctx, Depends(Permitted("conversations.read"))]
CanReadInboxes = Annotated[Ctx, Depends(Permitted("inboxes.read"))]
CanManageInboxes = Annotated[Ctx, Depends(Permitted("inboxes.manage"))]
CanManageTags = Annotated[Ctx, Depends(Permitted("tags.manage"))]
CanManageMacros = Annotated[Ctx, Depends(Permitted("macros.manage"))]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/search", responses=problems(CursorMalformed))
async def search_conversations(
    ctx: CanRead,
    q: Annotated[str, Query(max_length=200)],
    cursor: str | None = None,
    limit: Limit = 20,
) -> Page[SearchHit]:
    """Conversations in which all the words occur, the most recently active first."""
    return await searching.search(ctx, q, cursor=cursor, limit=limit)


@router.get("/inboxes")
async def list_inboxes(ctx: CanReadInboxes) -> list[InboxOut]:
    """All inboxes, by name."""
    return await inboxes.inboxes(ctx)


@router.get("/tags")
async def list_tags(ctx: CanRead) -> list[TagOut]:
    """All tags, by name."""
    return await desk.tags(ctx)


@router.post(
    "/tags",
    status_code=status.HTTP_201_CREATED,
    response_model=TagOut,
    responses=problems(TagNameTaken),
)
async def create_tag(body: TagIn, ctx: CanManageTags) -> Tag:
    """Make a new tag."""
    return await desk.create_tag(ctx, name=body.name, colour=body.colour)


@router.patch(
    "/tags/{tag_id}", response_model=TagOut, responses=problems(TagNotFound, TagNameTaken)
)
async def change_tag(tag_id: UUID, body: TagPatch, ctx: CanManageTags) -> Tag:
    """Rename or recolour a tag."""
    return await desk.change_tag(ctx, tag_id, name=body.name, colour=body.colour)


@router.delete(
    "/tags/{tag_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(TagNotFound)
)
async def delete_tag(tag_id: UUID, ctx: CanManageTags) -> None:
    """Delete a tag and take it off all conversations."""
    await desk.delete_tag(ctx, tag_id)


@router.get("/macros")
async def list_macros(ctx: CanRead) -> list[MacroOut]:
    """All prepared replies, by name."""
    return await desk.macros(ctx)


@router.post("/macros", status_code=status.HTTP_201_CREATED, response_model=MacroOut)
async def create_macro(body: MacroIn, ctx: CanManageMacros) -> Macro:
    """Make a new prepared reply."""
    return await desk.create_macro(ctx, name=body.name, body=body.body)


@router.patch("/macros/{macro_id}", response_model=MacroOut, responses=problems(MacroNotFound))
async def change_macro(macro_id: UUID, body: MacroPatch, ctx: CanManageMacros) -> Macro:
    """Change a prepared reply."""
    return await desk.change_macro(ctx, macro_id, name=body.name, body=body.body)


@router.delete(
    "/macros/{macro_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(MacroNotFound)
)
async def delete_macro(macro_id: UUID, ctx: CanManageMacros) -> None:
    """Delete a prepared reply."""
    await desk.delete_macro(ctx, macro_id)


@router.get("/rejected-messages", responses=problems(CursorMalformed))
async def list_rejected_messages(
    ctx: CanManageInboxes, cursor: str | None = None, limit: Limit = 50
) -> Page[RejectedOut]:
    """Messages that could not be stored, the latest first."""
    return await rejected.waiting(ctx, cursor=cursor, limit=limit)


@router.post(
    "/rejected-messages/{rejected_id}/retry",
    responses=problems(RejectedMessageNotFound, ConversationNotFound),
)
async def retry_rejected_message(rejected_id: UUID, ctx: CanManageInboxes) -> MessageOut:
    """Store a message after all, with what cannot be stored replaced."""
    stored = await rejected.retry(ctx, rejected_id)
    return await reading.message_at(ctx, stored.conversation_id, stored.seq)
