"""An installation on several machines, as far as one machine can show it."""

from collections.abc import Iterator

import pytest

from tests.scale.servers import ExternalPostgres, Nats
from tests.scale.street import Street


@pytest.fixture(scope="session")
def postgres() -> Iterator[ExternalPostgres]:
    """Debian's PostgreSQL, shared by the tests; each street has a database of its own."""
    server = ExternalPostgres()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def nats() -> Iterator[Nats]:
    server = Nats()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module", params=["postgres", "nats"])
def street(request: pytest.FixtureRequest, postgres: ExternalPostgres) -> Iterator[Street]:
    """Two webs and two workers behind a proxy, on each bus in turn."""
    nats = request.getfixturevalue("nats") if request.param == "nats" else None
    street = Street(postgres, nats=nats)
    try:
        street.start()
        yield street
    finally:
        street.close()
