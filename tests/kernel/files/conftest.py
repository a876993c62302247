from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from obstore.store import MemoryStore

from rapport.kernel.database.engine import Database
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.routes import downloads
from rapport.kernel.files.store import FileStore
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.secrets.keyring import KeyRing


@pytest.fixture(autouse=True)
def store(database: Database, tmp_path: Path) -> FileStore:
    store = FileStore(MemoryStore())
    database.ports.provide(FileStore, store)
    database.ports.provide(LinkSigner, LinkSigner(KeyRing(tmp_path / "keys")))
    return store


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
