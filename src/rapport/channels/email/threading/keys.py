"""The key of a workspace that signs its reply tokens."""

import os
from typing import Final

from rapport.channels.email.threading.repository import ReplyKeyRepository
from rapport.kernel.context import Ctx
from rapport.kernel.secrets import service as secrets

_PURPOSE: Final = "email.reply_key"
_BYTES: Final = 32


async def key_of(ctx: Ctx) -> bytes:
    """The workspace's signing key, 32 bytes; made with the first question and never changed."""
    keys = ReplyKeyRepository(ctx)
    sealed = await keys.find()
    if sealed is None:
        await keys.add(await secrets.seal(ctx, _PURPOSE, os.urandom(_BYTES).hex()))
        sealed = await keys.find()
    assert sealed is not None, "the key was just added, by us or by somebody faster"
    return bytes.fromhex(await secrets.open(ctx, _PURPOSE, sealed))
