"""The work of `rapport mail reprocess`."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from sqlalchemy import text

import rapport.server.rooms  # noqa: F401 - registers what reads and follows
from rapport.channels.email.receiving import reading, rereading
from rapport.channels.email.receiving.repository import RawRepository
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.events.wake import LogWaker
from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server.process import open_database

AT_ONCE: Final = 200


async def run(state: str, *, only: frozenset[UUID] = frozenset()) -> Counter[str]:
    """Read messages anew; how many came to what."""
    database = open_database(bootstrap.with_running_database(Settings()))
    waker = LogWaker(database)
    await waker.start()
    try:
        return await work(database, state, only=only)
    finally:
        await waker.flush()
        await waker.stop()
        await database.dispose()


async def work(
    database: Database, state: str, *, only: frozenset[UUID] = frozenset()
) -> Counter[str]:
    """The same on a database that is open. A message that still fails keeps nobody else."""
    counts: Counter[str] = Counter()
    async with database.connect() as session:
        workspaces = list(await session.scalars(text("SELECT * FROM all_workspaces()")))
    for workspace_id in workspaces:
        async for raw_id in _in_state(database, workspace_id, state):
            if not only or raw_id in only:
                counts[await _one(database, workspace_id, raw_id, state)] += 1
    return counts


async def _in_state(database: Database, workspace_id: UUID, state: str) -> AsyncIterator[UUID]:
    after: UUID | None = None
    while True:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            ids = await RawRepository(ctx).in_state(state, after_id=after, limit=AT_ONCE)
        for raw_id in ids:
            yield raw_id
        if len(ids) < AT_ONCE:
            return
        after = ids[-1]


async def _one(database: Database, workspace_id: UUID, raw_id: UUID, state: str) -> str:
    try:
        if state == "stored":
            changed = await rereading.read_again(database, workspace_id, raw_id)
            return "changed" if changed else "unchanged"
        await reading.read(database, workspace_id, raw_id)
    except RapportError as error:
        return error.code
    async with database.begin(workspace_id, SYSTEM) as ctx:
        raw = await RawRepository(ctx).find(raw_id)
        return "gone" if raw is None else raw.state
