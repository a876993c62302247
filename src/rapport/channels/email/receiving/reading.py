"""From a message that was kept to one in a conversation: read, judged, filed."""

import asyncio
import contextlib
from typing import Final
from uuid import UUID

import structlog

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing import Mail, parse
from rapport.channels.email.receiving import filing
from rapport.channels.email.receiving.attaching import examine
from rapport.channels.email.receiving.letters import Letter
from rapport.channels.email.receiving.raw import bytes_of
from rapport.channels.email.receiving.repository import RawRepository, Waiting
from rapport.channels.email.trust import judge
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM, Ports
from rapport.kernel.database.engine import Database
from rapport.kernel.database.patience import DatabaseError
from rapport.kernel.dns import Dns
from rapport.kernel.errors import RapportError
from rapport.kernel.files.store import FileStore
from rapport.kernel.settings.process import Settings

INLINE_BYTES: Final = 64 * 1024
"""Reading a message up to this size takes less time than giving it to a thread is worth."""
CUT: Final = b"X-Rapport-Truncated:"
"""What stands before a message that was too long to be fetched as a whole."""

LARGE_BYTES: Final = 4 * 1024 * 1024
"""Of messages beyond this size a process reads one at a time: each takes several times its size."""

log = structlog.get_logger(__name__)
_large = asyncio.Lock()


async def read(database: Database, workspace_id: UUID, raw_id: UUID) -> None:
    """Read a message that was kept and file it; one that was dealt with already is left alone.

    A message that cannot be dealt with is put aside as `failed`, with the reason, so that it stands
    in nobody's way.

    Raises:
        Unreachable, DatabaseError, OSError: something outside did not answer; it still waits.
    """
    for is_last in (False, True):
        try:
            await _read(database, workspace_id, raw_id)
        except Exception as error:
            if jobs.may_help(error):
                raise
            if isinstance(error, DatabaseError) and not is_last:
                continue  # somebody did the same at the same moment: now it can be seen
            await _put_aside(database, workspace_id, raw_id, error)
        return


async def _read(database: Database, workspace_id: UUID, raw_id: UUID) -> None:
    async with database.begin(workspace_id, SYSTEM) as ctx:
        waiting = await RawRepository(ctx).waiting(raw_id)
    if waiting is None:
        return
    async with _large if waiting.size_bytes > LARGE_BYTES else contextlib.nullcontext():
        letter = await _letter(database.ports, workspace_id, raw_id, waiting)
        async with database.begin(workspace_id, SYSTEM) as ctx:
            await filing.file(ctx, letter)


async def _letter(ports: Ports, workspace_id: UUID, raw_id: UUID, waiting: Waiting) -> Letter:
    """The message read and judged, its files examined; nothing is written yet."""
    envelope = Envelope.from_json(waiting.envelope)
    content = await bytes_of(ports.get(FileStore), workspace_id, raw_id)
    mail = await _parsed(content)
    verdict = await judge(
        content,
        mail,
        envelope,
        trusted_authserv=waiting.trusted_authserv,
        dns=ports.get(Dns),
        now=waiting.created_at,
    )
    is_cut = content.startswith(CUT)
    del content
    kept, left = await examine(mail, max_bytes=ports.get(Settings).max_file_bytes)
    return Letter(raw_id, mail, envelope, verdict, kept, left, is_cut)


async def _parsed(content: bytes) -> Mail:
    if len(content) <= INLINE_BYTES:
        return parse(content)
    return await asyncio.to_thread(parse, content)


async def _put_aside(
    database: Database, workspace_id: UUID, raw_id: UUID, error: Exception
) -> None:
    """Keep a message that could not be dealt with where people see it, and why."""
    reason = error.code if isinstance(error, RapportError) else "unexpected"
    log.error("mail_failed", raw_id=str(raw_id), reason=reason, exc_info=error)
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await RawRepository(ctx).settle(raw_id, "failed", reason=reason)
