from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp

from rapport.channels.webchat.inboxes.routes import router as inboxes
from rapport.channels.webchat.lane import WidgetLane
from rapport.channels.webchat.pages.routes import router as pages
from rapport.channels.webchat.ports import WidgetFiles
from rapport.channels.webchat.routes import mine, router
from rapport.conversations.ingest import Batcher
from rapport.kernel.database.engine import Database
from rapport.kernel.files.routes import downloads
from rapport.kernel.http import install_problem_handlers
from tests.make.auth import browser
from tests.make.webchat import Browser, Chat, chat


@pytest.fixture(autouse=True)
def ports(database: Database, tmp_path: Path) -> None:
    database.ports.provide(WidgetFiles, WidgetFiles(tmp_path / "widget"))


@pytest.fixture
def api(database: Database) -> FastAPI:
    """The routes of this room, without the hot lane in front of them."""
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    for each in (router, mine, pages, downloads):
        app.include_router(each)
    app.include_router(inboxes, prefix="/v1")
    return app


@pytest.fixture
async def app(api: FastAPI, database: Database) -> AsyncIterator[ASGIApp]:
    async with Batcher(database) as batcher:
        yield WidgetLane(api, database, batcher)


@pytest.fixture
async def shop(database: Database, workspace: UUID) -> Chat:
    """The web chat of the workspace under test."""
    return await chat(database, workspace)


Visit = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def visit(app: ASGIApp, shop: Chat) -> AsyncIterator[Visit]:
    """A new browser that has arrived at the shop, or at another chat."""
    opened: list[httpx.AsyncClient] = []

    async def come(at: Chat | None = None, **session: str) -> Browser:
        http = browser(app)
        opened.append(http)
        visitor = Browser(http, at or shop)
        answer = await visitor.arrive(**session)
        assert answer.status_code == 200, answer.text
        return visitor

    yield come
    for http in opened:
        await http.aclose()
