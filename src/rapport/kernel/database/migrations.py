"""Bringing a database to the shape this version needs."""

from pathlib import Path

import psycopg

from rapport.kernel.database.urls import APPLICATION_ROLE, conninfo
from rapport.kernel.errors import RapportError

MINIMUM = 150_000
_LOCK = 7_234_508_162_771  # any number of ours: one migration at a time per database


class DatabaseTooOld(RapportError):
    """Rapport needs PostgreSQL 15 or later, with the pgvector extension."""


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
    command.upgrade(config, revision)


def upgrade(url: str, scripts: Path, *, revision: str | None = None) -> None:
    """Run all outstanding migrations of `scripts`, or those up to `revision`.

    Other processes that do the same wait here. All of them happen, or none.

    Raises:
        DatabaseTooOld: the server is older than 15 or has no pgvector.
        DatabaseNotOurs: the account may not create the role, the extension or the tables.
    """
    with psycopg.connect(conninfo(url, role=None), autocommit=True) as lock:
        check(lock)
        lock.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        wanted = revision or head(scripts)
        if current(lock) != wanted:
            try:
                _run(scripts, url, wanted)
            except psycopg.errors.InsufficientPrivilege as error:
                raise DatabaseNotOurs(_what_to_allow(lock, error)) from error


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
