"""Whether the backups of an installation are young enough, for `rapport doctor` and monitoring."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text

from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import health, metrics
from rapport.kernel.telemetry.health import Check
from rapport.server.backup import runs
from rapport.server.backup.runs import Latest

_AGE: Final = metrics.gauge(
    "backup_age_seconds", "Since the last good backup of this kind ended.", ("kind",)
)
_FAILED: Final = metrics.gauge(
    "backup_failed", "1 when the latest backup of this kind failed.", ("kind",)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is to be said about one kind of backup."""

    kind: str
    ok: bool
    is_expected: bool
    """Whether the settings ask for it; otherwise age is a hint and no fault."""
    says: str


def standings(settings: Settings, known: dict[str, Latest], now: datetime) -> list[Standing]:
    """How every kind that is expected, or was ever made, stands."""
    wanted = {
        runs.BACKUP: settings.backup_dir is not None,
        runs.BASE: settings.archive_dir is not None,
    }
    limit = timedelta(hours=settings.backup_max_age_hours)
    return [
        _standing(kind, known.get(kind), now, limit, is_expected=is_expected)
        for kind, is_expected in wanted.items()
        if is_expected or kind == runs.BACKUP or kind in known
    ]


def _standing(
    kind: str, latest: Latest | None, now: datetime, limit: timedelta, *, is_expected: bool
) -> Standing:
    if latest is None or latest.last_good_at is None:
        says = "there is none" if latest is None else f"none was good: {latest.detail}"
        return Standing(kind, False, is_expected, says)
    age = now - latest.last_good_at
    hours = age.total_seconds() / 3_600
    says = f"the last good one is {hours:.1f} hours old"
    if not latest.good:
        return Standing(kind, False, is_expected, f"{says}, the latest failed: {latest.detail}")
    return Standing(kind, age <= limit, is_expected, says)


async def backups_are_young(database: Database) -> Check:
    """How old the last good backups are, for `/health/ready` and the metrics.

    Always ok: a web process without a backup still does its work.
    """
    settings = database.ports.find(Settings)
    if settings is None:
        return Check(True, "not looked at")
    async with database.connect() as session:
        rows = (await session.execute(text(runs.LATEST))).mappings().all()
    known = {row["kind"]: Latest(**row) for row in rows}
    now = database.now()
    for kind, latest in known.items():
        _FAILED.labels(kind).set(0 if latest.good else 1)
        if latest.last_good_at is not None:
            _AGE.labels(kind).set((now - latest.last_good_at).total_seconds())
    found = standings(settings, known, now)
    return Check(
        True,
        "; ".join(f"{one.kind}: {one.says}" for one in found if not one.ok and one.is_expected),
        {one.kind: one.ok for one in found if one.is_expected},
    )


health.register("backups", backups_are_young)
