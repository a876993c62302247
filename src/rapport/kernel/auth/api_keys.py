"""Programs' ways in."""

from collections.abc import Sequence
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.auth import members
from rapport.kernel.auth.errors import RoleTooHigh
from rapport.kernel.auth.models import ApiKey
from rapport.kernel.auth.principals import announce_end
from rapport.kernel.auth.repository import ApiKeyRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.auth.tokens import digest, new_api_key
from rapport.kernel.context import Ctx


async def everything(ctx: Ctx) -> Sequence[ApiKey]:
    """All keys of the workspace; none of them can be read again."""
    return await ApiKeyRepository(ctx).all()


async def create(ctx: Ctx, *, name: str, role: Role) -> tuple[ApiKey, str]:
    """A new key, whose text is only known now.

    Raises:
        RoleTooHigh: the role is above the actor's own.
    """
    if role.outranks(await members.role_of_actor(ctx)):
        raise RoleTooHigh
    key, prefix = new_api_key()
    row = await ApiKeyRepository(ctx).add(
        name=name, prefix=prefix, digest=digest(key), role=role.value, created_by=ctx.actor.id
    )
    await audit.record(
        ctx,
        "api_key.created",
        subject=f"api_key:{row.id}",
        name=name,
        details={"role": role.value, "prefix": prefix},
    )
    return row, key


async def revoke(ctx: Ctx, key_id: UUID) -> None:
    """Take a key back; it opens nothing from now on.

    Raises:
        ApiKeyNotFound: no such key here.
        RoleTooHigh: the key's role is above the actor's own.
    """
    keys = ApiKeyRepository(ctx)
    row = await keys.get(key_id)
    if Role(row.role).outranks(await members.role_of_actor(ctx)):
        raise RoleTooHigh
    await keys.remove(row)
    await announce_end(ctx, key_id)
    await audit.record(
        ctx,
        "api_key.revoked",
        subject=f"api_key:{key_id}",
        name=row.name,
        details={"prefix": row.prefix},
    )
