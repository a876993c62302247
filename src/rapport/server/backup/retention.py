"""Which backups may go: the newest of each day and of each week are kept for a while."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rapport.server.backup.making import SUFFIX

_NAME: Final = re.compile(rf"rapport-(\d{{8}}T\d{{6}}Z){re.escape(SUFFIX)}")
_LEFT_OVER: Final = timedelta(days=1)


def made_at(path: Path) -> datetime | None:
    """When a backup was made, by its name; None for what we did not name."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return None
    return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def superfluous(instants: Iterable[datetime], *, daily: int, weekly: int) -> set[datetime]:
    """Those of `instants` that are neither the newest of a kept day nor of a kept week.

    Kept are the last `daily` days and the last `weekly` weeks of which there is a backup at all, so
    that a desk that made none for a month loses none.
    """
    newest_first = sorted(instants, reverse=True)
    days: dict[object, datetime] = {}
    weeks: dict[object, datetime] = {}
    for instant in newest_first:
        days.setdefault(instant.date(), instant)
        weeks.setdefault(instant.isocalendar()[:2], instant)
    kept = {*list(days.values())[:daily], *list(weeks.values())[:weekly]}
    return set(newest_first) - kept


def prune(folder: Path, *, daily: int, weekly: int, now: datetime) -> list[Path]:
    """Remove superfluous backups, and what interrupted ones left; which backups went."""
    for path in folder.glob(f".rapport-*{SUFFIX}-*.part"):
        if now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > _LEFT_OVER:
            path.unlink(missing_ok=True)
    present = {
        path: instant
        for path in folder.glob(f"rapport-*{SUFFIX}")
        if (instant := made_at(path)) is not None
    }
    unwanted = superfluous(present.values(), daily=daily, weekly=weekly)
    gone = sorted(path for path, instant in present.items() if instant in unwanted)
    for path in gone:
        path.unlink()
    return gone
