from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.channels.email.setup.routes import router
from rapport.channels.email.setup.trial_routes import router as trials
from rapport.channels.webchat.inboxes.routes import router as inboxes
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.dns import Dns
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.settings.process import Settings
from tests.dns import Zone
from tests.make.auth import browser, person


@pytest.fixture
def zone(database: Database) -> Zone:
    """The DNS of the test, empty at first."""
    zone = Zone()
    database.ports.provide(Dns, zone)
    return zone


@pytest.fixture
def app(database: Database, zone: Zone) -> FastAPI:
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    for each in (router, trials, inboxes):
        app.include_router(each, prefix="/v1")
    return app


@pytest.fixture
async def admin(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, await person(database, workspace, Role.ADMIN)) as http:
        yield http


def allow(database: Database, *pairs: str, **more: object) -> Settings:
    """Let these `host:port` pairs be reached, as an administrator would."""
    known = database.ports.get(Settings)
    changed = known.model_copy(update={"egress_allow": list(pairs), **more})
    database.ports.provide(Settings, changed)
    return changed
