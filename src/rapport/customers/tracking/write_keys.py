"""The keys with which programs and pages send events."""

import secrets
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from rapport.customers.events import PeopleChanged
from rapport.customers.tracking.models import WriteKey
from rapport.customers.tracking.repository import WriteKeyRepository
from rapport.kernel.audit import service as audit
from rapport.kernel.auth.tokens import digest
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit

_BYTES: Final = 24
_SHOWN: Final = 8


async def everything(ctx: Ctx) -> Sequence[WriteKey]:
    """All keys of the workspace; none of them can be read again."""
    return await WriteKeyRepository(ctx).everything()


async def create(ctx: Ctx, *, name: str, kind: str) -> tuple[WriteKey, str]:
    """A new key, whose text is only known now."""
    key = secrets.token_urlsafe(_BYTES)
    row = await WriteKeyRepository(ctx).add(
        name=name,
        kind=kind,
        prefix=key[:_SHOWN],
        digest=digest(key),
        created_by=str(ctx.actor),
        last_used_at=None,
    )
    await _told(ctx, row, "write_key.created")
    return row, key


async def revoke(ctx: Ctx, key_id: UUID) -> None:
    """Take a key back; within seconds it opens nothing any more, anywhere.

    Raises:
        WriteKeyNotFound: no such key here.
    """
    keys = WriteKeyRepository(ctx)
    row = await keys.get(key_id)
    await keys.remove(row)
    await _told(ctx, row, "write_key.revoked")


async def _told(ctx: Ctx, row: WriteKey, verb: str) -> None:
    await emit(ctx, PeopleChanged(kind="keys", id=row.id))
    await audit.record(
        ctx,
        verb,
        subject=f"write_key:{row.id}",
        name=row.name,
        details={"kind": row.kind, "prefix": row.prefix},
    )
