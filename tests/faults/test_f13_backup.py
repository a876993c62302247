"""F13: the machine is gone. The desk comes back from a backup, or as it was at any minute."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.server.backup import archive, base
from rapport.server.bench import inbox_data
from tests.faults.conftest import Record, Size
from tests.faults.house import House
from tests.faults.visitors import Visitors, check

pytestmark = pytest.mark.fault

RPO_S = 60.0
RTO_S = 300.0
_MESSAGES = "SELECT count(*) FROM messages"
_WRITTEN = "SELECT client_id FROM messages WHERE client_id LIKE %s"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A disk that outlives the machine."""
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as name:
        (Path(name) / "key").write_bytes(os.urandom(32))
        yield Path(name)


@pytest.fixture
def kept_house(folder: Path) -> Iterator[House]:
    """A house that keeps its log on that disk."""
    house = House(
        environment={
            "RAPPORT_ARCHIVE_DIR": str(folder / "archive"),
            "RAPPORT_BACKUP_KEY_FILE": str(folder / "key"),
        }
    )
    try:
        house.start()
        yield house
    finally:
        house.close()


async def test_F13_the_desk_comes_back_as_it_was(
    size: Size, kept_house: House, folder: Path, record: Record
) -> None:
    house = kept_house
    await asyncio.to_thread(_fill, house, size.of(1_000, 1_000_000))
    based = await asyncio.to_thread(_run, house, "backup", "--base")

    async with Visitors(house.port, house.open_chat(), 8) as visitors:
        await visitors.write(40, prefix="before")
        await asyncio.sleep(1.1)
        instant = datetime.now(UTC)  # noqa: TID251 - the server's clock is the machine's
        await asyncio.sleep(1.1)
        await visitors.write(40, prefix="after")
        dumped = await asyncio.to_thread(
            _run, house, "backup", str(folder / "desk.backup"), "--json"
        )
        last = await _write_until_the_end(size, house, visitors)
    house.stop(signal.SIGKILL)

    then = _restored(house, folder / "then", str(folder / "archive"), "--at", f"{instant:%FT%T}")
    with _opened(folder / "then") as url:
        assert len(_written(url, "before-%")) == 40, "what was written before is there"
        assert _written(url, "after-%") == [], "what was written after is not"
    if size.full:
        latest = _restored(house, folder / "latest", str(folder / "archive"))
        with _opened(folder / "latest") as url:
            kept = _written(url, "last-%")
        lost = [at for name, at in last.items() if name not in kept]
        rpo_s = max(last.values()) - min(lost) if lost else 0.0
        record(rto_latest_s=latest["seconds"], rpo_s=rpo_s)
        assert rpo_s <= RPO_S
        assert latest["seconds"] <= RTO_S
    whole = _restored(house, folder / "whole", str(folder / "desk.backup"))
    with _opened(folder / "whole") as url:
        verdict = check(url, visitors)
        messages = _count(url, _MESSAGES)
    if size.full:
        await _goes_on(folder / "whole")

    record(
        messages=messages,
        backup_s=dumped["result"]["seconds"],
        backup_mb=dumped["result"]["bytes"] / 1e6,
        base_s=based["seconds"],
        rto_backup_s=whole["seconds"],
        rto_at_instant_s=then["seconds"],
    )
    assert dumped["result"]["rows"] == whole["result"]["rows"], "counted, and compared by hash"
    assert verdict.duplicated == 0
    assert verdict.seq_gaps == 0
    assert max(whole["seconds"], then["seconds"]) <= RTO_S


def test_F13_the_worker_keeps_backups_by_the_clock(
    size: Size, folder: Path, record: Record
) -> None:
    if not size.full:
        pytest.skip("waits for the next minute: full form only")
    (folder / "backups").mkdir()
    old = folder / "backups" / "rapport-20200101T020000Z.backup"
    old.touch()
    house = House(
        environment={
            "RAPPORT_ARCHIVE_DIR": str(folder / "archive"),
            "RAPPORT_BACKUP_DIR": str(folder / "backups"),
            "RAPPORT_BACKUP_KEEP_DAILY": "1",
            "RAPPORT_BACKUP_KEEP_WEEKLY": "1",
        }
    )
    try:
        house.start()
        began = time.monotonic()
        while time.monotonic() - began < 150 and (old.exists() or not _bases(folder)):
            time.sleep(0.5)
        first_s = time.monotonic() - began
        said = json.loads(house.command("doctor", "--json").stdout.splitlines()[-1])
    finally:
        house.close()

    assert [path for path in (folder / "backups").iterdir() if path != old]
    assert not old.exists(), "and old ones go"
    checks = {check["name"]: check for check in said["checks"]}
    assert all(checks[name]["ok"] for name in ("backup", "base backup", "log archive"))
    record(first_scheduled_s=first_s)


async def _write_until_the_end(size: Size, house: House, visitors: Visitors) -> dict[str, float]:
    """Write until the machine is lost; when each message was acknowledged, by its client_id.

    In the full form that is after two minutes, at a moment the log knows nothing of; in the short
    form right after a piece of the log was kept, so that nobody waits for the next one.
    """
    written: dict[str, float] = {}
    deadline = time.monotonic() + size.of(0.5, 125.0)
    number = 0
    while time.monotonic() < deadline:
        await visitors.each[0].send(f"last-{number}", f"The last words, {number}")
        written[f"last-{number}"] = time.monotonic()
        number += 1
        await asyncio.sleep(0.1)
    if not size.full:
        assert await asyncio.to_thread(archive.flushed, house.database_url)
    return written


async def _goes_on(data_dir: Path) -> None:
    """A house on what was restored: somebody writes and is answered, as if nothing had been."""
    house = House(data_dir)
    try:
        await asyncio.to_thread(house.start)
        async with Visitors(house.port, house.open_chat(), 1) as visitors:
            await visitors.write(3, prefix="again")
            assert len(visitors.tally.acknowledged) == 3
    finally:
        house.close()


def _fill(house: House, conversations: int) -> None:
    with psycopg.connect(house.database_url, autocommit=True) as owner:
        inbox_data.prepare(owner)
        inbox_data.load(owner, 0, conversations)


def _bases(folder: Path) -> list[base.Base]:
    return base.bases(folder / "archive")


def _run(house: House, *arguments: str, data_dir: Path | None = None) -> dict[str, Any]:
    """Run a command; how long it took, and its last line if that is JSON."""
    environment = dict(house.environment)
    if data_dir is not None:
        environment["RAPPORT_DATA_DIR"] = str(data_dir)
        environment.pop("RAPPORT_ARCHIVE_DIR")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "rapport.server.cli", *arguments],
        env=environment, capture_output=True, text=True, check=False,
        timeout=timedelta(minutes=30).total_seconds(),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1]) if "--json" in arguments else {}
    return {"seconds": time.monotonic() - began, "result": result}


def _restored(house: House, data_dir: Path, *arguments: str) -> dict[str, Any]:
    return _run(house, "restore", *arguments, "--json", data_dir=data_dir)


@contextmanager
def _opened(data_dir: Path) -> Iterator[str]:
    server = EmbeddedPostgres(data_dir, fsync=False)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def _written(url: str, pattern: str) -> list[str]:
    with psycopg.connect(url) as owner:
        return [name for (name,) in owner.execute(_WRITTEN, (pattern,))]


def _count(url: str, query: str) -> int:
    with psycopg.connect(url) as owner:
        row = owner.execute(query).fetchone()
    assert row is not None
    return int(row[0])
