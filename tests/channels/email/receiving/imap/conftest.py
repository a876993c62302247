from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import psycopg
import pytest

from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.dovecot import Dovecot
from tests.fetching import Fetched
from tests.imap_simulator import Mailserver


@pytest.fixture
async def server() -> AsyncIterator[Mailserver]:
    async with Mailserver() as server:
        yield server


@pytest.fixture(autouse=True)
def alone(database_url: str, database: Database, settings: Settings) -> Iterator[None]:
    """Nothing is fetched any more for a test that is over."""
    yield
    database.ports.provide(Settings, settings)
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute('UPDATE email_mailboxes SET incoming = \'{"kind": "none"}\'')


@pytest.fixture
async def inbox(database: Database, workspace: UUID, server: Mailserver) -> Fetched:
    """An inbox that is fetched from `server`."""
    return await Fetched.make(database, workspace, server.port)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Debian's Dovecot; each test has users of its own."""
    dovecot = Dovecot()
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.close()
