"""Units of work on PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.ext.asyncio import async_sessionmaker as sessionmaker

from rapport.kernel.context import LAST, Actor, Ctx, Ports, utc_now
from rapport.kernel.database.patience import QUEUE, QUEUE_S, DatabaseAway, connecting
from rapport.kernel.database.urls import conninfo

_SCOPE = text("SELECT set_config('app.workspace_id', :workspace_id, true)")


class Database:
    """The database of one process: opens units of work, and tells listeners after a commit."""

    def __init__(
        self,
        url: str,
        ports: Ports | None = None,
        *,
        pool_size: int = 10,
        patience_s: float | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Connect lazily to `url`, a libpq URL of the owner, acting as the application role.

        A statement that takes longer than `patience_s` is given up together with its connection.
        """
        self.url = url
        self.ports = ports or Ports()
        self.now = now
        self.after_commit: list[Callable[[], None]] = []
        """Called after a commit that appended to the log. Must not block."""
        self.engine: AsyncEngine = create_async_engine(
            conninfo(url).replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=False,
            pool_timeout=QUEUE_S,
            connect_args={"async_creator_fn": connecting(patience_s)},
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=msgspec.json.decode,
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._open = 0
        self._most = pool_size + QUEUE

    @asynccontextmanager
    async def begin(
        self, workspace_id: UUID, actor: Actor, *, now: Callable[[], datetime] | None = None
    ) -> AsyncIterator[Ctx]:
        """One transaction that sees one workspace; commits on leaving, rolls back when raised.

        Raises:
            DatabaseAway: too many wait for a connection already.
        """
        async with self._transaction() as session:
            await session.execute(_SCOPE, {"workspace_id": str(workspace_id)})
            yield Ctx(session, workspace_id, actor, now or self.now, self.ports)
            for work in session.info.pop(LAST, ()):
                await work()
        if session.info.get("rapport_events"):
            self.wake()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncSession]:
        """One transaction without a workspace: row-level security shows it no tenant's rows.

        For SECURITY DEFINER functions and global tables.

        Raises:
            DatabaseAway: too many wait for a connection already.
        """
        async with self._transaction() as session:
            yield session
        if session.info.get("rapport_events"):
            self.wake()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        if self._open >= self._most:
            raise DatabaseAway
        self._open += 1
        try:
            async with self._sessions() as session, session.begin():
                yield session
        finally:
            self._open -= 1

    def wake(self) -> None:
        """Tell the listeners that the log has grown."""
        for hook in self.after_commit:
            hook()

    async def dispose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
