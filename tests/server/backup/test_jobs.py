"""What the worker does by the clock: the real one, which the process it starts goes by."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from rapport.kernel.context import utc_now
from rapport.kernel.database.engine import Database
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import health
from rapport.server.backup import jobs, runs
from rapport.server.backup.making import name_at


@pytest.fixture
async def database(database: Database) -> Database:
    """One of which nobody has made a backup."""
    with psycopg.connect(database.url, autocommit=True) as owner:
        owner.execute("DELETE FROM backup_runs")
    database.now = utc_now
    return database


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path / "data", backup_dir=tmp_path / "backups")
    KeyRing.at(settings)
    return settings


async def test_a_backup_is_made_once_a_day_and_old_ones_go(
    database: Database, settings: Settings
) -> None:
    assert settings.backup_dir is not None
    settings.backup_dir.mkdir()
    old = [settings.backup_dir / name_at(utc_now() - timedelta(days=n)) for n in range(40, 60)]
    for path in old:
        path.touch()

    for _ in range(2):
        await jobs.tend(database, settings, utc_now(), wants_archive=False)

    made = [path for path in settings.backup_dir.iterdir() if path not in old]
    assert len(made) == 1
    assert sum(path.exists() for path in old) < len(old)
    database.ports.provide(Settings, settings)
    report = await health.report(database)
    assert report.checks["backups"].values == {"backup": True}


async def test_a_failure_is_noted_said_and_tried_again_later(
    database: Database, settings: Settings
) -> None:
    assert settings.backup_dir is not None
    settings.backup_dir.write_text("not a folder")

    with pytest.raises(jobs.ScheduledBackupFailed, match="cannot be made"):
        await jobs.tend(database, settings, utc_now(), wants_archive=False)

    with psycopg.connect(database.url) as owner:
        latest = runs.latest(owner)[runs.BACKUP]
    assert not latest.good
    assert "cannot be made" in latest.detail
    assert not jobs.is_due(settings.backup_at, latest, utc_now())
    assert jobs.is_due(settings.backup_at, latest, utc_now() + jobs.RETRY)
    database.ports.provide(Settings, settings)
    check = (await health.report(database)).checks["backups"]
    assert check.ok, "a web process without a backup still does its work"
    assert "none was good" in check.detail


async def test_only_one_worker_at_a_time_looks_after_backups(database: Database) -> None:
    async with jobs.alone(database) as first, jobs.alone(database) as second:
        assert (first, second) == (True, False)
    async with jobs.alone(database) as again:
        assert again
