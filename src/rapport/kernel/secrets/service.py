"""Secrets of a workspace at rest: channel passwords, signing secrets, provider keys.

Envelope encryption: each workspace has a data key that seals its secrets, and the key file wraps
the data keys. What was sealed for one workspace and purpose opens for no other.
"""

import base64
import binascii
import os
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag

from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.secrets import repository
from rapport.kernel.secrets.keyring import KEY_BYTES, KeyRing, decrypt, encrypt
from rapport.kernel.secrets.models import DataKey
from rapport.kernel.secrets.repository import DataKeyRepository


class SecretUnreadable(RapportError):
    """This secret was changed, or was sealed for another workspace or purpose."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    key_id: str
    rewrapped: int
    forgotten: int


async def seal(ctx: Ctx, purpose: str, plaintext: str) -> str:
    """`plaintext` encrypted for this workspace and purpose (`room.field`), as text to store.

    Sealing the same twice gives two different texts.
    """
    row = await _latest(ctx)
    key = _unwrap(ctx, row)
    sealed = encrypt(key, plaintext.encode(), _context(ctx, purpose, row.generation))
    return f"s1.{row.generation}.{base64.urlsafe_b64encode(sealed).decode()}"


async def open(ctx: Ctx, purpose: str, sealed: str) -> str:  # noqa: A001 - the other half of seal
    """What `seal` was given.

    Raises:
        SecretUnreadable: it was changed, or belongs to another workspace or purpose.
        KeyMissing: the key file lacks the key of this workspace's data key.
    """
    version, _, rest = sealed.partition(".")
    generation, _, body = rest.partition(".")
    if version != "s1" or not generation.isdecimal():
        raise SecretUnreadable
    row = await DataKeyRepository(ctx).of_generation(int(generation))
    if row is None:
        raise SecretUnreadable
    try:
        raw = base64.urlsafe_b64decode(body)
        plain = decrypt(_unwrap(ctx, row), raw, _context(ctx, purpose, row.generation))
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SecretUnreadable from error
    return plain.decode()


async def rotate(database: Database, *, forget_old: bool = False) -> Rotation:
    """Make a new key-encryption key and wrap every workspace's data key with it.

    Sealed secrets stay as they are, and so do running processes: they find the new key by
    themselves. Breaking off half way is harmless; running it again finishes the work. With
    `forget_old` the former keys leave the key file afterwards, so that a stolen copy of it opens
    nothing that is written from now on.

    Raises:
        KeyMissing: a data key cannot be unwrapped; nothing is forgotten.
    """
    ring = database.ports.get(KeyRing)
    key_id = ring.add()
    async with database.connect() as session:
        rewrapped = 0
        for old in await repository.everywhere(session):
            if ring.is_current(old.wrapped):
                continue
            context = _wrapping_context(old.workspace_id, old.generation)
            renewed = ring.wrap(ring.unwrap(old.wrapped, context), context)
            rewrapped += await repository.rewrap(session, old, renewed)
    forgotten = ring.forget_old() if forget_old else 0
    return Rotation(key_id, rewrapped, forgotten)


async def _latest(ctx: Ctx) -> DataKey:
    keys = DataKeyRepository(ctx)
    row = await keys.latest()
    if row is None:
        fresh = ctx.port(KeyRing).wrap(
            os.urandom(KEY_BYTES), _wrapping_context(ctx.workspace_id, 1)
        )
        await keys.add_first(fresh)
        row = await keys.latest()
    assert row is not None, "the first key was just added, by us or by somebody faster"
    return row


def _unwrap(ctx: Ctx, row: DataKey) -> bytes:
    return ctx.port(KeyRing).unwrap(
        row.wrapped, _wrapping_context(ctx.workspace_id, row.generation)
    )


def _context(ctx: Ctx, purpose: str, generation: int) -> bytes:
    return f"rapport:s1:{ctx.workspace_id}:{generation}:{purpose}".encode()


def _wrapping_context(workspace_id: UUID, generation: int) -> bytes:
    return f"rapport:k1:{workspace_id}:{generation}".encode()
