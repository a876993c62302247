"""Oneself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from rapport.kernel.auth import profile, resets
from rapport.kernel.auth.errors import (
    ConfirmationNeeded,
    PasswordTooWeak,
    PeopleOnly,
    SignInRefused,
)
from rapport.kernel.auth.http import AgentRoute, SetUpRoute, current_digest, require_person
from rapport.kernel.auth.profile import EmailTaken
from rapport.kernel.auth.schemas import EmailIn, MeIn, MeOut, PasswordIn
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Overloaded, Unauthenticated
from rapport.kernel.http import problems, signed_in

router = APIRouter(prefix="/me", tags=["me"], route_class=AgentRoute)
early = APIRouter(prefix="/me", tags=["me"], route_class=SetUpRoute)
routers = (early, router)
SignedIn = Annotated[Ctx, Depends(signed_in)]


@early.get("", responses=problems(Unauthenticated))
async def get_me(ctx: SignedIn, request: Request) -> MeOut:
    """Who is signed in, in which workspace, and what they may do."""
    return await profile.me(ctx, session_digest=current_digest(request))


@router.patch("", responses=problems(PeopleOnly))
async def change_me(body: MeIn, ctx: SignedIn) -> MeOut:
    """Change one's own name, language or theme."""
    require_person(ctx)
    values = body.model_dump(exclude_unset=True)
    for required in ("name", "theme"):
        if values.get(required, "") is None:
            del values[required]
    return await profile.change(ctx, values)


@router.put(
    "/password",
    status_code=204,
    responses=problems(PeopleOnly, SignInRefused, ConfirmationNeeded, PasswordTooWeak, Overloaded),
)
async def change_my_password(body: PasswordIn, ctx: SignedIn, request: Request) -> None:
    """Choose a new password; one's other sessions end."""
    require_person(ctx)
    current = body.current_password
    await resets.change_own(
        ctx,
        current=current.get_secret_value() if current else None,
        password=body.password.get_secret_value(),
        session_digest=current_digest(request),
    )


@router.put("/email", responses=problems(PeopleOnly, SignInRefused, EmailTaken, Overloaded))
async def change_my_email(body: EmailIn, ctx: SignedIn, request: Request) -> MeOut:
    """Move one's account to another e-mail address."""
    require_person(ctx)
    current = body.current_password
    return await profile.change_email(
        ctx,
        email=body.email,
        current=current.get_secret_value() if current else None,
        session_digest=current_digest(request),
    )
