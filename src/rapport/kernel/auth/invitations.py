"""Offers to join a workspace."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from rapport.kernel import limits
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import links, lookups, members, passwords, strength
from rapport.kernel.auth.errors import (
    AccountExists,
    AlreadyMember,
    InvitationNotFound,
    RoleTooHigh,
    SignInRefused,
)
from rapport.kernel.auth.models import Invitation
from rapport.kernel.auth.ports import Mail, Mailer
from rapport.kernel.auth.repository import InvitationRepository, MembershipRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.auth.sign_in import Browser, SignedIn, guards_of, person, proceed
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.i18n.texts import t
from rapport.kernel.ids import new_id
from rapport.kernel.settings import workspace as workspace_settings
from rapport.kernel.settings.process import Settings

LIFETIME = timedelta(hours=72)
PER_ADDRESS = limits.Limit("invitation:address", times=60, per=timedelta(hours=1))
SENT_PER_WORKSPACE = limits.Limit("invitation:workspace", times=200, per=timedelta(hours=24))


async def waiting(ctx: Ctx) -> Sequence[Invitation]:
    """Invitations that can still be accepted."""
    return await InvitationRepository(ctx).open()


async def invite(ctx: Ctx, *, email: str, role: Role) -> tuple[Invitation, str]:
    """Offer an address to join; the invitation, and the link that only now can be seen.

    An earlier unanswered invitation of the same address ends.

    Raises:
        AlreadyMember: that person is one.
        RoleTooHigh: the role is above the actor's own.
    """
    if role.outranks(await members.role_of_actor(ctx)):
        raise RoleTooHigh
    known = await MembershipRepository(ctx).by_email(email)
    if known is not None and known.is_active:
        raise AlreadyMember
    invitations = InvitationRepository(ctx)
    await invitations.withdraw_for(email)
    token = new_token()
    row = await invitations.add(
        email=email,
        role=role.value,
        digest=digest(token),
        invited_by=ctx.actor.id,
        expires_at=ctx.now() + LIFETIME,
    )
    link = links.invitation(ctx.port(Settings), token)
    general = await workspace_settings.get(ctx, workspace_settings.General)
    letter = _letter(email, link, inviter=ctx.actor.name, locale=general.locale)
    await ctx.port(Mailer).send(letter)
    await audit.record(
        ctx,
        "invitation.created",
        subject=f"invitation:{row.id}",
        name=email,
        details={"role": role.value},
    )
    return row, link


async def withdraw(ctx: Ctx, invitation_id: UUID) -> None:
    """Take an unanswered invitation back.

    Raises:
        InvitationNotFound: no such invitation here, or it was accepted.
    """
    invitations = InvitationRepository(ctx)
    row = await invitations.get(invitation_id, lock=True)
    if row.accepted_at is not None:
        raise InvitationNotFound
    await invitations.remove(row)
    await audit.record(
        ctx,
        "invitation.withdrawn",
        subject=f"invitation:{invitation_id}",
        name=row.email,
        details={},
    )


async def preview(database: Database, token: str, *, browser: Browser) -> lookups.OpenInvitation:
    """What an invitation offers.

    Raises:
        InvitationNotFound: unknown, used, withdrawn or expired.
        TooMany: too many tokens tried from this network.
    """
    await limits.take(database, PER_ADDRESS, limits.network(browser.ip))
    async with database.connect() as session:
        found = await lookups.open_invitation(session, digest(token), database.now())
    if found is None:
        raise InvitationNotFound
    return found


async def accept(
    database: Database, *, token: str, name: str, password: str, browser: Browser
) -> SignedIn:
    """Join, and be signed in.

    Whoever has an account already proves it by its password: an invitation, whose link the inviter
    has seen, must never become a way into somebody's account.

    Raises:
        InvitationNotFound: unknown, used, withdrawn or expired.
        PasswordTooWeak: the new password is too easy to guess; the invitation stays open.
        SignInRefused: there is an account, and this is not its password.
        AccountExists: there is an account without a password.
        AlreadyMember: the account is a member already.
        SecondFactorNeeded: they are a member now, and sign in with their second factor.
        TooMany: too many tries.
    """
    offer = await preview(database, token, browser=browser)
    async with database.connect() as session:
        account = await lookups.account(session, offer.email)
    hashed = None
    if account is None:
        await strength.require(
            database.ports.get(Settings),
            password,
            email=offer.email,
            names=[name, offer.workspace_name],
        )
        hashed = await passwords.hash_password(password)
        user_id = new_id()
    else:
        await _prove(database, account, password, browser)
        user_id, name = account.user_id, account.name
    actor = person(user_id, name, offer.role)
    async with database.begin(offer.workspace_id, actor) as ctx:
        if not await InvitationRepository(ctx).accept(offer.invitation_id):
            raise InvitationNotFound
        if hashed is not None:
            made = await lookups.create_user(
                ctx.session, id=user_id, email=offer.email, name=name, now=ctx.now()
            )
            if made != user_id:
                raise AccountExists
            await lookups.set_password(ctx.session, user_id, hashed, ctx.now())
        await members.join(ctx, user_id, Role(offer.role))
    return await proceed(database, offer.workspace_id, actor, browser, by="invitation")


async def _prove(
    database: Database, account: lookups.Account, password: str, browser: Browser
) -> None:
    if account.password_hash is None:
        raise AccountExists
    guards = await guards_of(database, account.email, browser)
    await limits.guess(database, *guards)
    if not await passwords.verify(password, account.password_hash):
        raise SignInRefused("There is an account with this address; its password is another.")
    await limits.right(database, *guards)


def _letter(email: str, link: str, *, inviter: str, locale: str) -> Mail:
    return Mail(
        to=email,
        subject=t(locale, "You are invited to Rapport"),
        text=t(
            locale,
            "Hello,\n\n{name} invites you to answer customers together. "
            "Within three days you can join here:\n\n{link}\n",
            name=inviter or "Rapport",
            link=link,
        ),
    )
