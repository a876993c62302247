"""Signed-in browsers, and leaving."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from rapport.kernel.auth import sessions
from rapport.kernel.auth.errors import PeopleOnly, SessionNotFound
from rapport.kernel.auth.http import (
    AgentRoute,
    SetUpRoute,
    clear_session_cookie,
    current_digest,
    require_person,
)
from rapport.kernel.auth.models import Session
from rapport.kernel.auth.schemas import SessionOut
from rapport.kernel.context import Ctx
from rapport.kernel.http import problems, signed_in

router = APIRouter(prefix="/auth", tags=["auth"], route_class=AgentRoute)
early = APIRouter(prefix="/auth", tags=["auth"], route_class=SetUpRoute)
routers = (early, router)
SignedIn = Annotated[Ctx, Depends(signed_in)]


@early.post("/sign-out", status_code=204, responses=problems(PeopleOnly))
async def sign_out(ctx: SignedIn, request: Request, response: Response) -> None:
    """End the session that asks, here and in the browser."""
    digest = current_digest(request)
    if digest is None:
        raise PeopleOnly
    await sessions.end_by_digest(ctx, digest)
    clear_session_cookie(request, response)


@router.get("/sessions", responses=problems(PeopleOnly))
async def list_sessions(ctx: SignedIn, request: Request) -> list[SessionOut]:
    """One's own signed-in browsers, the latest used first."""
    require_person(ctx)
    current = current_digest(request)
    return [_shown(row, current) for row in await sessions.mine(ctx)]


@router.delete("/sessions", status_code=204, responses=problems(PeopleOnly))
async def end_other_sessions(ctx: SignedIn, request: Request) -> None:
    """Sign out everywhere else."""
    require_person(ctx)
    await sessions.end_others(ctx, current_digest(request))


@router.delete(
    "/sessions/{session_id}", status_code=204, responses=problems(PeopleOnly, SessionNotFound)
)
async def end_session(session_id: UUID, ctx: SignedIn) -> None:
    """Sign one of one's own browsers out."""
    require_person(ctx)
    await sessions.end(ctx, session_id)


def _shown(row: Session, current: bytes | None) -> SessionOut:
    return SessionOut(
        id=row.id,
        user_agent=row.user_agent,
        ip=row.ip,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        signed_in_by=row.signed_in_by,
        current=row.digest == current,
    )
