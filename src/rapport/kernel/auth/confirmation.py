"""Proof, just now, that the person at the browser is the one whose account it is."""

from datetime import timedelta

from rapport.kernel import limits
from rapport.kernel.auth import lookups, passwords
from rapport.kernel.auth.errors import ConfirmationNeeded, SignInRefused
from rapport.kernel.auth.repository import SessionRepository
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database

FRESH = timedelta(minutes=10)
"""So soon after signing in nobody is asked again."""
BY_PERSON = limits.Guessing(
    "confirmation:person",
    free=5,
    first_delay=timedelta(seconds=1),
    longest_delay=timedelta(minutes=15),
    lock_after=1_000_000,
    lock_for=timedelta(minutes=15),
    forget_after=timedelta(hours=24),
)


async def require(
    ctx: Ctx, database: Database, *, password: str | None, session_digest: bytes | None
) -> None:
    """Let the actor change how they sign in: by their password, or in a session just opened.

    Raises:
        SignInRefused: the password is not right.
        ConfirmationNeeded: there is neither.
        TooMany: too many wrong passwords.
    """
    account = await lookups.account_by_id(ctx.session, ctx.actor.id)
    assert account is not None, "an agent is somebody with an account"
    if password and account.password_hash is not None:
        await limits.guess(database, (BY_PERSON, str(ctx.actor.id)))
        if not await passwords.verify(password, account.password_hash):
            raise SignInRefused("The password is not right.")
        await limits.right(database, (BY_PERSON, str(ctx.actor.id)))
        return
    if not await is_fresh(ctx, session_digest):
        raise ConfirmationNeeded


async def is_fresh(ctx: Ctx, session_digest: bytes | None) -> bool:
    """Whether the session was opened just now, by somebody whom the whole account may believe."""
    session = await SessionRepository(ctx).by_digest(session_digest)
    if session is None or session.created_at <= ctx.now() - FRESH:
        return False
    return await is_trusted(ctx, session_digest)


async def is_trusted(ctx: Ctx, session_digest: bytes | None) -> bool:
    """Whether the session may touch what opens the person's other workspaces.

    One that only this workspace's identity provider vouched for may not: whoever runs that
    provider could become its members elsewhere.
    """
    session = await SessionRepository(ctx).by_digest(session_digest)
    if session is None:
        return False
    if session.signed_in_by != "oidc":
        return True
    places = await lookups.places(ctx.session, ctx.actor.id)
    return all(place.workspace_id == ctx.workspace_id for place in places)
