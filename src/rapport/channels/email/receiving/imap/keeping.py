"""Keeping what was fetched, together with how far the folder was read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving import store
from rapport.channels.email.receiving.imap import health
from rapport.channels.email.receiving.imap.places import Cursor, Place
from rapport.channels.email.receiving.imap.problems import NotKept
from rapport.channels.email.receiving.imap.repository import FolderRepository
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable


class CursorMoved(Exception):
    """Somebody else reads this folder, or it is set up otherwise."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it was fetched."""

    uid: int
    raw: bytes
    at: datetime | None
    """When the server got it."""


async def keep(
    database: Database,
    place: Place,
    cursor: Cursor,
    letters: Sequence[Letter],
    *,
    up_to: int,
    behind: int,
) -> Cursor:
    """Keep messages and note that the folder was read up to the UID `up_to`: both or neither.

    Raises:
        CursorMoved: the folder was not read up to `cursor`, or is gone.
        NotKept: the file store does not take them.
    """
    kept = 0
    try:
        async with database.begin(place.workspace_id, SYSTEM) as ctx:
            await _advance(ctx, place, cursor, letters, up_to=up_to, behind=behind)
            for letter in letters:
                kept += await _keep(ctx, place, cursor, letter) is not None
    except Unreachable as error:
        raise NotKept(str(error)) from error
    for letter in letters:
        if letter.at is not None:
            health.lagged(letter.at, database.now())
    health.counted("kept", kept)
    health.counted("known", len(letters) - kept)
    return replace(cursor, last_uid=up_to)


async def _advance(
    ctx: Ctx, place: Place, cursor: Cursor, letters: Sequence[Letter], *, up_to: int, behind: int
) -> None:
    now = ctx.now()
    came = max((min(each.at or now, now) for each in letters), default=None)
    moved = await FolderRepository(ctx, place.inbox_id).advance(
        place.folder,
        account=place.account,
        uid_validity=cursor.uid_validity,
        last_uid=cursor.last_uid,
        values={
            "last_uid": up_to,
            "behind": behind,
            "seen_at": now,
            **({"last_mail_at": came} if came else {}),
        },
    )
    if not moved:
        raise CursorMoved


async def _keep(ctx: Ctx, place: Place, cursor: Cursor, letter: Letter) -> UUID | None:
    """Keep one; None when it is here already.

    A server that was restored from a backup gives UIDs again that it had given to other messages.
    """
    source = place.source(cursor.uid_validity, letter.uid)
    envelope = Envelope(fetched_from=place.server)
    kept = await store.keep(ctx, place.inbox_id, source, letter.raw, envelope)
    if kept is not None:
        return kept
    digest = hashlib.sha256(letter.raw).hexdigest()
    if digest == await FolderRepository(ctx, place.inbox_id).digest_of(source):
        return None
    again = f"{source}:{digest[:16]}"
    return await store.keep(ctx, place.inbox_id, again, letter.raw, envelope)
