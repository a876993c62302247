"""The first start, on a database of its own: elsewhere there are users already."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from fastapi import FastAPI

from rapport.kernel.auth import first_run
from rapport.kernel.auth.first_run import FirstRun
from rapport.kernel.auth.routes import router
from rapport.kernel.database.engine import Database
from rapport.kernel.database.migrations import upgrade
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.settings.process import Settings
from rapport.server.migrate import SCRIPTS
from tests.conftest import Clock
from tests.make.auth import browser, person


@pytest.fixture(scope="module")
def empty_url(database_url: str) -> str:
    """A second, migrated and empty database on the same server."""
    name = "rapport_first_run"
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name}")
        owner.execute(f"CREATE DATABASE {name}")
    url = database_url.replace("/rapport?", f"/{name}?")
    assert url != database_url
    upgrade(url, SCRIPTS)
    return url


@pytest.fixture
async def empty(empty_url: str, settings: Settings, clock: Clock) -> AsyncIterator[Database]:
    with psycopg.connect(empty_url, autocommit=True) as owner:
        owner.execute("TRUNCATE users, workspaces CASCADE")
    database = Database(empty_url, pool_size=5, now=clock)
    database.ports.provide(Settings, settings)
    yield database
    await database.dispose()


def token_of(first: FirstRun | None) -> str:
    assert first is not None
    assert first.link is not None
    return first.link.split("#token=")[1]


async def open_link(database: Database, token: str) -> int:
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    app.include_router(router, prefix="/v1")
    async with browser(app) as client:
        answer = await client.post("/v1/auth/link", json={"token": token})
        if answer.status_code == 200:
            assert (await client.get("/v1/me")).json()["role"] == "owner"
        return answer.status_code


async def test_the_first_owner_comes_in_by_a_link_and_has_no_password(empty: Database) -> None:
    first = await first_run.ensure_first_owner(empty)

    assert first is not None
    assert first.created
    assert await open_link(empty, token_of(first)) == 200


async def test_no_account_has_a_password_that_nobody_chose(empty: Database, empty_url: str) -> None:
    await first_run.ensure_first_owner(empty)

    with psycopg.connect(empty_url) as owner:
        assert owner.execute("SELECT count(*) FROM credentials").fetchone() == (0,)


async def test_two_starts_at_once_make_one_owner(empty: Database) -> None:
    runs = await asyncio.gather(*(first_run.ensure_first_owner(empty) for _ in range(4)))

    assert len({run.user_id for run in runs if run}) == 1
    assert [run.created for run in runs if run].count(True) == 1


async def test_until_the_owner_has_signed_in_each_start_gives_a_new_link(
    empty: Database, clock: Clock
) -> None:
    first = await first_run.ensure_first_owner(empty)
    clock.forward(hours=25)
    assert await open_link(empty, token_of(first)) == 401, "it worked for a day"

    second = await first_run.ensure_first_owner(empty)

    assert second is not None
    assert not second.created
    assert await open_link(empty, token_of(second)) == 200


async def test_later_starts_give_a_link_only_when_asked(empty: Database) -> None:
    await open_link(empty, token_of(await first_run.ensure_first_owner(empty)))

    quiet = await first_run.ensure_first_owner(empty)
    asked = await first_run.ensure_first_owner(empty, new_link=True)

    assert quiet is not None
    assert quiet.link is None
    assert await open_link(empty, token_of(asked)) == 200


async def test_what_has_expired_is_swept_away(
    empty: Database, empty_url: str, clock: Clock, workspace: UUID, tmp_path: Path
) -> None:
    first = await first_run.ensure_first_owner(empty)
    assert first is not None
    await person(empty, first.workspace_id)
    clock.forward(days=31)

    await first_run.sweep(empty)

    with psycopg.connect(empty_url) as owner:
        assert owner.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
        assert owner.execute("SELECT count(*) FROM sign_in_links").fetchone() == (0,)
