"""The whole application, in this process, on the test's database."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.server.app import create_app
from rapport.server.process import provide_ports
from tests.server.furniture import furnished

__all__ = ["furnished"]


@pytest.fixture
async def app(database: Database, settings: Settings) -> AsyncIterator[FastAPI]:
    """The application as the web process serves it, its background tasks running."""
    provide_ports(database, settings)
    app = create_app(database)
    async with app.router.lifespan_context(app):
        yield app
