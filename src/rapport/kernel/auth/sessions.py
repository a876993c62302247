"""Signed-in browsers."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.auth.errors import SessionNotFound
from rapport.kernel.auth.models import Session
from rapport.kernel.auth.principals import announce_end, forget_after_commit
from rapport.kernel.auth.repository import SessionRepository
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.context import Ctx

LIFETIME = timedelta(days=30)
IDLE = timedelta(days=7)


async def start(
    ctx: Ctx,
    user_id: UUID,
    *,
    user_agent: str = "",
    ip: str = "",
    by: str = "",
    is_limited: bool = False,
) -> str:
    """Open a session for a member of this workspace; the token for the cookie.

    It ends after `LIFETIME`, or after `IDLE` without a request. A limited one opens nothing but
    the setting up of a second factor.
    """
    token, now = new_token(), ctx.now()
    await SessionRepository(ctx).add(
        user_id=user_id,
        digest=digest(token),
        user_agent=user_agent,
        ip=ip,
        last_seen_at=now,
        expires_at=now + LIFETIME,
        signed_in_by=by,
        is_limited=is_limited,
    )
    return token


async def mine(ctx: Ctx) -> Sequence[Session]:
    """The actor's sessions in this workspace that still live, the latest used first."""
    return await SessionRepository(ctx).live_of(ctx.actor.id, idle=IDLE)


async def is_limited(ctx: Ctx, session_digest: bytes | None) -> bool:
    """Whether this session waits for its person to set up a second factor."""
    session = await SessionRepository(ctx).by_digest(session_digest)
    return session is not None and session.is_limited


async def strengthen(ctx: Ctx, session_digest: bytes | None) -> None:
    """Open everything to the session whose person has just set up a second factor."""
    session = await SessionRepository(ctx).by_digest(session_digest)
    if session is not None and session.is_limited:
        session.is_limited = False
        await ctx.session.flush()
        forget_after_commit(ctx, ctx.actor.id)


async def end(ctx: Ctx, session_id: UUID) -> None:
    """End one of the actor's sessions.

    Raises:
        SessionNotFound: the actor has no such session here.
    """
    sessions = SessionRepository(ctx)
    row = await sessions.get(session_id)
    if row.user_id != ctx.actor.id:
        raise SessionNotFound
    await sessions.remove(row)
    await announce_end(ctx, ctx.actor.id)
    await _record(ctx, "one", user_agent=row.user_agent)


async def end_by_digest(ctx: Ctx, session_digest: bytes) -> None:
    """End the session that holds this token; ending it twice changes nothing."""
    await SessionRepository(ctx).remove_by_digest(session_digest)
    await announce_end(ctx, ctx.actor.id)
    await _record(ctx, "own")


async def end_others(ctx: Ctx, session_digest: bytes | None) -> None:
    """End the actor's sessions in this workspace, but for the one that asks."""
    await SessionRepository(ctx).remove_of(ctx.actor.id, except_digest=session_digest)
    await announce_end(ctx, ctx.actor.id)
    await _record(ctx, "others")


async def end_all_of(ctx: Ctx, user_id: UUID) -> None:
    """End a member's sessions in this workspace."""
    await SessionRepository(ctx).remove_of(user_id, except_digest=None)
    await announce_end(ctx, user_id)


async def _record(ctx: Ctx, which: str, **details: object) -> None:
    """Note who left: with the browser that asks (`own`), with `one`, or with all `others`."""
    await audit.record(
        ctx,
        "session.ended",
        subject=f"user:{ctx.actor.id}",
        name=ctx.actor.name,
        details={"which": which, **details},
    )
