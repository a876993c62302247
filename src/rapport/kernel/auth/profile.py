"""What people may change about themselves, and what a workspace shows of itself."""

from typing import Any

from rapport.kernel.audit import service as audit
from rapport.kernel.auth import confirmation, lookups, members, passwords, sessions
from rapport.kernel.auth.errors import ConfirmationNeeded, SignInRefused
from rapport.kernel.auth.models import User
from rapport.kernel.auth.repository import MembershipRepository, WorkspaceRepository
from rapport.kernel.auth.schemas import MeOut, MeUserOut, WorkspaceOut
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Conflict
from rapport.kernel.events.log import emit
from rapport.kernel.settings import workspace as workspace_settings
from rapport.kernel.settings.workspace import SettingsChanged


class EmailTaken(Conflict):
    """Another account has this address."""


async def me(ctx: Ctx, *, session_digest: bytes | None = None) -> MeOut:
    """Who acts, where, and what they may do."""
    role = await members.role_of_actor(ctx)
    return MeOut(
        user=await _user(ctx),
        workspace=await workspace(ctx),
        role=role,
        permissions=sorted(ctx.actor.permissions),
        second_factor_due=await sessions.is_limited(ctx, session_digest),
    )


async def workspace(ctx: Ctx) -> WorkspaceOut:
    """The workspace with all its settings."""
    row = await WorkspaceRepository(ctx).mine()
    return WorkspaceOut(
        id=row.id,
        name=row.name,
        slug=row.slug,
        settings=await workspace_settings.everything(ctx),
    )


async def change_workspace(
    ctx: Ctx, *, name: str | None, settings: dict[str, dict[str, Any]]
) -> WorkspaceOut:
    """Rename the workspace and change settings, all or nothing.

    Raises:
        UnknownSettings: a key that no room registered.
        SettingsInvalid: a field is unknown or its value does not fit.
    """
    row = await WorkspaceRepository(ctx).mine()
    for key, patch in sorted(settings.items()):
        await workspace_settings.update_by_key(ctx, key, patch)
    if name is not None and name != row.name:
        before, row.name = row.name, name
        await ctx.session.flush()
        await emit(ctx, SettingsChanged(workspace_id=row.id, key="workspace"))
        await audit.record(
            ctx,
            "workspace.renamed",
            subject=f"workspace:{row.id}",
            name=name,
            details={"name": [before, name]},
        )
    return await workspace(ctx)


async def change(ctx: Ctx, values: dict[str, Any]) -> MeOut:
    """Set one's own name, locale or theme."""
    user = await MembershipRepository(ctx).user(ctx.actor.id)
    renamed = "name" in values and values["name"] != user.name
    for name, value in values.items():
        setattr(user, name, value)
    await ctx.session.flush()
    if renamed:
        await members.rename(ctx, user.name)
    return await me(ctx)


async def change_email(
    ctx: Ctx, *, email: str, current: str | None, session_digest: bytes | None
) -> MeOut:
    """Move one's account to another address.

    Raises:
        SignInRefused: the current password is not right.
        ConfirmationNeeded: there is none, and only an identity provider vouches for the actor.
        EmailTaken: another account has it.
    """
    account = await lookups.account_by_id(ctx.session, ctx.actor.id)
    assert account is not None, "an agent is somebody with an account"
    stored = account.password_hash
    if stored is not None and not await passwords.verify(current or "", stored):
        raise SignInRefused("The current password is not right.")
    if stored is None and not await confirmation.is_trusted(ctx, session_digest):
        raise ConfirmationNeeded
    if not await lookups.change_email(ctx.session, account.user_id, email):
        raise EmailTaken
    await audit.record(
        ctx,
        "email.changed",
        subject=f"user:{account.user_id}",
        name=account.name,
        details={"email": [account.email, email]},
    )
    ctx.session.expire_all()
    return await me(ctx)


async def _user(ctx: Ctx) -> MeUserOut:
    if ctx.actor.kind != "agent":
        return MeUserOut(
            id=ctx.actor.id,
            name=ctx.actor.name,
            email=None,
            locale=None,
            theme="auto",
            has_password=False,
        )
    user: User = await MembershipRepository(ctx).user(ctx.actor.id)
    account = await lookups.account_by_id(ctx.session, user.id)
    return MeUserOut(
        id=user.id,
        name=user.name,
        email=user.email,
        locale=user.locale,
        theme=user.theme,
        has_password=account is not None and account.password_hash is not None,
    )
