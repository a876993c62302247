from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rapport.kernel.settings.process import Settings
from rapport.server.backup import archive, retention, watch
from rapport.server.backup.jobs import is_due
from rapport.server.backup.making import name_at
from rapport.server.backup.runs import BACKUP, BASE, Latest

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday


def run(*, tried: datetime, good: datetime | None, kind: str = BACKUP) -> Latest:
    return Latest(kind, good, good == tried, "disk full", tried)


def test_the_newest_of_seven_days_and_four_weeks_are_kept() -> None:
    every_twelve_hours = [NOW - timedelta(hours=12 * n) for n in range(100)]

    gone = retention.superfluous(every_twelve_hours, daily=7, weekly=4)

    kept = sorted(set(every_twelve_hours) - gone, reverse=True)
    assert [f"{at:%d.%m. %H}" for at in kept] == [
        "18.03. 12", "17.03. 12", "16.03. 12", "15.03. 12", "14.03. 12", "13.03. 12", "12.03. 12",
        "08.03. 12", "01.03. 12",
    ]  # fmt: skip


def test_backups_of_a_desk_that_rested_are_kept() -> None:
    old = [NOW - timedelta(days=200 + n) for n in range(3)]

    assert retention.superfluous(old, daily=7, weekly=4) == set()


def test_only_what_we_named_is_removed(tmp_path: Path) -> None:
    days = [NOW - timedelta(days=n) for n in range(3)]
    for at in days:
        (tmp_path / name_at(at)).touch()
    (tmp_path / "rapport-before-upgrade.backup").touch()
    (tmp_path / "notes.txt").touch()

    gone = retention.prune(tmp_path, daily=1, weekly=0, now=NOW)

    assert [path.name for path in gone] == [name_at(days[2]), name_at(days[1])]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "notes.txt", name_at(NOW), "rapport-before-upgrade.backup",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("latest", "due"),
    [
        (None, True),
        (run(tried=NOW - timedelta(hours=1), good=NOW - timedelta(hours=1)), False),
        (run(tried=NOW - timedelta(hours=10), good=NOW - timedelta(hours=10)), True),
        (run(tried=NOW - timedelta(minutes=29), good=None), False),
        (run(tried=NOW - timedelta(minutes=31), good=None), True),
    ],
    ids=["never made", "made since", "made before", "just failed", "failed a while ago"],
)
def test_a_backup_is_due_once_a_day_and_again_after_a_failure(
    latest: Latest | None, due: bool
) -> None:
    assert is_due("02:30", latest, NOW) is due


def test_age_is_a_fault_only_where_backups_are_asked_for(tmp_path: Path) -> None:
    old = {BACKUP: run(tried=NOW - timedelta(hours=30), good=NOW - timedelta(hours=30))}

    plain = watch.standings(Settings(), old, NOW)
    asked = watch.standings(Settings(backup_dir=tmp_path, archive_dir=tmp_path), old, NOW)

    assert [(s.kind, s.ok, s.is_expected) for s in plain] == [(BACKUP, False, False)]
    assert [(s.kind, s.ok, s.is_expected) for s in asked] == [
        (BACKUP, False, True),
        (BASE, False, True),
    ]
    assert asked[0].says == "the last good one is 30.0 hours old"
    assert asked[1].says == "there is none"


def test_a_young_backup_followed_by_a_failure_is_no_good_news() -> None:
    known = {BACKUP: run(tried=NOW, good=NOW - timedelta(hours=2))}

    (found,) = watch.standings(Settings(), known, NOW)

    assert not found.ok
    assert found.says == "the last good one is 2.0 hours old, the latest failed: disk full"


def test_bases_are_kept_for_as_far_back_as_is_wanted() -> None:
    ends = [NOW - timedelta(days=n) for n in range(10)]

    assert archive.oldest_wanted(ends, now=NOW, keep_days=3) == NOW - timedelta(days=3)
    assert archive.oldest_wanted(ends[:2], now=NOW, keep_days=3) == ends[1]
    assert archive.oldest_wanted([], now=NOW, keep_days=3) is None
