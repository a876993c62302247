from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events.models import EventRow
from rapport.kernel.http import install_problem_handlers
from rapport.knowledge.help import routes as help_centre
from rapport.knowledge.routes import router
from tests.inference.fixtures import minilm, models_dir
from tests.make.auth import browser, person

__all__ = ["minilm", "models_dir"]

Emitted = Callable[[Ctx], Awaitable[list[str]]]


@pytest.fixture
def embedder(database: Database) -> FakeEmbedder:
    """A fake model, provided to the process."""
    fake = FakeEmbedder()
    database.ports.provide(Embedder, fake)
    return fake


@pytest.fixture
def emitted() -> Emitted:
    """The names of the events of the unit of work's workspace, in order."""

    async def names(ctx: Ctx) -> list[str]:
        rows = await ctx.session.scalars(
            select(EventRow.name)
            .where(EventRow.workspace_id == ctx.workspace_id)
            .order_by(EventRow.id)
        )
        return list(rows)

    return names


@pytest.fixture
def knowledge_app(database: Database) -> FastAPI:
    """Only the routes of this room, so that its tests need no other."""
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    app.include_router(router, prefix="/v1")
    app.include_router(help_centre.router)
    return app


@pytest.fixture
async def agent_browser(
    knowledge_app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(knowledge_app, await person(database, workspace)) as client:
        yield client


@pytest.fixture
async def public(knowledge_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(knowledge_app) as client:
        yield client
