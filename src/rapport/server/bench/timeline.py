"""`rapport bench timeline`: the stream of everything about a customer who has a lot of it.

The customer is two who were merged, with entries of several kinds. Each reading is one call of the
service function that the agent API calls, in a unit of work of its own, as the application role
with row-level security on.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
from sqlalchemy import text

import rapport.server.rooms  # noqa: F401 - every room tells what it knows
from rapport.customers import service as customers
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.schemas import encode_cursor
from rapport.server.bench import inbox_data as data
from rapport.server.bench.environment import fresh_database

READINGS: Final = 300
WARM_UP: Final = 50
NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ADA, OTHER = UUID(int=1 << 100), UUID(int=2 << 100)
_LIMIT_MS: Final = 20

_PEOPLE: Final = """
    INSERT INTO customers (workspace_id, id, created_at, first_seen_at, last_seen_at, name)
    SELECT %(w)s, id, %(now)s, %(now)s, %(now)s, 'Ada' FROM unnest(%(ids)s::uuid[]) AS id;
"""
_ENTRIES: Final = """
    INSERT INTO timeline_items
        (workspace_id, id, created_at, customer_id, kind, at, title, text, source, data)
    SELECT %(w)s, gen_random_uuid(), %(now)s, (%(ids)s::uuid[])[1 + n %% 2],
        (ARRAY['track', 'page', 'note', 'identity_added'])[1 + n %% 4],
        %(now)s::timestamptz - n * interval '17 minutes', 'Entry ' || n, '', 'bench:' || n,
        '{"path": "/checkout", "value": 12}'
    FROM generate_series(1, %(count)s) AS n;
"""


def run(*, entries: int = 10_000) -> dict[str, Any]:
    """Milliseconds of a page of 50, first, deep and filtered, and what the first one reads."""
    with fresh_database() as (_, url), psycopg.connect(url, autocommit=True) as owner:
        data.prepare(owner)
        _fill(owner, entries)
        return asyncio.run(_measure(url, entries))


def _fill(owner: psycopg.Connection, entries: int) -> None:
    values = {
        "w": data.WORKSPACE,
        "now": NOW,
        "ids": [ADA, OTHER],
        "count": entries,
    }
    for statement in (_PEOPLE, _ENTRIES):
        owner.execute(statement, values)
    owner.execute("ANALYZE customers")
    owner.execute("ANALYZE timeline_items")


async def _measure(url: str, entries: int) -> dict[str, Any]:
    database = Database(url, pool_size=2)
    me = Actor("agent", data.agent(0), name="Agent")
    async with database.begin(data.WORKSPACE, me) as ctx:
        await customers.merge(ctx, OTHER, ADA)
    result: dict[str, Any] = {"entries": entries}
    for name, read in _READINGS.items():
        found = await _times(database, me, read, entries)
        result[f"{name}_p50_ms"] = round(found[len(found) // 2], 3)
        result[f"{name}_p99_ms"] = round(found[int(len(found) * 0.99)], 3)
    slowest = max(value for key, value in result.items() if key.endswith("_p99_ms"))
    async with database.begin(data.WORKSPACE, me) as ctx:
        result["plan"] = await _plan(ctx)
    await database.dispose()
    return {**result, "worst_p99_ms": slowest, "is_within_limit": slowest <= _LIMIT_MS}


Read = Callable[[Ctx, random.Random, int], Awaitable[object]]


async def _times(database: Database, me: Actor, read: Read, entries: int) -> list[float]:
    dice, found = random.Random(1), []  # noqa: S311 - not a secret
    for turn in range(WARM_UP + READINGS):
        async with database.begin(data.WORKSPACE, me) as ctx:
            began = time.perf_counter()
            await read(ctx, dice, entries)
            if turn >= WARM_UP:
                found.append((time.perf_counter() - began) * 1_000)
    return sorted(found)


async def _first(ctx: Ctx, dice: random.Random, entries: int) -> object:
    return await customers.timeline(ctx, ADA)


async def _deep(ctx: Ctx, dice: random.Random, entries: int) -> object:
    at = NOW - timedelta(minutes=17 * dice.randrange(entries))
    return await customers.timeline(ctx, ADA, cursor=encode_cursor([at, ADA]))


async def _filtered(ctx: Ctx, dice: random.Random, entries: int) -> object:
    return await customers.timeline(ctx, ADA, groups=[dice.choice(["notes", "pages", "calls"])])


_READINGS: Final[dict[str, Read]] = {"first": _first, "deep": _deep, "filtered": _filtered}
_PLAN: Final = text(
    "EXPLAIN SELECT * FROM timeline_items WHERE workspace_id = :w AND customer_id = :c "
    "ORDER BY at DESC, id DESC LIMIT 51"
)


async def _plan(ctx: Ctx) -> str:
    found = await ctx.session.execute(_PLAN, {"w": ctx.workspace_id, "c": ADA})
    return " / ".join(" ".join(row[0].split()) for row in found)
