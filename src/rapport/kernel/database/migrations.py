"""Bringing a database to the shape this version needs."""

import re
import time
from pathlib import Path
from typing import Final

import psycopg
import structlog

from rapport.kernel.database.urls import APPLICATION_ROLE, conninfo
from rapport.kernel.errors import RapportError

log = structlog.get_logger(__name__)

MINIMUM = 150_000
LOCK_TIMEOUT_MS: Final = 400
"""How long a statement of a migration may stand in line for a lock: everybody behind it waits."""
PATIENCE_S: Final = 600
RESTORING: Final = "rapport_restoring"
"""A schema that is there while `rapport restore` fills an external database."""
_LOCK = 7_234_508_162_771  # any number of ours: one migration at a time per database


class DatabaseTooOld(RapportError):
    """Rapport needs PostgreSQL 15 or later, with the pgvector extension."""


class DatabaseBusy(RapportError):
    """Other transactions held the tables for too long; the migration can be run again."""

    retryable = True


class RestoreUnfinished(RapportError):
    """A restore into this database was broken off; run `rapport restore` again."""


class DatabaseNotOurs(RapportError):
    """The account in RAPPORT_DATABASE_URL may not make what Rapport needs."""


def _run(scripts: Path, url: str, revision: str) -> None:
    # Imported only when there is something to do: a start without takes 0.2 s less.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.attributes["url"] = conninfo(url, role=None).replace(
        "postgresql://", "postgresql+psycopg://", 1
    )
    config.attributes["options"] = f"-c lock_timeout={LOCK_TIMEOUT_MS}"
    command.upgrade(config, revision)


def upgrade(
    url: str, scripts: Path, *, revision: str | None = None, patience_s: float = PATIENCE_S
) -> None:
    """Run all outstanding migrations of `scripts`, or those up to `revision`.

    Each happens whole or not at all. Other processes that do the same wait here. A migration that
    does not get a lock soon steps back, lets the others pass, and tries again. A database that is
    further than this program is left alone.

    Raises:
        DatabaseTooOld: the server is older than 15 or has no pgvector.
        DatabaseNotOurs: the account may not create the role, the extension or the tables.
        DatabaseBusy: the locks were not to be had for `patience_s`.
        RestoreUnfinished: what is in there came from half a restore.
    """
    wanted = revision or head(scripts)
    with psycopg.connect(conninfo(url, role=None), autocommit=True) as lock:
        check(lock)
        _wait_for_turn(lock)
        if is_being_restored(lock):
            raise RestoreUnfinished
        deadline, pause_s = time.monotonic() + patience_s, 0.1
        while is_behind(current(lock), wanted):
            try:
                _run(scripts, url, wanted)
            except psycopg.errors.InsufficientPrivilege as error:
                raise DatabaseNotOurs(_what_to_allow(lock, error)) from error
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
                if time.monotonic() > deadline:
                    raise DatabaseBusy from error
                log.info("migration_waits", at=current(lock), pause_s=round(pause_s, 1))
                time.sleep(pause_s)
                pause_s = min(pause_s * 1.5, 5.0)


def is_being_restored(connection: psycopg.Connection) -> bool:
    """Whether a restore into this database has begun and not come to its end."""
    row = connection.execute("SELECT to_regnamespace(%s) IS NOT NULL", (RESTORING,)).fetchone()
    return bool(row and row[0])


def is_behind(present: str | None, needed: str) -> bool:
    """Whether a database at `present` lacks something that `needed` brings.

    One that is further has all of it: what a version uses is only removed by a later one.
    """
    return present is None or _number(present) < _number(needed)


def _number(revision: str) -> int:
    found = re.match(r"\d+", revision)
    return int(found[0]) if found else 0


def _wait_for_turn(connection: psycopg.Connection) -> None:
    """Take the lock of migrations; by asking, for who waits in line holds up CONCURRENTLY."""
    while True:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
        if row is not None and row[0]:
            return
        time.sleep(0.1)


def _what_to_allow(connection: psycopg.Connection, error: psycopg.Error) -> str:
    owner, database = connection.info.user, connection.info.dbname
    return (
        f"{str(error).strip()}. Let an administrator of the server run, in {database}: "
        f'ALTER DATABASE "{database}" OWNER TO "{owner}"; CREATE EXTENSION IF NOT EXISTS vector; '
        f"CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOINHERIT; "
        f'GRANT {APPLICATION_ROLE} TO "{owner}";'
    )


def check(connection: psycopg.Connection) -> None:
    """Refuse a server that lacks what we rely on.

    Raises:
        DatabaseTooOld: it is older than 15, or pgvector cannot be installed in it.
    """
    version = connection.info.server_version
    if version < MINIMUM:
        raise DatabaseTooOld(
            f"This is PostgreSQL {version // 10_000}; Rapport needs 15 or later, with pgvector."
        )
    found = connection.execute("SELECT FROM pg_available_extensions WHERE name = 'vector'")
    if found.rowcount == 0:
        raise DatabaseTooOld(
            "This PostgreSQL has no pgvector; install it (Debian: postgresql-NN-pgvector)."
        )


def current(connection: psycopg.Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def head(scripts: Path) -> str:
    """The revision this version of the program needs: the highest number among its files."""
    return max(path.stem for path in (scripts / "versions").glob("m[0-9]*.py")).removeprefix("m")
