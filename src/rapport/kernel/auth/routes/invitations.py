"""Offers to join."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from rapport.kernel import limits
from rapport.kernel.auth import invitations
from rapport.kernel.auth.errors import (
    AccountExists,
    AlreadyMember,
    ForeignOrigin,
    InvitationNotFound,
    PasswordTooWeak,
    RoleTooHigh,
    SignInRefused,
)
from rapport.kernel.auth.http import (
    AgentRoute,
    admit,
    browser_of,
    database_of,
    require_same_origin,
)
from rapport.kernel.auth.lookups import OpenInvitation
from rapport.kernel.auth.models import Invitation
from rapport.kernel.auth.schemas import (
    AcceptIn,
    InvitationIn,
    InvitationOut,
    InvitationPreviewOut,
    NewInvitationOut,
    SignedInOut,
)
from rapport.kernel.auth.sign_in import SignedIn
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, Overloaded, TooMany
from rapport.kernel.http import Permitted, problems

router = APIRouter(prefix="/invitations", tags=["members"], route_class=AgentRoute)
answers = APIRouter(prefix="/invitations", tags=["auth"])
routers = (answers, router)
CanManage = Annotated[Ctx, Depends(Permitted("members.manage"))]


@router.get("", response_model=list[InvitationOut], responses=problems(Forbidden))
async def list_invitations(ctx: CanManage) -> list[Invitation]:
    """Invitations that still wait for their answer, the latest first."""
    return list(await invitations.waiting(ctx))


@router.post("", status_code=201, responses=problems(AlreadyMember, RoleTooHigh, TooMany))
async def invite_member(body: InvitationIn, ctx: CanManage) -> NewInvitationOut:
    """Invite somebody by e-mail address. The link works for 72 hours, once."""
    await limits.take_within(ctx, invitations.SENT_PER_WORKSPACE, str(ctx.workspace_id))
    row, link = await invitations.invite(ctx, email=body.email, role=body.role)
    shown = InvitationOut.model_validate(row)
    return NewInvitationOut(**shown.model_dump(), link=link)


@router.delete("/{invitation_id}", status_code=204, responses=problems(InvitationNotFound))
async def withdraw_invitation(invitation_id: UUID, ctx: CanManage) -> None:
    """Take an unanswered invitation back."""
    await invitations.withdraw(ctx, invitation_id)


@answers.get(
    "/{token}/preview",
    response_model=InvitationPreviewOut,
    responses=problems(InvitationNotFound, TooMany),
)
async def preview_invitation(
    token: Annotated[str, Path(min_length=20, max_length=200)], request: Request
) -> OpenInvitation:
    """What an invitation offers, for whoever holds its link."""
    return await invitations.preview(database_of(request), token, browser=browser_of(request))


@answers.post(
    "/accept",
    response_model=SignedInOut,
    responses=problems(
        InvitationNotFound,
        PasswordTooWeak,
        SignInRefused,
        AccountExists,
        ForeignOrigin,
        TooMany,
        Overloaded,
    ),
)
async def accept_invitation(body: AcceptIn, request: Request, response: Response) -> SignedIn:
    """Join with an invitation and be signed in."""
    require_same_origin(request, must_say=False)
    signed_in = await invitations.accept(
        database_of(request),
        token=body.token,
        name=body.name,
        password=body.password.get_secret_value(),
        browser=browser_of(request),
    )
    admit(request, response, signed_in)
    return signed_in
