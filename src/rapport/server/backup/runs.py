"""Which backups were made, and when the last good one was; kept in the database itself."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, TypeVar

import psycopg

from rapport.kernel.context import utc_now
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import RapportError

BACKUP: Final = "backup"
BASE: Final = "base"
_KEPT: Final = timedelta(days=400)
LATEST: Final = """
    SELECT kind,
        max(ended_at) FILTER (WHERE good) AS last_good_at,
        (array_agg(good ORDER BY id DESC))[1] AS good,
        (array_agg(detail ORDER BY id DESC))[1] AS detail,
        max(started_at) AS last_tried_at
    FROM backup_runs GROUP BY kind
"""


class Result(Protocol):
    """What a kind of backup yields."""

    @property
    def path(self) -> Path:
        """Where it lies."""

    @property
    def bytes(self) -> int:
        """How large it is."""


R = TypeVar("R", bound=Result)


@dataclass(frozen=True, slots=True)
class Latest:
    """How one kind of backup stands."""

    kind: str
    last_good_at: datetime | None
    good: bool
    """Whether the latest attempt succeeded."""
    detail: str
    last_tried_at: datetime


def recorded(url: str, work: Callable[[], R], *, kind: str = BACKUP) -> R:
    """Do `work` and note in the database at `url` how it ended.

    A database that is not migrated yet, or cannot be written, does not spoil a backup.
    """
    started = utc_now()
    try:
        done = work()
    except BaseException as error:
        said = error.detail if isinstance(error, RapportError) else type(error).__name__
        _note(url, kind, started, good=False, detail=said, size=0)
        raise
    _note(url, kind, started, good=True, detail=str(done.path), size=done.bytes)
    return done


def latest(connection: psycopg.Connection) -> dict[str, Latest]:
    """The present standing of every kind of which there was a run."""
    found = connection.execute("SELECT to_regclass('public.backup_runs') IS NOT NULL").fetchone()
    if found is None or not found[0]:
        return {}
    return {row[0]: Latest(*row) for row in connection.execute(LATEST)}


def _note(url: str, kind: str, started: datetime, *, good: bool, detail: str, size: int) -> None:
    with (
        contextlib.suppress(psycopg.Error),
        psycopg.connect(conninfo(url, role=None), connect_timeout=5) as owner,
    ):
        owner.execute(
            "INSERT INTO backup_runs (kind, started_at, ended_at, good, detail, bytes) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            (kind, started, utc_now(), good, detail[:2_000], size),
        )
        owner.execute("DELETE FROM backup_runs WHERE ended_at < %s", (utc_now() - _KEPT,))
