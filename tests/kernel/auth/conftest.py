from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.kernel.auth.mail import FolderMailer
from rapport.kernel.auth.ports import Mailer
from rapport.kernel.auth.roles import Role
from rapport.kernel.auth.routes import router
from rapport.kernel.database.engine import Database
from rapport.kernel.http import install_problem_handlers
from tests.make.auth import Person, browser, person


@pytest.fixture
def mail_folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def auth_app(database: Database, mail_folder: Path) -> FastAPI:
    """Only the routes of this folder, so that its tests need no other room."""
    app = FastAPI()
    app.state.database = database
    database.ports.provide(Mailer, FolderMailer(mail_folder))
    install_problem_handlers(app)
    app.include_router(router, prefix="/v1")
    return app


@pytest.fixture
async def owner(database: Database, workspace: UUID) -> Person:
    return await person(database, workspace, Role.OWNER, name="Olga Owner")


@pytest.fixture
async def owner_browser(auth_app: FastAPI, owner: Person) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(auth_app, owner) as client:
        yield client


@pytest.fixture
async def anonymous(auth_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(auth_app) as client:
        yield client
