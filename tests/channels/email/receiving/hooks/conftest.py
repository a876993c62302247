from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.channels.email.receiving.hooks import routes
from rapport.channels.email.receiving.hooks.service import Outside
from rapport.kernel.database.engine import Database
from rapport.kernel.http import install_problem_handlers
from tests.channels.email.receiving.hooks.simulators import EVERY, SIGNING, Amazon, Post, Simulator
from tests.conftest import Clock
from tests.make.mailboxes import Box, mailbox
from tests.server.conftest import app

__all__ = ["app"]

Send = Callable[..., Awaitable[httpx.Response]]
Open = Callable[..., Awaitable[Box]]


@pytest.fixture
async def http(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The routes alone; what stands before all routes is tried in `test_edge`."""
    app = FastAPI()
    app.state.database = database
    app.include_router(routes.router)
    install_problem_handlers(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://rapport.test") as http:
        yield http


@pytest.fixture
async def send(http: httpx.AsyncClient) -> Send:
    """Send a provider's request to a mailbox; its address can be another one."""

    async def post(box: Box, post: Post, *, to: str, key: str | None = None) -> httpx.Response:
        url = f"/hooks/email/{to}/{key or box.key}{post.path}"
        return await http.post(url, headers=post.headers, content=post.content)

    return post


@pytest.fixture
async def open_box(database: Database, workspace: UUID) -> Open:
    """A mailbox for a provider; `values` are of `make_mailbox`."""

    async def make(simulator: Simulator, **values: Any) -> Box:
        if isinstance(simulator, Amazon):
            database.ports.provide(Outside, simulator)
        given: dict[str, Any] = {
            "incoming": {"kind": "webhook", "webhook": simulator.name},
            "secrets": {"webhook_secret": simulator.secret},
        }
        place = values.pop("workspace", workspace)
        return await mailbox(database, place, **(given | values))

    return make


@pytest.fixture(params=list(EVERY))
def simulator(request: pytest.FixtureRequest, clock: Clock) -> Simulator:
    return EVERY[request.param](clock)


@pytest.fixture(params=list(SIGNING))
def signing(request: pytest.FixtureRequest, clock: Clock) -> Simulator:
    return SIGNING[request.param](clock)
