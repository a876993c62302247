"""Inboxes and their web chats, as administrators set them up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rapport.channels.webchat import service as webchats
from rapport.channels.webchat.errors import IdentityUnconfigured, NotAWebChat
from rapport.channels.webchat.schemas import (
    IdentitySecretOut,
    InboxCreate,
    InboxPatch,
    WebChatOut,
    WebChatPatch,
)
from rapport.conversations.errors import InboxInUse, InboxNotFound
from rapport.conversations.inboxes import service as inboxes
from rapport.conversations.models import Inbox
from rapport.conversations.schemas import InboxOut
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, Unauthenticated
from rapport.kernel.http import Permitted, problems

router = APIRouter(
    prefix="/inboxes",
    tags=["inboxes"],
    route_class=AgentRoute,
    responses=problems(Unauthenticated, Forbidden),
)
CanRead = Annotated[Ctx, Depends(Permitted("inboxes.read"))]
CanManage = Annotated[Ctx, Depends(Permitted("inboxes.manage"))]


@router.post("", status_code=201, response_model=InboxOut)
async def create_inbox(body: InboxCreate, ctx: CanManage) -> Inbox:
    """Set up a new inbox with its web chat."""
    chat = await webchats.create(ctx, name=body.name)
    return await inboxes.get_inbox(ctx, chat.id)


@router.patch("/{inbox_id}", response_model=InboxOut, responses=problems(InboxNotFound))
async def update_inbox(inbox_id: UUID, body: InboxPatch, ctx: CanManage) -> Inbox:
    """Rename an inbox, or switch it on or off. One that is off takes no new messages."""
    inbox = await inboxes.change_inbox(ctx, inbox_id, name=body.name, is_enabled=body.is_enabled)
    webchats.forget_visitors(ctx)
    return inbox


@router.delete("/{inbox_id}", status_code=204, responses=problems(InboxNotFound, InboxInUse))
async def delete_inbox(inbox_id: UUID, ctx: CanManage) -> None:
    """Remove an inbox that was never used; others can be switched off."""
    await inboxes.delete_inbox(ctx, inbox_id)
    webchats.forget_visitors(ctx)


@router.get(
    "/{inbox_id}/webchat",
    response_model=WebChatOut,
    responses=problems(InboxNotFound, NotAWebChat),
)
async def get_webchat(inbox_id: UUID, ctx: CanRead) -> WebChatOut:
    """How a web chat looks and behaves, and the script tag that puts it on a page."""
    return webchats.describe(ctx, await webchats.get(ctx, inbox_id))


@router.patch(
    "/{inbox_id}/webchat",
    response_model=WebChatOut,
    responses=problems(InboxNotFound, NotAWebChat, IdentityUnconfigured),
)
async def update_webchat(inbox_id: UUID, body: WebChatPatch, ctx: CanManage) -> WebChatOut:
    """Change how a web chat looks and behaves."""
    return webchats.describe(ctx, await webchats.change(ctx, inbox_id, body))


@router.post(
    "/{inbox_id}/webchat/identity-secret",
    response_model=IdentitySecretOut,
    responses=problems(InboxNotFound, NotAWebChat),
)
async def renew_identity_secret(inbox_id: UUID, ctx: CanManage) -> IdentitySecretOut:
    """Make a new identity secret. It is shown once; what was signed with the old one is refused."""
    return IdentitySecretOut(secret=await webchats.renew_identity_secret(ctx, inbox_id))
