"""Choosing a password: for oneself, or with a token from a letter."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rapport.kernel import limits
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import confirmation, links, lookups, passwords, strength
from rapport.kernel.auth.errors import ConfirmationNeeded, LinkInvalid, SignInRefused
from rapport.kernel.auth.ports import Mail, Mailer
from rapport.kernel.auth.principals import Principals, announce_end
from rapport.kernel.auth.repository import WorkspaceRepository
from rapport.kernel.auth.sign_in import Browser, guards_for, person
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.i18n.texts import t
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings

LIFETIME = timedelta(hours=1)
PER_ACCOUNT = limits.Limit("reset:account", times=3, per=timedelta(hours=1))
PER_ADDRESS = limits.Limit("reset:address", times=20, per=timedelta(hours=1))
CONFIRMS_PER_ADDRESS = limits.Limit("reset:confirm", times=30, per=timedelta(hours=1))


async def admit(database: Database, *, email: str, browser: Browser) -> None:
    """Count a request for a letter; the same for accounts that exist and that do not.

    Raises:
        TooMany: too many requests for this address, or from this network.
    """
    await limits.take(database, PER_ADDRESS, limits.network(browser.ip))
    await limits.take(database, PER_ACCOUNT, email)


async def write_to(database: Database, *, email: str, locale: str) -> None:
    """Send a letter with a reset link to the person with this address, if there is one.

    Runs after the answer has left, so that neither its text nor its time tells who has an account.
    """
    async with database.connect() as session:
        account = await lookups.account(session, email)
        if account is None or not await lookups.places(session, account.user_id):
            return
        token = await create(session, account.user_id, now=database.now())
    link = links.reset(database.ports.get(Settings), token)
    await database.ports.get(Mailer).send(
        Mail(
            to=account.email,
            subject=t(locale, "Choose a new password for Rapport"),
            text=t(
                locale,
                "Hello {name},\n\nsomebody, hopefully you, asked for a new password. "
                "Within one hour you can choose it here:\n\n{link}\n\n"
                "If it was not you, there is nothing to do.\n",
                name=account.name,
                link=link,
            ),
        )
    )


async def create(session: AsyncSession, user_id: UUID, *, now: datetime) -> str:
    """A token with which a person may choose a new password, for one hour, once."""
    token = new_token()
    await lookups.request_reset(
        session,
        id=new_id(),
        user_id=user_id,
        digest=digest(token),
        now=now,
        expires_at=now + LIFETIME,
    )
    return token


async def confirm(database: Database, *, token: str, password: str, browser: Browser) -> None:
    """Change the password of whoever the token was made for, and end all their sessions.

    Raises:
        LinkInvalid: unknown, used or expired.
        PasswordTooWeak: it is too easy to guess; the token stays valid.
        TooMany: too many tries from this network.
    """
    await limits.take(database, CONFIRMS_PER_ADDRESS, limits.network(browser.ip))
    async with database.connect() as session:
        email = await lookups.reset_email(session, digest(token), database.now())
    if email is None:
        raise LinkInvalid
    await _require_strength(database, password, email=email)
    hashed = await passwords.hash_password(password)
    async with database.connect() as session:
        user_id = await lookups.redeem_reset(session, digest(token), database.now())
        if user_id is None:
            raise LinkInvalid
        await lookups.set_password(session, user_id, hashed, database.now())
        await lookups.end_sessions(session, user_id)
    Principals.of(database).forget_actor(user_id)
    await limits.right(database, *guards_for(email, browser))
    await _tell_workspaces(database, user_id, by="reset")


async def set_for(database: Database, *, email: str, password: str) -> None:
    """Set somebody's password from the command line, and end all their sessions.

    Raises:
        SignInRefused: there is no such account.
        PasswordTooWeak: it is too easy to guess.
    """
    await _require_strength(database, password, email=email)
    hashed = await passwords.hash_password(password)
    async with database.connect() as session:
        account = await lookups.account(session, email)
        if account is None:
            raise SignInRefused("There is no account with this address.")
        await lookups.set_password(session, account.user_id, hashed, database.now())
        await lookups.end_sessions(session, account.user_id)
    await _tell_workspaces(database, account.user_id, by="command line")


async def change_own(
    ctx: Ctx, *, current: str | None, password: str, session_digest: bytes | None
) -> None:
    """Change the actor's own password and end their other sessions, in every workspace.

    Somebody who came by a link and has no password yet needs no current one.

    Raises:
        SignInRefused: the current password is not right.
        ConfirmationNeeded: there is none, and only an identity provider vouches for the actor.
        PasswordTooWeak: the new one is too easy to guess.
    """
    account = await lookups.account_by_id(ctx.session, ctx.actor.id)
    assert account is not None, "an agent is somebody with an account"
    stored = account.password_hash
    if stored is not None and not await passwords.verify(current or "", stored):
        raise SignInRefused("The current password is not right.")
    if stored is None and not await confirmation.is_trusted(ctx, session_digest):
        raise ConfirmationNeeded
    workspace = await WorkspaceRepository(ctx).mine()
    await strength.require(
        ctx.port(Settings), password, email=account.email, names=[account.name, workspace.name]
    )
    hashed = await passwords.hash_password(password)
    await lookups.set_password(ctx.session, account.user_id, hashed, ctx.now())
    await lookups.end_sessions(ctx.session, account.user_id, except_digest=session_digest)
    await announce_end(ctx, account.user_id)
    await audit.record(
        ctx, "password.changed", subject=f"user:{account.user_id}", details={"by": "owner"}
    )


async def _require_strength(database: Database, password: str, *, email: str) -> None:
    async with database.connect() as session:
        account = await lookups.account(session, email)
        places = await lookups.places(session, account.user_id) if account else []
    names = [account.name if account else "", *(place.slug for place in places)]
    await strength.require(database.ports.get(Settings), password, email=email, names=names)


async def _tell_workspaces(database: Database, user_id: UUID, *, by: str) -> None:
    async with database.connect() as session:
        account = await lookups.account_by_id(session, user_id)
        places = await lookups.places(session, user_id)
    for place in places:
        actor = person(user_id, account.name if account else "", place.role)
        async with database.begin(place.workspace_id, actor) as ctx:
            await announce_end(ctx, user_id)
            await audit.record(
                ctx, "password.changed", subject=f"user:{user_id}", details={"by": by}
            )
