"""Keeping a message before anything is acknowledged: the one door for IMAP, SMTP and webhooks."""

import hashlib
from uuid import UUID

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.events import MailReceived
from rapport.channels.email.receiving.heads import lock_of, people_of
from rapport.channels.email.receiving.jobs import read_mail
from rapport.channels.email.receiving.raw import path_of
from rapport.channels.email.receiving.repository import RawRepository
from rapport.kernel import jobs
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.files.store import FileStore
from rapport.kernel.ids import new_id

__all__ = ["keep", "path_of"]


async def keep(
    ctx: Ctx, inbox_id: UUID, source: str, raw: bytes, envelope: Envelope
) -> UUID | None:
    """Keep a message as it came, to be read by a job; None when this inbox has `source` already.

    All of it happens in the caller's transaction, and the bytes are on the disk before it can
    commit: whoever handed the message over may be told so after the commit, and not before.
    Messages of one thread are read one after another, all others at the same time.

    Raises:
        Unreachable: the file store did not take it. Nothing is kept; try again.
    """
    raw_id = new_id()
    is_new = await RawRepository(ctx).claim(
        raw_id,
        inbox_id=inbox_id,
        source=source,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        envelope=envelope.as_json(),
        people=people_of(ctx.workspace_id, raw, envelope),
    )
    if not is_new:
        return None
    await ctx.port(FileStore).put(path_of(ctx.workspace_id, raw_id), raw, is_durable=True)
    await jobs.defer(ctx, read_mail, lock=lock_of(ctx.workspace_id, raw), raw_id=str(raw_id))
    await emit(ctx, MailReceived(inbox_id=inbox_id, raw_id=raw_id), subject=inbox_id)
    return raw_id
