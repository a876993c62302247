"""Which member somebody at the identity provider is.

The provider of a workspace speaks for that workspace alone: it may name its members, and never
opens an account that another workspace has made.
"""

from collections.abc import Sequence
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.auth import lookups, members
from rapport.kernel.auth.errors import (
    IdentityNotFound,
    IdentityNotLinked,
    IdentityUnknown,
    ProviderIdentityTaken,
)
from rapport.kernel.auth.models import IdentityProvider, LinkedIdentity
from rapport.kernel.auth.oidc.protocol import Person
from rapport.kernel.auth.oidc.repository import LinkedIdentityRepository
from rapport.kernel.auth.repository import InvitationRepository, MembershipRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.auth.sign_in import person
from rapport.kernel.context import SYSTEM, Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.emails import clean
from rapport.kernel.ids import new_id


async def resolve(
    database: Database, workspace_id: UUID, provider: IdentityProvider, found: Person
) -> Actor:
    """The member that `found` is, connected or made a member where the workspace allows that.

    Raises:
        IdentityUnknown: they are nobody here, or not active any more.
        IdentityNotLinked: their address has an account that other workspaces made.
    """
    async with database.begin(workspace_id, SYSTEM) as ctx:
        _require_domain(provider, found)
        identities = LinkedIdentityRepository(ctx)
        linked = await identities.of_subject(found.issuer, found.subject)
        if linked is None:
            user_id = await _member_by_address(ctx, provider, found)
            linked = await _link(ctx, user_id, found)
        membership = await MembershipRepository(ctx).find_of(linked.user_id)
        if membership is None or not membership.is_active:
            raise IdentityUnknown
        linked.last_used_at = ctx.now()
        member = await MembershipRepository(ctx).member(linked.user_id)
        return person(member.id, member.name, member.role)


async def connect(
    database: Database,
    workspace_id: UUID,
    provider: IdentityProvider,
    user_id: UUID,
    found: Person,
) -> None:
    """Connect somebody who is signed in to the identity with which they have just come back.

    Raises:
        IdentityUnknown: the workspace does not take this address, or they are no member.
        ProviderIdentityTaken: it belongs to another member.
    """
    async with database.begin(workspace_id, SYSTEM) as ctx:
        _require_domain(provider, found)
        membership = await MembershipRepository(ctx).find_of(user_id)
        if membership is None or not membership.is_active:
            raise IdentityUnknown
        linked = await LinkedIdentityRepository(ctx).of_subject(found.issuer, found.subject)
        if linked is None:
            await _link(ctx, user_id, found)
        elif linked.user_id != user_id:
            raise ProviderIdentityTaken


async def mine(ctx: Ctx) -> Sequence[LinkedIdentity]:
    """The identities that open the actor's account here."""
    return await LinkedIdentityRepository(ctx).of_user(ctx.actor.id)


async def disconnect(ctx: Ctx, identity_id: UUID) -> None:
    """Take an identity off the actor; it opens nothing any more.

    Raises:
        IdentityNotFound: the actor has no such one here.
    """
    identities = LinkedIdentityRepository(ctx)
    row = await identities.get(identity_id)
    if row.user_id != ctx.actor.id:
        raise IdentityNotFound
    await identities.remove(row)
    await audit.record(
        ctx,
        "identity.disconnected",
        subject=f"user:{ctx.actor.id}",
        details={"issuer": row.issuer, "subject": row.subject},
    )


def _require_domain(provider: IdentityProvider, found: Person) -> None:
    if not provider.email_domains:
        return
    domain = found.email.rpartition("@")[2].casefold()
    if not found.is_verified or domain not in provider.email_domains:
        raise IdentityUnknown


async def _member_by_address(ctx: Ctx, provider: IdentityProvider, found: Person) -> UUID:
    if not found.is_verified:
        raise IdentityUnknown
    try:
        email = clean(found.email)
    except ValueError as error:
        raise IdentityUnknown from error
    member = await MembershipRepository(ctx).by_email(email)
    if member is not None:
        return member.id
    invitations = InvitationRepository(ctx)
    offer = await invitations.open_for(email)
    role = offer.role if offer is not None else provider.joins_as
    if role is None:
        raise IdentityUnknown
    if await lookups.account(ctx.session, email) is not None:
        raise IdentityNotLinked
    if offer is not None and not await invitations.accept(offer.id):
        raise IdentityUnknown
    name = found.name or email.split("@")[0]
    user_id = await lookups.create_user(
        ctx.session, id=new_id(), email=email, name=name, now=ctx.now()
    )
    await members.join(ctx, user_id, Role(role))
    return user_id


async def _link(ctx: Ctx, user_id: UUID, found: Person) -> LinkedIdentity:
    row = await LinkedIdentityRepository(ctx).add(
        user_id=user_id, issuer=found.issuer, subject=found.subject, email=found.email
    )
    await audit.record(
        ctx,
        "identity.connected",
        subject=f"user:{user_id}",
        details={"issuer": found.issuer, "subject": found.subject},
    )
    return row
