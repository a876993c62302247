"""Who belongs to a workspace, and with which role."""

from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.auth import links, lookups, notices, resets, sessions, vault
from rapport.kernel.auth.errors import AlreadyMember, LastOwner, RoleTooHigh
from rapport.kernel.auth.events import MemberChanged, MemberJoined
from rapport.kernel.auth.models import Membership
from rapport.kernel.auth.principals import forget_after_commit
from rapport.kernel.auth.repository import Member, MembershipRepository, TeamRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Conflict
from rapport.kernel.events.log import emit
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings


class AccountShared(Conflict):
    """This person also belongs to another workspace; only they can change how they sign in."""


async def everybody(ctx: Ctx) -> list[Member]:
    """All members, the active ones first."""
    return await MembershipRepository(ctx).members()


async def one(ctx: Ctx, user_id: UUID) -> Member:
    """One member.

    Raises:
        MemberNotFound: no such person here.
    """
    return await MembershipRepository(ctx).member(user_id)


async def by_email(ctx: Ctx, email: str) -> Member | None:
    """The member who signs in with this address, active or not."""
    return await MembershipRepository(ctx).by_email(email)


async def create(ctx: Ctx, *, email: str, name: str, role: Role) -> UUID:
    """Make somebody a member, with an account if they have none yet; their user id.

    For the command line, invitations and demos: it does not ask who acts. They get no password.

    Raises:
        AlreadyMember: they are one.
    """
    user_id = await lookups.create_user(
        ctx.session, id=new_id(), email=email, name=name, now=ctx.now()
    )
    await join(ctx, user_id, role)
    return user_id


async def join(ctx: Ctx, user_id: UUID, role: Role) -> None:
    """Make an account a member, or an active one again.

    Raises:
        AlreadyMember: it is one.
    """
    memberships = MembershipRepository(ctx)
    known = await memberships.find_of(user_id, lock=True)
    if known is None:
        await memberships.add(user_id=user_id, role=role.value, is_active=True)
    elif known.is_active:
        raise AlreadyMember
    else:
        known.role, known.is_active = role.value, True
    forget_after_commit(ctx, user_id)
    await emit(ctx, MemberJoined(user_id=user_id, role=role), subject=user_id)
    await audit.record(
        ctx,
        "member.joined",
        subject=f"user:{user_id}",
        name=(await memberships.member(user_id)).name,
        details={"role": role.value},
    )


async def change(
    ctx: Ctx, user_id: UUID, *, role: Role | None = None, is_active: bool | None = None
) -> Member:
    """Give a member another role, or end or renew their membership.

    Ending it ends their sessions here and takes them out of their teams; what they wrote stays.

    Raises:
        MemberNotFound: no such person here.
        RoleTooHigh: the actor would touch or give a role above their own.
        LastOwner: nobody would be left to own the workspace.
    """
    memberships = MembershipRepository(ctx)
    member = await memberships.of(user_id, lock=True)
    old = Role(member.role)
    new = role or old
    active = member.is_active if is_active is None else is_active
    own = await role_of_actor(ctx)
    if old.outranks(own) or new.outranks(own):
        raise RoleTooHigh
    if (old, member.is_active) == (new, active):
        return await memberships.member(user_id)
    if old is Role.OWNER and member.is_active and not (new is Role.OWNER and active):
        await _keep_an_owner(ctx, leaving=user_id)
    was_active = member.is_active
    await _apply(ctx, member, new, active)
    shown = await memberships.member(user_id)
    await audit.record(
        ctx,
        "member.changed",
        subject=f"user:{user_id}",
        name=shown.name,
        details=audit.changes(
            {"role": old.value, "is_active": was_active},
            {"role": new.value, "is_active": active},
            ("role", "is_active"),
        ),
    )
    return shown


async def rename(ctx: Ctx, name: str) -> None:
    """Announce that the actor goes by another name now."""
    member = await MembershipRepository(ctx).of(ctx.actor.id)
    forget_after_commit(ctx, ctx.actor.id)
    event = MemberChanged(user_id=ctx.actor.id, role=member.role, is_active=member.is_active)
    await emit(ctx, event, subject=ctx.actor.id)
    await audit.record(
        ctx,
        "member.renamed",
        subject=f"user:{ctx.actor.id}",
        name=name,
        details={"name": [ctx.actor.name, name]},
    )


async def reset_link(ctx: Ctx, user_id: UUID) -> str:
    """A link with which a member can choose a new password, for an administrator to pass on.

    Raises:
        MemberNotFound: no such person here.
        RoleTooHigh: they are above the actor, who could then become them.
        AccountShared: the new password would open another workspace too.
    """
    member = await MembershipRepository(ctx).of(user_id)
    if Role(member.role).outranks(await role_of_actor(ctx)):
        raise RoleTooHigh
    places = await lookups.places(ctx.session, user_id)
    if any(place.workspace_id != ctx.workspace_id for place in places):
        raise AccountShared
    token = await resets.create(ctx.session, user_id, now=ctx.now())
    name = (await MembershipRepository(ctx).member(user_id)).name
    await audit.record(
        ctx, "password_reset.created", subject=f"user:{user_id}", name=name, details={}
    )
    return links.reset(ctx.port(Settings), token)


async def reset_second_factor(ctx: Ctx, user_id: UUID) -> None:
    """Take a member's authenticator, recovery codes and passkeys away, when they have lost them.

    Their sessions here end, and a letter tells them.

    Raises:
        MemberNotFound: no such person here.
        RoleTooHigh: they are above the actor.
        AccountShared: their account would lie open in another workspace too.
    """
    member = await MembershipRepository(ctx).of(user_id)
    if Role(member.role).outranks(await role_of_actor(ctx)):
        raise RoleTooHigh
    places = await lookups.places(ctx.session, user_id)
    if any(place.workspace_id != ctx.workspace_id for place in places):
        raise AccountShared
    await vault.end_second_factor(ctx.session, user_id)
    await vault.remove_passkeys(ctx.session, user_id)
    await sessions.end_all_of(ctx, user_id)
    await notices.tell(ctx, user_id, notices.RESET_BY_ADMINISTRATOR)
    await audit.record(ctx, "second_factor.reset", subject=f"user:{user_id}", details={})


async def role_of_actor(ctx: Ctx) -> Role:
    """The role the actor holds now, read afresh; the system counts as an owner."""
    if ctx.actor.kind == "system":
        return Role.OWNER
    memberships = MembershipRepository(ctx)
    if ctx.actor.kind == "api_key":
        return await memberships.role_of_key(ctx.actor.id)
    return Role((await memberships.of(ctx.actor.id)).role)


async def _apply(ctx: Ctx, member: Membership, role: Role, active: bool) -> None:
    member.role, member.is_active = role.value, active
    if active:
        forget_after_commit(ctx, member.user_id)
    else:
        await sessions.end_all_of(ctx, member.user_id)
        await TeamRepository(ctx).leave_all(member.user_id)
    await ctx.session.flush()
    event = MemberChanged(user_id=member.user_id, role=role, is_active=active)
    await emit(ctx, event, subject=member.user_id)


async def _keep_an_owner(ctx: Ctx, *, leaving: UUID) -> None:
    owners = await MembershipRepository(ctx).lock_active_owners()
    if all(owner.user_id == leaving for owner in owners):
        raise LastOwner
