"""Restoring a backup into an empty data folder or an empty database, whole or not at all."""

import asyncio
import contextlib
import hashlib
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import psycopg

from rapport.kernel.database import migrations
from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.urls import APPLICATION_ROLE, conninfo
from rapport.kernel.errors import RapportError
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.store import S3, FileStore
from rapport.kernel.settings.process import Settings
from rapport.server.backup import folders, manifest, programs
from rapport.server.backup.container import Reader
from rapport.server.backup.errors import BackupDamaged, NotEmpty, RestoreFailed, TooNew
from rapport.server.backup.keys import BackupKey
from rapport.server.backup.making import DATABASE, FILE, KEYS
from rapport.server.backup.progress import Progress
from rapport.server.migrate import SCRIPTS

JOBS: Final = 2
_FILE_NAME: Final = re.compile(r"[0-9a-f-]{36}/[0-9a-f]{2}/[0-9a-f-]{36}(\.preview)?")
_TOLERATED: Final = "transaction_timeout"
"""pg_restore 17 and later sets it even on servers that do not know it, and goes on."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    seconds: float
    tables: int
    rows: int
    files: int
    keys: str
    """What became of the key file: `restored`, `present`, or `missing`."""
    made_at: str


def check(path: Path, key: BackupKey | None, progress: Progress) -> dict[str, Any]:
    """Read a whole backup; its manifest.

    Raises:
        NotABackup, BackupDamaged, BackupKeyNeeded, BackupKeyWrong: it could not be restored.
    """
    with path.open("rb") as file:
        return _read_through(Reader(file), key, progress)


def restore(settings: Settings, path: Path, key: BackupKey | None, progress: Progress) -> Restored:
    """Put back what `path` holds, and compare it with what it should be.

    Raises:
        NotEmpty: the data folder or the database holds something.
        RestoreFailed: PostgreSQL or the file store refused, or the comparison failed.
        NotABackup, BackupDamaged, BackupKeyNeeded, BackupKeyWrong, TooNew: see `check`.
    """
    began = time.monotonic()
    with path.open("rb") as file, folders.staging(settings) as staging:
        reader = Reader(file)
        _refuse_newer(reader.about)
        dump = staging.folder / "database.dump"
        with dump.open("wb") as out:
            contents = _read_through(reader, key, progress, {DATABASE: out})
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
            undo = _into_external(url, dump, contents, progress)
        else:
            undo = None
            _into_embedded(staging.folder, dump, contents, progress)
        dump.unlink()
        try:
            keys = _put_keys(settings, staging, reader, key, contents)
            files = _put_files(settings, staging, reader, key, progress)
            staging.take()
        except BaseException:
            if undo is not None:
                _wipe(undo)
            raise
        if undo is not None:
            _finish_external(undo)
    progress.end()
    return Restored(
        seconds=round(time.monotonic() - began, 2),
        tables=len(contents["tables"]),
        rows=sum(rows for rows, _ in contents["tables"].values()),
        files=files,
        keys=keys,
        made_at=reader.about.get("made_at", ""),
    )


def _refuse_newer(about: dict[str, Any]) -> None:
    revision, head = str(about.get("revision")), migrations.head(SCRIPTS)
    if revision > head:
        raise TooNew(
            f"This backup is at {revision}, and this Rapport knows up to {head}; "
            "install at least the version that made it."
        )


def _read_through(
    reader: Reader,
    key: BackupKey | None,
    progress: Progress,
    outputs: dict[str, BinaryIO] | None = None,
) -> dict[str, Any]:
    """Read every piece, write the entries in `outputs`, and hold all against the manifest."""
    progress.stage("reading the backup")
    found: list[list[Any]] = []
    digest = hashlib.sha256()
    for name, piece in reader.entries(key):
        if piece is None:
            digest = hashlib.sha256()
            found.append([name, 0, digest])
            continue
        found[-1][1] += len(piece)
        digest.update(piece)
        progress.add(len(piece))
        if outputs and name in outputs:
            outputs[name].write(piece)
    contents = reader.manifest
    if [[name, size, d.hexdigest()] for name, size, d in found] != contents.get("entries"):
        raise BackupDamaged("This backup does not hold what its list of contents says.")
    return contents


def _into_embedded(folder: Path, dump: Path, contents: dict[str, Any], progress: Progress) -> None:
    """Restore into a fresh cluster inside `folder`, and leave it stopped and on the disk."""
    server = EmbeddedPostgres(folder, fsync=False, settings=folders.FOR_LOADING)
    server.start()
    try:
        _load(server.url, dump, contents, progress)
    finally:
        server.stop()
    folders.sync(server.cluster)


def _into_external(url: str, dump: Path, contents: dict[str, Any], progress: Progress) -> str:
    with psycopg.connect(conninfo(url, role=None), autocommit=True) as owner:
        migrations.check(owner)
        if migrations.is_being_restored(owner):
            _wipe(url)
        elif names := manifest.tables(owner):
            raise NotEmpty(
                f"The database holds {len(names)} tables already ({', '.join(names[:3])} …). "
                "Restore into an empty one."
            )
        folders.mark(owner)
    try:
        _load(url, dump, contents, progress)
    except BaseException:
        _wipe(url)
        raise
    return url


def _load(url: str, dump: Path, contents: dict[str, Any], progress: Progress) -> None:
    try:
        with psycopg.connect(conninfo(url, role=None), autocommit=True) as owner:
            folders.make_role(owner, APPLICATION_ROLE)
            version = owner.info.server_version
        progress.stage("loading the database")
        _pg_restore(url, version, dump)
        with psycopg.connect(conninfo(url, role=None)) as owner:
            found = manifest.summed(owner, lambda table: progress.stage(f"comparing {table}"))
            manifest.compare(contents["tables"], found)
            progress.stage("positions of the log")
            owner.execute("SELECT log_rebase()")
            owner.execute("ANALYZE")
    except psycopg.Error as error:
        raise RestoreFailed(f"The database refused the backup: {error}") from error


def _pg_restore(url: str, version: int, dump: Path) -> None:
    where, environment = programs.target(url)
    program = programs.suitable("pg_restore", version)
    done = subprocess.run(
        [program, "--no-owner", "--no-comments", "--no-tablespaces", f"--jobs={JOBS}",
         f"--dbname={where}", str(dump)],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "error:" in line]
        if not errors or any(_TOLERATED not in line for line in errors):
            raise RestoreFailed(f"pg_restore failed:\n{done.stderr[:2000]}")


def _put_keys(
    settings: Settings,
    staging: folders.Staging,
    reader: Reader,
    key: BackupKey | None,
    contents: dict[str, Any],
) -> str:
    """Put the key file back if the backup has it and there is none."""
    place = settings.key_file or settings.data_dir / "keys"
    if place.exists():
        present = {line.split()[0] for line in place.read_text().splitlines() if line.strip()}
        return "present" if set(contents["key_ids"]) <= present else "missing"
    kept = b"".join(piece or b"" for name, piece in reader.entries(key) if name == KEYS)
    if not kept:
        return "missing"
    staging.give("keys", kept, place)
    return "restored"


def _put_files(
    settings: Settings,
    staging: folders.Staging,
    reader: Reader,
    key: BackupKey | None,
    progress: Progress,
) -> int:
    """Put all files into the store; into another place first when it is a folder of ours."""
    progress.stage("files")
    store = FileStore.at(settings.file_store, staging.folder / "files", S3.of(settings))
    new: list[str] = []
    count = 0
    with asyncio.Runner() as runner:
        try:
            for path, content in _files_of(reader, key):
                count += 1
                progress.add(len(content))
                if settings.file_store and runner.run(_has(store, path, content)):
                    continue
                new.append(path)
                runner.run(store.put(path, content))
        except BaseException as error:
            with contextlib.suppress(RapportError):
                runner.run(store.delete(*new))
            if isinstance(error, RapportError):
                raise RestoreFailed(error.detail) from error
            raise
    return count


def _files_of(reader: Reader, key: BackupKey | None) -> Iterator[tuple[str, bytes]]:
    path, content = "", bytearray()
    for name, piece in reader.entries(key):
        if piece is None:
            if path:
                yield path, bytes(content)
            path, content = "", bytearray()
            if name.startswith(FILE):
                path = name.removeprefix(FILE)
                if not _FILE_NAME.fullmatch(path):
                    raise BackupDamaged("This backup names a file as Rapport never does.")
        elif path:
            content += piece
    if path:
        yield path, bytes(content)


async def _has(store: FileStore, path: str, content: bytes) -> bool:
    try:
        return b"".join([piece async for piece in await store.read(path)]) == content
    except FileNotFound:
        return False


def _wipe(url: str) -> None:
    """Take back what a restore that failed has put into an external database."""
    with psycopg.connect(conninfo(url, role=None), autocommit=True) as owner:
        folders.wipe(owner)


def _finish_external(url: str) -> None:
    with psycopg.connect(conninfo(url, role=None), autocommit=True) as owner:
        folders.unmark(owner)
