"""Whether this process can do its work."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from rapport.kernel.database import migrations
from rapport.kernel.database.engine import Database

TIMEOUT_S = 3.0
_REVISION = text("SELECT version_num FROM alembic_version")
_LAG = text("""
    SELECT c.reader, extract(epoch FROM :now - next.created_at) AS lag_s
    FROM reader_cursors c
    LEFT JOIN LATERAL log_after(c.tx, c.id, NULL, 1) next ON true
""")


@dataclass(frozen=True, slots=True)
class Check:
    """What one look at one thing found."""

    ok: bool
    detail: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """All checks together."""

    ready: bool
    checks: dict[str, Check]


@dataclass(frozen=True, slots=True)
class Schema:
    """Where the migrations lie, for comparing the database with what this program needs."""

    scripts: Path


class Departure:
    """Whether this process was asked to stop, and finishes what it has begun."""

    def __init__(self) -> None:
        """Stay."""
        self.has_begun = False

    @classmethod
    def of(cls, database: Database) -> "Departure":
        """The one of a database in this process."""
        departure = database.ports.find(cls)
        if departure is None:
            departure = cls()
            database.ports.provide(cls, departure)
        return departure

    def begin(self) -> None:
        """From now on this process is not ready: nobody should send it anything new."""
        self.has_begun = True


Examine = Callable[[Database], Awaitable[Check]]
_checks: dict[str, Examine] = {}


def register(name: str, examine: Examine) -> None:
    """Have `examine` answer for `name` in every report; a failing check makes us not ready."""
    _checks[name] = examine


async def report(database: Database) -> Report:
    """Look at everything, each for at most `TIMEOUT_S`. Never raises."""
    names = list(_checks)
    found = await asyncio.gather(*(_look(_checks[name], database) for name in names))
    checks = dict(zip(names, found, strict=True))
    return Report(all(check.ok for check in found), checks)


async def stays(database: Database) -> Check:
    """Whether this process will still be here in a moment."""
    if Departure.of(database).has_begun:
        return Check(False, "This process was asked to stop.")
    return Check(True)


async def database_answers(database: Database) -> Check:
    """Whether a transaction can be opened, and how long a round trip takes."""
    began = time.perf_counter()
    async with database.connect() as session:
        await session.execute(text("SELECT 1"))
    return Check(True, values={"ms": round((time.perf_counter() - began) * 1_000, 1)})


async def schema_is_current(database: Database) -> Check:
    """Whether the database has what this version needs; it may be further.

    While an upgrade rolls, processes of the version before go on working on the new database.
    """
    schema = database.ports.find(Schema)
    if schema is None:
        return Check(True, "not compared")
    needed = await asyncio.to_thread(_head, schema.scripts)
    async with database.connect() as session:
        present = await session.scalar(_REVISION)
    if not migrations.is_behind(present, needed):
        return Check(True, values={"revision": present, "needed": needed})
    return Check(False, f"The database is at {present}, this program needs {needed}.")


async def readers_keep_up(database: Database) -> Check:
    """How far the slowest reader of the log is behind, in seconds.

    Always ok: a web process without its worker can still take messages, and taking it out of
    service would help nobody.
    """
    async with database.connect() as session:
        rows = (await session.execute(_LAG, {"now": database.now()})).all()
    lags = {row.reader: max(0.0, float(row.lag_s or 0)) for row in rows}
    slowest = max(lags, key=lambda reader: lags[reader], default=None)
    lag = round(lags[slowest], 1) if slowest else 0.0
    return Check(True, values={"readers": len(lags), "slowest": slowest, "lag_s": lag})


register("staying", stays)
register("database", database_answers)
register("schema", schema_is_current)
register("log", readers_keep_up)

_heads: dict[Path, str] = {}


def _head(scripts: Path) -> str:
    if scripts not in _heads:
        _heads[scripts] = migrations.head(scripts)
    return _heads[scripts]


async def _look(examine: Examine, database: Database) -> Check:
    try:
        return await asyncio.wait_for(examine(database), TIMEOUT_S)
    except TimeoutError:
        return Check(False, f"No answer within {TIMEOUT_S:g} s.")
    except Exception as error:  # noqa: BLE001 - a report says what failed, whatever it was
        return Check(False, type(error).__name__)
