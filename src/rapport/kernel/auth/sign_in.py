"""Signing in: with a password or a one-time link, then with a second factor where there is one."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from rapport.kernel import limits
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import (
    challenges,
    lookups,
    passwords,
    refusals,
    second_factor,
    sessions,
    vault,
)
from rapport.kernel.auth.errors import (
    CodeRefused,
    LinkInvalid,
    SecondFactorNeeded,
    SignInRefused,
    TicketInvalid,
)
from rapport.kernel.auth.policy import is_second_factor_required
from rapport.kernel.auth.repository import MembershipRepository, SignInLinkRepository
from rapport.kernel.auth.roles import Role, permissions
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database

log = structlog.get_logger(__name__)

LINK_LIFETIME = timedelta(minutes=15)
FIRST_RUN_LINK_LIFETIME = timedelta(hours=24)
TICKET_LIFETIME = timedelta(minutes=5)
KNOWN_FOR = timedelta(days=365)
"""So long an account knows a browser in which its person has signed in."""

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
    # Guesses from many addresses: the account takes one guess an hour, whoever asks. Its person
    # is not locked out by that: a browser that the account knows is counted by itself, and a
    # passkey, a link or a password reset lets them in from anywhere.
    "sign_in:account",
    free=100,
    first_delay=timedelta(hours=1),
    longest_delay=timedelta(hours=1),
    lock_after=1_000_000,
    lock_for=timedelta(hours=1),
    forget_after=timedelta(hours=24),
)
BY_KNOWN_BROWSER = limits.Guessing(
    "sign_in:known_browser",
    free=10,
    first_delay=timedelta(seconds=1),
    longest_delay=timedelta(minutes=15),
    lock_after=1_000_000,
    lock_for=timedelta(minutes=15),
    forget_after=timedelta(hours=24),
)
PER_ADDRESS = limits.Limit("sign_in:address", times=300, per=timedelta(hours=1))
LINKS_PER_ADDRESS = limits.Limit("sign_in:link", times=60, per=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Browser:
    """What signs in."""

    ip: str
    user_agent: str
    token: str = ""
    """What an account may know it by."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just been opened."""

    token: str
    workspace_id: UUID
    user_id: UUID
    browser_token: str
    """What the account knows this browser by from now on."""


async def with_password(
    database: Database, *, email: str, password: str, workspace: str | None, browser: Browser
) -> SignedIn:
    """Open a session for whoever knows the password.

    Without `workspace` (a slug) it is the one visited last. Unknown address, wrong password,
    no password and no active membership cost the same time and read the same.

    Raises:
        SignInRefused: it does not fit.
        SecondFactorNeeded: it fits; `with_code` or a passkey continues.
        TooMany: too many guesses for this account, or from this address.
    """
    await limits.take(database, PER_ADDRESS, limits.network(browser.ip))
    guards = await guards_of(database, email, browser)
    await limits.guess(database, *guards)
    async with database.connect() as session:
        account = await lookups.account(session, email)
        places = await lookups.places(session, account.user_id) if account else []
    fits = await passwords.verify(password, account.password_hash if account else None)
    place = next((p for p in places if workspace in {None, p.slug}), None)
    if not fits or account is None or account.password_hash is None or place is None:
        log.info("sign_in_refused", ip=browser.ip)
        await refusals.note(database, email, browser, by="password")
        raise SignInRefused
    await limits.right(database, *guards)
    await _refresh_hash(database, account, password)
    actor = person(account.user_id, account.name, place.role)
    return await proceed(database, place.workspace_id, actor, browser, by="password")


async def with_link(database: Database, *, token: str, browser: Browser) -> SignedIn:
    """Open a session for whoever holds a one-time link; the link is used up.

    Raises:
        LinkInvalid: unknown, used, expired, or its person is not active any more.
        SecondFactorNeeded: the link was right; `with_code` or a passkey continues.
        TooMany: too many links tried from this address.
    """
    await limits.take(database, LINKS_PER_ADDRESS, limits.network(browser.ip))
    async with database.connect() as session:
        found = await lookups.redeem_link(session, digest(token), database.now())
    if found is None:
        raise LinkInvalid
    await limits.right(database, *guards_for(found.email, browser))
    actor = person(found.user_id, found.name, found.role)
    return await proceed(database, found.workspace_id, actor, browser, by="link")


