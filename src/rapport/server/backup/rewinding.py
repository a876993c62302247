"""Restoring the embedded database as it was at an instant."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tarfile
import time
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg

from rapport.kernel.database.embedded import (
    DatabaseWontStart,
    EmbeddedPostgres,
    account,
    binaries,
)
from rapport.kernel.database.urls import conninfo
from rapport.kernel.files.store import path_of
from rapport.kernel.settings.process import Settings
from rapport.server.backup import archive, base, folders, manifest, programs
from rapport.server.backup.errors import NotABackup, RestoreFailed
from rapport.server.backup.progress import Progress
from rapport.server.backup.restoring import Restored

_REPLAY_S: Final = 4 * 3_600
_AMCHECK: Final = "SELECT FROM pg_available_extensions WHERE name = 'amcheck'"
_TOO_LATE: Final = "recovery ended before configured recovery target was reached"


def restore(settings: Settings, folder: Path, at: datetime | None, progress: Progress) -> Restored:
    """Bring back the state at `at`, or the latest there is, from an archive.

    Raises:
        NotEmpty: the data folder holds something.
        NotABackup: the folder holds no base old enough.
        RestoreFailed: the log does not reach that instant, or a check found damage.
    """
    if settings.database_url is not None:
        raise RestoreFailed(
            "An archive restores the embedded database; unset RAPPORT_DATABASE_URL first."
        )
    began = time.monotonic()
    folder = folder.resolve()
    chosen = _choose(folder, at)
    with folders.staging(settings) as staging:
        progress.stage("unpacking the base")
        cluster = staging.folder / "postgres"
        _unpack(chosen, cluster)
        rows, tables, files = _replay(staging.folder, folder, at, progress)
        progress.stage("checksums")
        _check_pages(cluster)
        folders.sync(cluster)
        staging.take()
    progress.end()
    place = settings.key_file or settings.data_dir / "keys"
    return Restored(
        seconds=round(time.monotonic() - began, 2),
        tables=tables,
        rows=rows,
        files=files,
        keys="present" if place.exists() else "missing",
        made_at=at.isoformat(timespec="seconds") if at else "the end of the log",
    )


def _choose(folder: Path, at: datetime | None) -> base.Base:
    present = base.bases(folder)
    usable = [one for one in present if at is None or one.ended_at <= at]
    if usable:
        return usable[-1]
    if present:
        raise NotABackup(
            f"The oldest state in {folder} is that of {present[0].ended_at:%Y-%m-%d %H:%M:%S} UTC."
        )
    raise NotABackup(f"{folder} holds no base backup.")


def _unpack(chosen: base.Base, cluster: Path) -> None:
    cluster.mkdir(mode=0o700)
    for name, target in (("base.tar.gz", cluster), ("pg_wal.tar.gz", cluster / "pg_wal")):
        with tarfile.open(chosen.path / "cluster" / name) as tar:
            tar.extractall(target, filter="data")
    for path in [cluster, *(p for p in cluster.rglob("*") if p.is_dir())]:
        path.chmod(0o700)
    (cluster / "recovery.signal").touch()
    archive.give_to_server(cluster)


def _replay(
    staging: Path, folder: Path, at: datetime | None, progress: Progress
) -> tuple[int, int, int]:
    """Replay the log, examine the database, and fetch the files it names."""
    progress.stage("replaying the log")
    archive.give_to_server(archive.wal_folder(folder))
    settings = archive.recovery_settings(folder, at)
    server = EmbeddedPostgres(staging, fsync=False, settings=settings)
    try:
        server.start(timeout_s=_REPLAY_S)
    except DatabaseWontStart as error:
        if _TOO_LATE in error.detail:
            raise RestoreFailed(
                f"The log in {folder} ends before {at}; without --at the latest state is restored."
            ) from error
        raise RestoreFailed(f"The log could not be replayed. {error.detail}") from error
    try:
        progress.stage("checking tables and indexes")
        _check_relations(server.url)
        with psycopg.connect(conninfo(server.url, role=None)) as owner:
            names = manifest.tables(owner)
            rows = sum(manifest.count(owner, name) for name in names)
            progress.stage("files")
            files = _fetch_files(owner, folder / "files", staging / "files")
    finally:
        server.stop()
    return rows, len(names), files


def _fetch_files(owner: psycopg.Connection, source: Path, target: Path) -> int:
    count = 0
    for workspace_id, file_id, sha256 in owner.execute(
        "SELECT workspace_id, id, sha256 FROM files"
    ):
        name = path_of(workspace_id, file_id)
        if not (source / name).exists():
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
        if hashlib.sha256((target / name).read_bytes()).hexdigest() != sha256:
            raise RestoreFailed(f"The file {name} in the archive is damaged.")
        count += 1
        preview = path_of(workspace_id, file_id, preview=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(source / preview, target / preview)
    return count


def _check_relations(url: str) -> None:
    """Look at every table and index with pg_amcheck, where the server has what it needs.

    The wheel's server has no amcheck; there the checksums of all pages and a look at every row
    have to do.

    Raises:
        RestoreFailed: it found damage.
    """
    with psycopg.connect(conninfo(url, role=None)) as owner:
        if not owner.execute(_AMCHECK).fetchone():
            return
    where, environment = programs.target(url)
    done = subprocess.run(
        [binaries() / "pg_amcheck", "--install-missing", "--jobs=2", where],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RestoreFailed(f"pg_amcheck found damage:\n{(done.stdout + done.stderr)[-1000:]}")
    with psycopg.connect(conninfo(url, role=None), autocommit=True) as owner:
        owner.execute("DROP EXTENSION IF EXISTS amcheck")


def _check_pages(cluster: Path) -> None:
    """Check the checksum of every page of a stopped cluster.

    Raises:
        RestoreFailed: one is wrong.
    """
    who = account()
    done = subprocess.run(
        [binaries() / "pg_checksums", "--check", "-D", str(cluster)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=cluster,
        env=dict(os.environ), user=who.pw_uid if who else None, group=who.pw_gid if who else None,
    )  # fmt: skip
    if done.returncode:
        raise RestoreFailed(f"pg_checksums found damage:\n{done.stderr[-1000:]}")
