"""Base backups of the embedded cluster, and the file store's copy beside them."""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg

from rapport.kernel.context import utc_now
from rapport.kernel.database.embedded import binaries
from rapport.kernel.database.urls import conninfo
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.store import FileStore, path_of
from rapport.kernel.settings.process import Settings
from rapport.server.backup import archive, folders, programs
from rapport.server.backup.errors import BackupFailed

SEGMENT: Final = 16 * 1024 * 1024
_FILES: Final = (
    "SELECT workspace_id, id, has_preview FROM files "
    "WHERE %s::timestamptz IS NULL OR created_at > %s"
)


@dataclass(frozen=True, slots=True)
class Base:
    """One copy of the cluster."""

    path: Path
    started_at: datetime
    ended_at: datetime
    first_segment: str
    """The name of the first segment of the log that it needs."""
    bytes: int


def bases(folder: Path) -> list[Base]:
    """All complete copies in an archive, the oldest first."""
    found = [_described(path.parent) for path in (folder / "base").glob("*/base.json")]
    return sorted(found, key=lambda base: base.ended_at)


def make(settings: Settings, url: str) -> Base:
    """Copy the running cluster and the file store into the archive.

    Raises:
        BackupFailed: pg_basebackup gave up; nothing is left of its work.
    """
    assert settings.archive_dir is not None
    folder = settings.archive_dir.resolve() / "base"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        for leftover in folder.glob(".base-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(dir=folder, prefix=".base-"))
        try:
            return _copy(settings, url, folder, aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for a copy that another process makes; what lies there unfinished then is nobody's."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def mirror(settings: Settings, url: str, *, since: datetime | None = None) -> list[str]:
    """Copy the files that the archive does not have yet, and return the names of all.

    All there are, or all that were stored after `since`.

    Nothing to do for an object storage, which has versions of its own.
    """
    assert settings.archive_dir is not None
    if settings.file_store:
        return []
    target = settings.archive_dir.resolve() / "files"
    target.mkdir(parents=True, exist_ok=True)
    store = FileStore.at(None, settings.data_dir / "files")
    with psycopg.connect(conninfo(url, role=None)) as owner:
        names = _names(owner, since)
    with asyncio.Runner() as runner:
        for name in names:
            if not (target / name).exists():
                runner.run(_fetch(store, name, target / name))
    return names


def prune(settings: Settings, *, now: datetime) -> list[Path]:
    """Remove copies, log and files that no wanted instant needs; which copies went."""
    assert settings.archive_dir is not None
    folder = settings.archive_dir.resolve()
    present = bases(folder)
    oldest = archive.oldest_wanted(
        [base.ended_at for base in present], now=now, keep_days=settings.archive_keep_days
    )
    if oldest is None:
        return []
    gone = [base for base in present if base.ended_at < oldest]
    for base in gone:
        shutil.rmtree(base.path)
    kept = [base for base in present if base.ended_at >= oldest]
    first = min(base.first_segment[8:] for base in kept)
    for path in archive.wal_folder(folder).glob("[0-9A-F]*.gz"):
        if not path.name.endswith(".history.gz") and path.name[8:24] < first:
            path.unlink()
    _prune_files(folder / "files", kept)
    return [base.path for base in gone]


def _copy(settings: Settings, url: str, folder: Path, aside: Path) -> Base:
    began = utc_now()
    where, environment = programs.target(url)
    done = subprocess.run(
        [binaries() / "pg_basebackup", f"--dbname={where}", f"--pgdata={aside / 'cluster'}",
         "--format=tar", "--compress=gzip:1", "--wal-method=stream", "--checkpoint=fast"],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupFailed(f"pg_basebackup failed:\n{done.stderr[-1000:]}")
    names = mirror(settings, url)
    manifest = json.loads((aside / "cluster" / "backup_manifest").read_text())
    ranges = manifest["WAL-Ranges"][0]
    size = sum(path.stat().st_size for path in (aside / "cluster").iterdir())
    (aside / "files.json").write_text(json.dumps(names))
    note: dict[str, Any] = {
        "started_at": began.isoformat(),
        "ended_at": utc_now().isoformat(),
        "first_segment": segment(int(ranges["Timeline"]), ranges["Start-LSN"]),
        "bytes": size,
    }
    (aside / "base.json").write_text(json.dumps(note))
    folders.sync(aside)
    place = folder / f"{began:%Y%m%dT%H%M%SZ}"
    aside.rename(place)
    folders.sync_folder(folder)
    return _described(place)


def segment(timeline: int, lsn: str) -> str:
    """The name of the segment that holds a position of the log, e.g. `0/3000028`."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    return f"{timeline:08X}{high:08X}{low // SEGMENT:08X}"


def _described(path: Path) -> Base:
    note = json.loads((path / "base.json").read_text())
    return Base(
        path=path,
        started_at=datetime.fromisoformat(note["started_at"]),
        ended_at=datetime.fromisoformat(note["ended_at"]),
        first_segment=note["first_segment"],
        bytes=note["bytes"],
    )


def _names(owner: psycopg.Connection, since: datetime | None) -> list[str]:
    names = []
    row: tuple[UUID, UUID, bool]
    for row in owner.execute(_FILES, (since, since)):
        workspace_id, file_id, has_preview = row
        names.append(path_of(workspace_id, file_id))
        if has_preview:
            names.append(path_of(workspace_id, file_id, preview=True))
    return names


async def _fetch(store: FileStore, name: str, target: Path) -> None:
    try:
        content = b"".join([piece async for piece in await store.read(name)])
    except FileNotFound:  # swept away since
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(target)


def _prune_files(folder: Path, kept: list[Base]) -> None:
    """Remove files that are in no kept copy and older than all of them."""
    wanted = {name for base in kept for name in json.loads((base.path / "files.json").read_text())}
    oldest = min(base.started_at for base in kept).timestamp()
    for path in folder.rglob("*"):
        if (
            path.is_file()
            and path.stat().st_mtime < oldest
            and str(path.relative_to(folder)) not in wanted
        ):
            path.unlink()
