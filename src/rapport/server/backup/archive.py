"""The embedded database's log, kept aside piece by piece, and the base it is replayed upon.

`wal/` holds every segment of the log (gzip), `base/` copies of the cluster, `files/` the bytes of
the file store. None of it is encrypted, and the key file is not in it.
"""

import os
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg

from rapport.kernel.database.embedded import EmbeddedPostgres, account, let_traverse
from rapport.kernel.database.urls import conninfo
from rapport.kernel.settings.process import Settings

TIMEOUT_S: Final = 45
"""After so long a segment that is not full is kept too; at most this and a little can be lost."""
_ARCHIVER: Final = """
    SELECT last_archived_time, last_failed_time, last_failed_wal,
        coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)
    FROM pg_stat_archiver
"""


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The server of this data folder, which keeps its log when the settings say so.

    Whatever starts the server to write must do it by this, or the archive has a gap.
    """
    return EmbeddedPostgres(
        settings.data_dir, fsync=settings.database_fsync, settings=postgres_settings(settings)
    )


def postgres_settings(settings: Settings) -> dict[str, str]:
    """What the embedded PostgreSQL needs to keep its log; nothing when no archive is wanted.

    A segment that is there already must be the same: two databases never share an archive.
    """
    if settings.archive_dir is None:
        return {}
    wal = wal_folder(settings.archive_dir.resolve())
    wal.mkdir(parents=True, exist_ok=True)
    give_to_server(wal)
    there, aside = f"{_quoted(wal)}/%f.gz", f"{_quoted(wal)}/.%f.part"
    return {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_timeout": str(TIMEOUT_S),
        "archive_command": (
            f"if test -f {there}; then gzip -dc {there} | cmp -s - %p; "
            f"else gzip -1c %p > {aside} && sync {aside} && mv {aside} {there}; fi"
        ),
    }


def recovery_settings(folder: Path, at: datetime | None) -> dict[str, str]:
    """What a PostgreSQL needs to replay the log in `folder`, up to `at` or to its end."""
    there = f"{_quoted(wal_folder(folder))}/%f.gz"
    settings = {
        "restore_command": f"test -f {there} && gzip -dc {there} > %p",
        "hot_standby": "off",  # so that it answers when it is done, and not before
        "recovery_target_action": "promote",
        "max_wal_size": "8GB",
        "autovacuum": "off",
    }
    if at is not None:
        settings["recovery_target_time"] = at.astimezone(UTC).isoformat(sep=" ")
    return settings


def wal_folder(folder: Path) -> Path:
    """Where the log's segments lie."""
    return folder / "wal"


def give_to_server(path: Path) -> None:
    """Let the account that the server runs as use a folder and all in it."""
    who = account()
    if who is None:
        return
    let_traverse(path.parent)
    os.chown(path, who.pw_uid, who.pw_gid)
    for root, folders, names in os.walk(path):
        for name in (*folders, *names):
            os.chown(Path(root, name), who.pw_uid, who.pw_gid, follow_symlinks=False)


def failure(url: str) -> str | None:
    """Why the log is not kept at present; None when it is, or nobody asked for it."""
    with psycopg.connect(conninfo(url, role=None), connect_timeout=5) as owner:
        row = owner.execute(_ARCHIVER).fetchone()
    if row is None or not row[3]:
        return None
    return f"PostgreSQL could not keep {row[2]} at {row[1]:%Y-%m-%d %H:%M:%S}"


def flushed(url: str, *, timeout_s: float = 30) -> bool:
    """Close the present segment and wait until it is kept; False when that takes too long."""
    with psycopg.connect(conninfo(url, role=None), autocommit=True) as owner:
        row = owner.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        deadline = owner.execute(
            "SELECT clock_timestamp() + make_interval(secs => %s)", (timeout_s,)
        ).fetchone()
        assert deadline is not None
        while True:
            found = owner.execute(
                "SELECT coalesce(last_archived_wal >= %s, false), clock_timestamp() > %s, "
                "pg_sleep(0.05) FROM pg_stat_archiver",
                (row[0], deadline[0]),
            ).fetchone()
            assert found is not None
            if found[0] or found[1]:
                return bool(found[0])


def oldest_wanted(ends: list[datetime], *, now: datetime, keep_days: int) -> datetime | None:
    """The end of the base that reaches back `keep_days`: the newest one that is older, if any."""
    limit = now - timedelta(days=keep_days)
    older = [end for end in ends if end <= limit]
    return max(older) if older else (min(ends) if ends else None)


def _quoted(path: Path) -> str:
    """For the shell, and with PostgreSQL's own percent signs doubled."""
    return shlex.quote(str(path)).replace("%", "%%")
