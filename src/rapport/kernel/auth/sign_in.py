"""Signing in: with a password, or with a one-time link."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from rapport.kernel import limits
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import lookups, passwords, sessions
from rapport.kernel.auth.errors import LinkInvalid, SignInRefused
from rapport.kernel.auth.repository import MembershipRepository, SignInLinkRepository
from rapport.kernel.auth.roles import Role, permissions
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database

log = structlog.get_logger(__name__)

LINK_LIFETIME = timedelta(minutes=15)
FIRST_RUN_LINK_LIFETIME = timedelta(hours=24)

BY_ACCOUNT_AND_ADDRESS = limits.Guessing(
    "sign_in:account+address",
    free=5,
    first_delay=timedelta(seconds=1),
    longest_delay=timedelta(minutes=15),
    lock_after=100,
    lock_for=timedelta(hours=24),
    forget_after=timedelta(hours=24),
)
BY_ACCOUNT = limits.Guessing(
    # Guesses from many addresses: the account locks, whoever asks. A sign-in link, a password
    # reset or `rapport user link` still let its owner in.
    "sign_in:account",
    free=100,
    first_delay=timedelta(hours=1),
    longest_delay=timedelta(hours=1),
    lock_after=1_000,
    lock_for=timedelta(hours=24),
    forget_after=timedelta(hours=24),
)
PER_ADDRESS = limits.Limit("sign_in:address", times=300, per=timedelta(hours=1))
LINKS_PER_ADDRESS = limits.Limit("sign_in:link", times=60, per=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Browser:
    """What signs in."""

    ip: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just been opened."""

    token: str
    workspace_id: UUID
    user_id: UUID


async def with_password(
    database: Database, *, email: str, password: str, workspace: str | None, browser: Browser
) -> SignedIn:
    """Open a session for whoever knows the password.

    Without `workspace` (a slug) it is the one visited last. Unknown address, wrong password,
    no password and no active membership cost the same time and read the same.

    Raises:
        SignInRefused: it does not fit.
        TooMany: too many guesses for this account, or from this address.
    """
    await limits.take(database, PER_ADDRESS, limits.network(browser.ip))
    guards = guards_for(email, browser)
    await limits.guess(database, *guards)
    async with database.connect() as session:
        account = await lookups.account(session, email)
        places = await lookups.places(session, account.user_id) if account else []
    fits = await passwords.verify(password, account.password_hash if account else None)
    place = next((p for p in places if workspace in {None, p.slug}), None)
    if not fits or account is None or account.password_hash is None or place is None:
        log.info("sign_in_refused", ip=browser.ip)
        raise SignInRefused
    await limits.right(database, *guards)
    await _refresh_hash(database, account, password)
    actor = person(account.user_id, account.name, place.role)
    return await open_session(database, place.workspace_id, actor, browser, by="password")


async def with_link(database: Database, *, token: str, browser: Browser) -> SignedIn:
    """Open a session for whoever holds a one-time link; the link is used up.

    Raises:
        LinkInvalid: unknown, used, expired, or its person is not active any more.
        TooMany: too many links tried from this address.
    """
    await limits.take(database, LINKS_PER_ADDRESS, limits.network(browser.ip))
    async with database.connect() as session:
        found = await lookups.redeem_link(session, digest(token), database.now())
    if found is None:
        raise LinkInvalid
    await limits.right(database, *guards_for(found.email, browser))
    actor = person(found.user_id, found.name, found.role)
    return await open_session(database, found.workspace_id, actor, browser, by="link")


async def open_session(
    database: Database, workspace_id: UUID, actor: Actor, browser: Browser, *, by: str
) -> SignedIn:
    """Open a session for a person who has proved who they are, and say so in the audit record."""
    async with database.begin(workspace_id, actor) as ctx:
        token = await sessions.start(ctx, actor.id, user_agent=browser.user_agent, ip=browser.ip)
        await lookups.signed_in(ctx.session, actor.id, ctx.now())
        await audit.record(
            ctx,
            "session.started",
            subject=f"user:{actor.id}",
            details={"by": by, "ip": browser.ip, "user_agent": browser.user_agent},
        )
    return SignedIn(token, workspace_id, actor.id)


async def create_link(ctx: Ctx, user_id: UUID, *, lifetime: timedelta = LINK_LIFETIME) -> str:
    """A token that signs one member of this workspace in, once.

    Raises:
        MemberNotFound: no such person here.
    """
    await MembershipRepository(ctx).of(user_id)
    token = new_token()
    await SignInLinkRepository(ctx).add(
        user_id=user_id, digest=digest(token), expires_at=ctx.now() + lifetime
    )
    await audit.record(ctx, "sign_in_link.created", subject=f"user:{user_id}", details={})
    return token


def person(user_id: UUID, name: str, role: str) -> Actor:
    """A member as an actor, with what their role may do."""
    return Actor("agent", user_id, permissions(Role(role)), name)


def guards_for(email: str, browser: Browser) -> tuple[tuple[limits.Guessing, str], ...]:
    """What counts the guesses for an account, narrow first."""
    return (
        (BY_ACCOUNT_AND_ADDRESS, f"{email}\0{limits.network(browser.ip)}"),
        (BY_ACCOUNT, email),
    )


async def _refresh_hash(database: Database, account: lookups.Account, password: str) -> None:
    stored = account.password_hash
    if stored is None or not passwords.outdated(stored):
        return
    renewed = await passwords.hash_password(password)
    async with database.connect() as session:
        await lookups.rehash(session, account.user_id, stored, renewed)