async def with_code(database: Database, *, ticket: str, code: str, browser: Browser) -> SignedIn:
    """Finish a sign-in with a code of the authenticator, or with a recovery code.

    Raises:
        TicketInvalid: the first step is too long ago, was used, or its person is not active.
        CodeRefused: the code does not fit or was used before; the ticket stays good.
        TooMany: too many wrong codes.
    """
    await limits.take(database, PER_ADDRESS, limits.network(browser.ip))
    begun = await challenges.look(database, challenges.TICKET, ticket)
    if begun is None or begun.user_id is None:
        raise TicketInvalid
    try:
        used = await second_factor.check(database, begun.user_id, code)
    except CodeRefused:
        async with database.connect() as session:
            account = await lookups.account_by_id(session, begun.user_id)
        await refusals.note(database, account.email if account else "", browser, by="code")
        raise
    if await challenges.redeem(database, challenges.TICKET, ticket) is None:
        raise TicketInvalid
    workspace_id = UUID(begun.payload["workspace_id"])
    async with database.connect() as session:
        account = await lookups.account_by_id(session, begun.user_id)
        places = await lookups.places(session, begun.user_id)
    place = next((p for p in places if p.workspace_id == workspace_id), None)
    if account is None or place is None:
        raise TicketInvalid
    actor = person(account.user_id, account.name, place.role)
    by = f"{begun.payload['by']}+{used}"
    return await open_session(database, workspace_id, actor, browser, by=by)


async def proceed(
    database: Database,
    workspace_id: UUID,
    actor: Actor,
    browser: Browser,
    *,
    by: str,
    is_enough: bool = False,
) -> SignedIn:
    """Go on with a person who has proved one factor: in, or on to the second.

    Where the workspace asks for a second factor and the person has none, the session is limited to
    setting one up. With `is_enough` what they proved counts as both.

    Raises:
        SecondFactorNeeded: they have one; its `fields` say how to go on.
    """
    if is_enough:
        return await open_session(database, workspace_id, actor, browser, by=by)
    async with database.begin(workspace_id, actor) as ctx:
        factors = await vault.factors(ctx.session, actor.id)
        required = await is_second_factor_required(ctx)
    if factors.has_code or (required and factors.passkeys):
        payload = {"workspace_id": str(workspace_id), "by": by}
        ticket = await challenges.issue(
            database,
            challenges.TICKET,
            user_id=actor.id,
            payload=payload,
            lifetime=TICKET_LIFETIME,
        )
        methods = ("code" if factors.has_code else "", "passkey" if factors.passkeys else "")
        raise SecondFactorNeeded(ticket, " ".join(filter(None, methods)))
    return await open_session(database, workspace_id, actor, browser, by=by, is_limited=required)


async def open_session(
    database: Database,
    workspace_id: UUID,
    actor: Actor,
    browser: Browser,
    *,
    by: str,
    is_limited: bool = False,
) -> SignedIn:
    """Open a session for a person who has proved who they are, and say so in the audit record."""
    known = browser.token or new_token()
    async with database.begin(workspace_id, actor) as ctx:
        token = await sessions.start(
            ctx,
            actor.id,
            user_agent=browser.user_agent,
            ip=browser.ip,
            by=by,
            is_limited=is_limited,
        )
        await lookups.signed_in(ctx.session, actor.id, ctx.now())
        await vault.know_browser(ctx.session, digest(known), actor.id, ctx.now() + KNOWN_FOR)
        await audit.record(
            ctx,
            "session.started",
            subject=f"user:{actor.id}",
            name=actor.name,
            details={"by": by, "ip": browser.ip, "user_agent": browser.user_agent},
        )
    return SignedIn(token, workspace_id, actor.id, known)


async def create_link(ctx: Ctx, user_id: UUID, *, lifetime: timedelta = LINK_LIFETIME) -> str:
    """A token that signs one member of this workspace in, once.

    Raises:
        MemberNotFound: no such person here.
    """
    member = await MembershipRepository(ctx).member(user_id)
    token = new_token()
    await SignInLinkRepository(ctx).add(
        user_id=user_id, digest=digest(token), expires_at=ctx.now() + lifetime
    )
    await audit.record(
        ctx, "sign_in_link.created", subject=f"user:{user_id}", name=member.name, details={}
    )
    return token


def person(user_id: UUID, name: str, role: str) -> Actor:
    """A member as an actor, with what their role may do."""
    return Actor("agent", user_id, permissions(Role(role)), name)


async def guards_of(
    database: Database, email: str, browser: Browser
) -> tuple[tuple[limits.Guessing, str], ...]:
    """What counts the guesses for an account in this browser."""
    if browser.token:
        key = digest(browser.token)
        async with database.connect() as session:
            if await vault.knows_browser(session, email, key, database.now()):
                return ((BY_KNOWN_BROWSER, f"{email}\0{key.hex()}"),)
    return guards_for(email, browser)


def guards_for(email: str, browser: Browser) -> tuple[tuple[limits.Guessing, str], ...]:
    """What counts the guesses in a browser that the account does not know, narrow first."""
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
