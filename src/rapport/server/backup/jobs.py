"""What the worker does by the clock: backups, bases, and throwing old ones away."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

import psycopg
import structlog
from sqlalchemy import text

from rapport.kernel import jobs
from rapport.kernel.database.engine import Database
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import RapportError
from rapport.kernel.settings.process import Settings
from rapport.server.backup import base, retention, runs
from rapport.server.backup.runs import Latest

log = structlog.get_logger(__name__)

RETRY: Final = timedelta(minutes=30)
"""How long after a failure it is tried again."""
_DAILY: Final = timedelta(days=1)
_LOCK: Final = 7_234_508_162_772  # any number of ours: one at a time per database


class ScheduledBackupFailed(RapportError):
    """A scheduled backup failed; `rapport doctor` and the log say why."""


@jobs.periodic("server.backups", "* * * * *")
async def tend_backups(now: datetime) -> None:
    """Make what is due, and remove what is old. Nothing to do without the settings for it."""
    database = jobs.worker_database()
    settings = database.ports.get(Settings)
    wants_archive = settings.archive_dir is not None and (settings.data_dir / "postgres").exists()
    if settings.backup_dir is None and not wants_archive:
        return
    async with alone(database) as is_alone:
        if is_alone:
            await tend(database, settings, now, wants_archive=wants_archive)


async def tend(
    database: Database, settings: Settings, now: datetime, *, wants_archive: bool
) -> None:
    """Make what is due by now, the base before the backup.

    Raises:
        ScheduledBackupFailed: one could not be made.
    """
    known = await _latest(database)
    if wants_archive:
        await asyncio.to_thread(base.mirror, settings, database.url, since=now - _DAILY)
        if is_due(settings.backup_at, known.get(runs.BASE), now):
            await _run(settings, database.url, "--base")
            await asyncio.to_thread(base.prune, settings, now=now)
    if settings.backup_dir is not None and is_due(settings.backup_at, known.get(runs.BACKUP), now):
        await _run(settings, database.url, str(settings.backup_dir))
        gone = await asyncio.to_thread(
            retention.prune,
            settings.backup_dir,
            daily=settings.backup_keep_daily,
            weekly=settings.backup_keep_weekly,
            now=now,
        )
        log.info("backup_made", folder=str(settings.backup_dir), removed=len(gone))


def is_due(at: str, latest: Latest | None, now: datetime) -> bool:
    """Whether one should be made now: none was since the last `at` (`HH:MM`, UTC), or it failed."""
    hour, minute = map(int, at.split(":"))
    planned = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if planned > now:
        planned -= _DAILY
    if latest is None:
        return True
    if latest.last_good_at is not None and latest.last_good_at >= planned:
        return False
    return latest.last_tried_at < planned or now - latest.last_tried_at >= RETRY


@contextlib.asynccontextmanager
async def alone(database: Database) -> AsyncIterator[bool]:
    """Whether nobody else does this now: a backup may take longer than until the next minute."""
    connection = await psycopg.AsyncConnection.connect(
        conninfo(database.url, role=None), autocommit=True
    )
    async with connection:
        row = await (
            await connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,))
        ).fetchone()
        yield bool(row and row[0])


async def _latest(database: Database) -> dict[str, Latest]:
    async with database.connect() as session:
        rows = await session.execute(text(runs.LATEST))
        return {row.kind: Latest(**row) for row in rows.mappings()}


async def _run(settings: Settings, url: str, *arguments: str) -> None:
    """Make a backup in a process of its own, so that this one goes on answering.

    Raises:
        ScheduledBackupFailed: it ended with an error, which it has noted itself.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rapport.server.cli", "backup", *arguments, "--quiet",
        env=os.environ
        | {"RAPPORT_DATABASE_URL": url, "RAPPORT_DATA_DIR": str(settings.data_dir.resolve())},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if process.returncode:
        reason = " ".join(said.decode(errors="replace").split())[-500:]
        log.error("backup_failed", reason=reason)
        raise ScheduledBackupFailed(reason)
