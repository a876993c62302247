"""Fixtures every test may ask for.

One embedded PostgreSQL per run, migrated by Alembic. Each test gets a fresh workspace and commits
for real, so that row-level security, the log and concurrent connections behave as in production.
"""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from obstore.store import MemoryStore

from rapport.kernel.auth.mail import mailer_for
from rapport.kernel.auth.ports import Mailer
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.engine import Database
from rapport.kernel.database.migrations import upgrade
from rapport.kernel.dns import Dns
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.store import FileStore
from rapport.kernel.ids import new_id
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.settings.process import Settings
from rapport.server.migrate import SCRIPTS
from tests.dns import Zone

PROJECT = Path(__file__).parents[1]


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.instant

    def forward(self, **by: float) -> None:
        self.instant += timedelta(**by)


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """Not pytest's own folder: another run would close it to the database's account."""
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def database_url(data_dir: Path) -> Iterator[str]:
    server = EmbeddedPostgres(data_dir, fsync=False)
    server.start()
    try:
        upgrade(server.url, SCRIPTS)
        yield server.url
    finally:
        server.stop()


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, port=8000, models_folder=PROJECT / "var" / "models")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(database_url: str, settings: Settings, clock: Clock) -> AsyncIterator[Database]:
    """A database whose units of work live by the test's clock, with what every room may ask for."""
    database = Database(database_url, pool_size=20, now=clock)
    keys = KeyRing.at(settings)
    database.ports.provide(Settings, settings)
    database.ports.provide(KeyRing, keys)
    database.ports.provide(LinkSigner, LinkSigner(keys))
    database.ports.provide(FileStore, FileStore(MemoryStore()))
    database.ports.provide(Mailer, mailer_for(settings))
    database.ports.provide(Dns, Zone())
    yield database
    await database.dispose()


def create_workspace(database_url: str, name: str = "Acme") -> UUID:
    """A committed, empty workspace, made as the owner of the database."""
    workspace_id = new_id()
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO workspaces (id, name, slug, created_at) VALUES (%s, %s, %s, now())",
            (workspace_id, name, str(workspace_id)),
        )
    return workspace_id


@pytest.fixture
def workspace(database_url: str) -> UUID:
    return create_workspace(database_url)


@pytest.fixture
def stranger(database_url: str) -> UUID:
    """Another workspace, which must see nothing of the first."""
    return create_workspace(database_url, "Stranger")


Begin = Callable[..., AbstractAsyncContextManager[Ctx]]


@pytest.fixture
def agent() -> Actor:
    """An agent who may do everything; not a member unless a test makes one."""
    return Actor("agent", new_id(), EveryPermission(), "Agnes Agent")


class EveryPermission(frozenset[str]):
    """A set of permissions that holds whatever it is asked for."""

    def __contains__(self, permission: object) -> bool:
        return True


@pytest.fixture
def begin(database: Database, workspace: UUID, agent: Actor) -> Begin:
    """Open a unit of work, as another actor or in another workspace when a test says so."""

    def open_work(
        actor: Actor | None = None, workspace_id: UUID | None = None
    ) -> AbstractAsyncContextManager[Ctx]:
        return database.begin(workspace_id or workspace, actor or agent)

    return open_work


@pytest.fixture
async def ctx(begin: Begin) -> AsyncIterator[Ctx]:
    """A unit of work that stays open for the test and commits after it."""
    async with begin() as ctx:
        yield ctx
