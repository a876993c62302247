"""Who answers customers here."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rapport.kernel.auth import members
from rapport.kernel.auth.errors import LastOwner, MemberNotFound, RoleTooHigh
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.auth.members import AccountShared
from rapport.kernel.auth.repository import Member
from rapport.kernel.auth.schemas import MemberIn, MemberLinkOut, MemberOut
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Permitted, problems

router = APIRouter(prefix="/members", tags=["members"], route_class=AgentRoute)
routers = (router,)
CanRead = Annotated[Ctx, Depends(Permitted("members.read"))]
CanManage = Annotated[Ctx, Depends(Permitted("members.manage"))]


@router.get("", response_model=list[MemberOut], responses=problems(Forbidden))
async def list_members(ctx: CanRead) -> list[Member]:
    """Everybody, the active ones first, by name."""
    return await members.everybody(ctx)


@router.patch(
    "/{user_id}",
    response_model=MemberOut,
    responses=problems(MemberNotFound, RoleTooHigh, LastOwner),
)
async def change_member(user_id: UUID, body: MemberIn, ctx: CanManage) -> Member:
    """Give a member another role, or end or renew the membership."""
    return await members.change(ctx, user_id, role=body.role, is_active=body.is_active)


@router.delete(
    "/{user_id}/second-factor",
    status_code=204,
    responses=problems(MemberNotFound, RoleTooHigh, AccountShared),
)
async def reset_second_factor(user_id: UUID, ctx: CanManage) -> None:
    """Take away the authenticator, recovery codes and passkeys that a member has lost."""
    await members.reset_second_factor(ctx, user_id)


@router.delete(
    "/{user_id}", status_code=204, responses=problems(MemberNotFound, RoleTooHigh, LastOwner)
)
async def remove_member(user_id: UUID, ctx: CanManage) -> None:
    """End a membership and all its sessions. What the member wrote stays, under their name."""
    await members.change(ctx, user_id, is_active=False)


@router.post(
    "/{user_id}/password-reset",
    responses=problems(MemberNotFound, RoleTooHigh, AccountShared),
)
async def create_reset_link(user_id: UUID, ctx: CanManage) -> MemberLinkOut:
    """A reset link to pass on to a member, where letters cannot be sent. It works for an hour."""
    link = await members.reset_link(ctx, user_id)
    return MemberLinkOut(link=link)
