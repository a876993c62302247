"""Making a backup: online, and all of it as of one instant."""

import asyncio
import contextlib
import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

import psycopg

from rapport.kernel.context import utc_now
from rapport.kernel.database import migrations
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import RapportError
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.store import S3, FileStore, path_of
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.settings.process import Settings
from rapport.server.backup import manifest, programs
from rapport.server.backup.container import Entry, Writer
from rapport.server.backup.errors import BackupExists, BackupFailed
from rapport.server.backup.keys import BackupKey
from rapport.server.backup.progress import Progress

SUFFIX: Final = ".backup"
DATABASE, KEYS, FILE = "database", "keys", "file/"
_READ: Final = 1024 * 1024
_AT_ONCE: Final = 8
_FILES: Final = "SELECT workspace_id, id, has_preview, sha256 FROM files ORDER BY workspace_id, id"
_HAS_FILES: Final = "SELECT to_regclass('public.files') IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is complete."""

    path: Path
    bytes: int
    seconds: float
    tables: int
    rows: int
    files: int
    missing: tuple[str, ...]
    """Files the database names and the store does not have."""
    encrypted: bool


def name_at(instant: datetime) -> str:
    """What a backup made at this instant is called; names sort by time."""
    return f"rapport-{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"


def place(target: Path) -> Path:
    """Where a backup goes: `target`, or a new name in it when it is a folder.

    Raises:
        BackupExists: there is such a file already.
        BackupFailed: the folder cannot be made.
    """
    path = (
        target if target.suffix == SUFFIX and not target.is_dir() else target / name_at(utc_now())
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackupFailed(f"{path.parent} cannot be made: {error.strerror}.") from error
    if path.exists():
        raise BackupExists(f"{path} is there already; a backup never replaces a file.")
    return path


def make(
    settings: Settings, url: str, path: Path, key: BackupKey | None, progress: Progress
) -> Made:
    """Write a backup of the database at `url` and of the file store to `path`.

    `path` appears when the backup is complete and on the disk; until then it has another name.

    Raises:
        BackupFailed: the database, its programs or the file store gave up; nothing is left.
        ProgramTooOld: there is no pg_dump for this server.
    """
    began = time.monotonic()
    with _aside(path) as file:
        try:
            made = _write(settings, url, file, key, progress)
        except (psycopg.Error, OSError) as error:
            raise BackupFailed(f"The backup could not be made: {error}") from error
        size = file.tell()
    progress.end()
    return Made(
        path=path,
        bytes=size,
        seconds=round(time.monotonic() - began, 2),
        tables=len(made["tables"]),
        rows=sum(rows for rows, _ in made["tables"].values()),
        files=len(made["files"]),
        missing=tuple(made["missing"]),
        encrypted=key is not None,
    )


@contextlib.contextmanager
def _aside(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the name `path` when the block ends well, and vanishes otherwise."""
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)  # unlike a rename, this never replaces what came meanwhile
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise BackupExists(f"{path} is there already.") from None
    finally:
        Path(aside).unlink(missing_ok=True)


def _write(
    settings: Settings, url: str, file: BinaryIO, key: BackupKey | None, progress: Progress
) -> dict[str, Any]:
    with psycopg.connect(conninfo(url, role=None)) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        revision = migrations.current(connection)
        version = connection.info.server_version
        about = {
            "version": 1,
            "made_at": utc_now().isoformat(timespec="seconds"),
            "revision": revision,
            "postgres": version,
        }
        writer = Writer(file, key, about)
        contents: dict[str, Any] = {"key_ids": [], "entries": []}
        entries: list[Entry] = []
        if key is not None:
            entries.append(writer.entry(KEYS, iter([_key_file(settings)])))
        contents["key_ids"] = _key_ids(settings)
        contents["tables"] = manifest.summed(
            connection, lambda table: progress.stage(f"counting {table}")
        )
        progress.stage("database")
        entries.append(
            writer.entry(DATABASE, _dump(url, programs.dumping(connection), snapshot[0], progress))
        )
        files, missing = _files(settings, connection, writer, progress)
    contents["files"], contents["missing"] = len(files), missing
    contents["entries"] = [[e.name, e.size, e.sha256] for e in [*entries, *files]]
    writer.finish(contents)
    return contents | {"files": files}


def _key_file(settings: Settings) -> bytes:
    KeyRing.at(settings)  # made at the first start; and refused when others may read it
    return (settings.key_file or settings.data_dir / "keys").read_bytes()


def _key_ids(settings: Settings) -> list[str]:
    path = settings.key_file or settings.data_dir / "keys"
    return [line.split()[0] for line in path.read_text().splitlines() if line.strip()]


def _dump(url: str, program: Path, snapshot: str, progress: Progress) -> Iterator[bytes]:
    """What pg_dump writes of this snapshot."""
    where, environment = programs.target(url)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [program, "--format=custom", "-Z", "0", "--no-owner", "--no-comments",
             "--no-publications", "--no-subscriptions", "--no-security-labels", "--no-tablespaces",
             f"--snapshot={snapshot}", f"--dbname={where}"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            while piece := process.stdout.read(_READ):
                progress.add(len(piece))
                yield piece
            if process.wait():
                said.seek(0)
                reason = said.read().decode(errors="replace")[-1000:]
                raise BackupFailed(f"pg_dump failed:\n{reason}")
        finally:
            process.stdout.close()
            process.kill()
            process.wait()


def _files(
    settings: Settings, connection: psycopg.Connection, writer: Writer, progress: Progress
) -> tuple[list[Entry], list[str]]:
    """Write every file the snapshot names; those that were not in the store."""
    progress.stage("files")
    found = connection.execute(_HAS_FILES).fetchone()
    if found is None or not found[0]:
        return [], []
    store = FileStore.at(settings.file_store, settings.data_dir / "files", S3.of(settings))
    entries: list[Entry] = []
    missing: list[str] = []
    wanted = _paths(connection)
    with asyncio.Runner() as runner:
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            for (path, sha256), content in zip(some, runner.run(_fetch(store, some)), strict=True):
                if content is None or (sha256 and hashlib.sha256(content).hexdigest() != sha256):
                    missing.append(path)
                    continue
                entries.append(writer.entry(FILE + path, iter([content])))
                progress.add(len(content))
    return entries, missing


def _paths(connection: psycopg.Connection) -> list[tuple[str, str | None]]:
    paths: list[tuple[str, str | None]] = []
    row: tuple[UUID, UUID, bool, str]
    for row in connection.execute(_FILES):
        workspace_id, file_id, has_preview, sha256 = row
        paths.append((path_of(workspace_id, file_id), sha256))
        if has_preview:
            paths.append((path_of(workspace_id, file_id, preview=True), None))
    return paths


async def _fetch(store: FileStore, paths: list[tuple[str, str | None]]) -> list[bytes | None]:
    async def one(path: str) -> bytes | None:
        try:
            return b"".join([piece async for piece in await store.read(path)])
        except FileNotFound:
            return None
        except RapportError as error:
            raise BackupFailed(f"{path}: {error.detail}") from error

    return list(await asyncio.gather(*(one(path) for path, _ in paths)))
