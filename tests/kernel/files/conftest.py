from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from rapport.kernel.database.engine import Database
from rapport.kernel.files.routes import downloads
from rapport.kernel.files.store import FileStore
from rapport.kernel.http import install_problem_handlers


@pytest.fixture(autouse=True)
def store(database: Database) -> FileStore:
    return database.ports.get(FileStore)


@pytest.fixture
async def reader(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a link and nothing else."""
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    app.include_router(downloads)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
