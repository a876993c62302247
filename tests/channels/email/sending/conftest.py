from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import FastAPI

from rapport.channels.delivery.routes import router as deliveries
from rapport.channels.email.sending.routes import pages
from rapport.channels.email.sending.routes import router as mails
from rapport.kernel.database.engine import Database
from rapport.kernel.files.routes import downloads
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.make.answers import Desk, open_desk


@pytest.fixture
async def desk(
    database: Database, workspace: UUID, clock: Clock, settings: Settings
) -> AsyncIterator[Desk]:
    async with open_desk(database, workspace, clock, settings) as desk:
        yield desk


@pytest.fixture
def app(database: Database) -> FastAPI:
    """The routes of these rooms."""
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    for each in (deliveries, mails):
        app.include_router(each, prefix="/v1")
    for each in (pages, downloads):
        app.include_router(each)
    return app
