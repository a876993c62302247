"""What people wrote, in places that are only ever appended to: readable until its key is destroyed.

Each thing that such a text is about (a conversation, a customer) has a key of its own, made with
the first text and sealed with the workspace's key. Destroying it makes all these texts unreadable
at once, wherever copies of them lie.
"""

import base64
import hashlib
import os
from collections.abc import Collection
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from rapport.kernel.context import Ctx
from rapport.kernel.secrets import service as secrets
from rapport.kernel.secrets.keyring import KEY_BYTES, decrypt, encrypt
from rapport.kernel.secrets.repository import ThingKeyRepository

_PURPOSE: Final = "vault.key"
_VERSION: Final = "p1"


async def seal(ctx: Ctx, thing: UUID, purpose: str, text: str) -> str:
    """`text`, which is about `thing`, sealed for a purpose (`room.field`)."""
    key = await _key(ctx, thing)
    body = encrypt(key, text.encode(), _context(ctx, thing, purpose))
    return f"{_VERSION}.{thing}.{_mark(key)}.{base64.urlsafe_b64encode(body).decode()}"


async def open(ctx: Ctx, purpose: str, sealed: str) -> str | None:  # noqa: A001 - as in secrets
    """What `seal` was given; None once the thing it was about is erased.

    Raises:
        SecretUnreadable: it was changed, or belongs to another workspace or purpose.
    """
    try:
        version, owner, mark, body = sealed.split(".")
        thing, raw = UUID(owner), base64.urlsafe_b64decode(body)
    except ValueError as error:
        raise secrets.SecretUnreadable from error
    if version != _VERSION:
        raise secrets.SecretUnreadable
    kept = await ThingKeyRepository(ctx).find(thing)
    if kept is None:
        return None
    key = base64.b64decode(await secrets.open(ctx, _PURPOSE, kept.sealed))
    if mark != _mark(key):
        return None  # the key that sealed it is gone, and the thing has got another one since
    try:
        return decrypt(key, raw, _context(ctx, thing, purpose)).decode()
    except InvalidTag as error:
        raise secrets.SecretUnreadable from error


async def destroy(ctx: Ctx, things: Collection[UUID]) -> int:
    """Make everything that was sealed about some things unreadable; how many keys that were."""
    return await ThingKeyRepository(ctx).destroy(things)


async def _key(ctx: Ctx, thing: UUID) -> bytes:
    keys = ThingKeyRepository(ctx)
    kept = await keys.find(thing)
    if kept is None:
        fresh = base64.b64encode(os.urandom(KEY_BYTES)).decode()
        await keys.add_once(thing, await secrets.seal(ctx, _PURPOSE, fresh))
        kept = await keys.get(thing)
    return base64.b64decode(await secrets.open(ctx, _PURPOSE, kept.sealed))


def _context(ctx: Ctx, thing: UUID, purpose: str) -> bytes:
    return f"rapport:{_VERSION}:{ctx.workspace_id}:{thing}:{purpose}".encode()


def _mark(key: bytes) -> str:
    """What tells two keys of one thing apart, and nothing else about them."""
    return hashlib.sha256(b"rapport:mark:" + key).hexdigest()[:16]
