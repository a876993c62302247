"""The places a restore fills: prepared aside, taken at the end, cleared when it fails."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from rapport.kernel.database.embedded import DataFolderInUse
from rapport.kernel.database.migrations import RESTORING
from rapport.kernel.settings.process import Settings
from rapport.server.backup.errors import NotEmpty

FOR_LOADING: Final[Mapping[str, str]] = {
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""Settings of a server that only loads a backup and is thrown away when that fails."""
_OURS: Final = """
    SELECT format('DROP %s IF EXISTS %s CASCADE', kind, name) FROM (
        SELECT 'TABLE' AS kind, oid::regclass::text AS name, 'pg_class'::regclass AS class, oid
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        UNION ALL
        SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' END,
            oid::regclass::text, 'pg_class'::regclass, oid
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'S')
        UNION ALL
        SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END,
            oid::regprocedure::text, 'pg_proc'::regclass, oid
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'TYPE', oid::regtype::text, 'pg_type'::regclass, oid
        FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    ) things
    WHERE NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = things.class AND d.objid = things.oid AND d.deptype = 'e'
    )
"""


@dataclass
class Staging:
    """A folder inside the data folder; what is in it counts once it is taken."""

    folder: Path
    data_dir: Path
    gifts: list[tuple[Path, Path]] = field(default_factory=list)

    def give(self, name: str, content: bytes, place: Path) -> None:
        """Keep `content`, for this account only, and put it to `place` when all is taken."""
        aside = self.folder / name
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self.gifts.append((aside, place))

    def take(self) -> None:
        """Move everything to where it belongs; the database last, because it makes a desk."""
        for aside, place in self.gifts:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(aside, place)
        for name in ("files", "postgres"):
            aside, place = self.folder / name, self.data_dir / name
            if aside.exists():
                if name == "files":
                    sync(aside)
                    with contextlib.suppress(FileNotFoundError):
                        place.rmdir()  # an empty one
                aside.rename(place)
        sync_folder(self.data_dir)


@contextlib.contextmanager
def staging(settings: Settings) -> Iterator[Staging]:
    """A place to prepare in, inside an empty data folder; removed at the end.

    Raises:
        NotEmpty: the data folder holds a desk, or files.
        DataFolderInUse: Rapport is running on it, or another restore.
    """
    data_dir = settings.data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    with _alone(data_dir):
        _refuse_full(settings, data_dir)
        folder = data_dir / ".restoring"
        shutil.rmtree(folder, ignore_errors=True)  # of a restore that was killed
        folder.mkdir(mode=0o700)
        try:
            yield Staging(folder, data_dir)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _refuse_full(settings: Settings, data_dir: Path) -> None:
    if settings.database_url is None and (data_dir / "postgres").exists():
        raise NotEmpty(
            f"{data_dir} holds a database already. Restore into an empty folder: set "
            f"RAPPORT_DATA_DIR to another one, or move {data_dir} away first."
        )
    files = data_dir / "files"
    if settings.file_store is None and files.exists() and any(files.iterdir()):
        raise NotEmpty(f"{files} holds files already. Restore into an empty folder.")


@contextlib.contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    with (data_dir / "instance.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataFolderInUse(f"{data_dir} is in use; stop what runs there first.") from None
        yield


def sync(folder: Path) -> None:
    """See that all files and folders below `folder` are on the disk."""
    for root, _, names in os.walk(folder):
        for name in names:
            descriptor = os.open(Path(root, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(Path(root))


def sync_folder(folder: Path) -> None:
    """See that the names in `folder` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_role(owner: psycopg.Connection, role: str) -> None:
    """Make the application's role, which belongs to the server and is in no backup."""
    found = owner.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,))
    if found.rowcount == 0:
        owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(sql.Identifier(role)))
    right = "MEMBER" if owner.info.server_version < 160_000 else "SET"
    may = owner.execute("SELECT pg_has_role(current_user, %s, %s)", (role, right)).fetchone()
    if may is None or not may[0]:
        owner.execute(
            sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(owner.info.user))
        )


def mark(owner: psycopg.Connection) -> None:
    """Note in the database that a restore has begun."""
    owner.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(RESTORING)))


def unmark(owner: psycopg.Connection) -> None:
    """Note that it has come to its end."""
    owner.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(RESTORING)))


def wipe(owner: psycopg.Connection) -> None:
    """Remove all that a restore made; the extension stays."""
    for (statement,) in owner.execute(_OURS).fetchall():
        owner.execute(statement)
    owner.execute(sql.SQL("DROP SCHEMA IF EXISTS {}").format(sql.Identifier(RESTORING)))
