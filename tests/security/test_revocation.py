"""Access that ends closes what it opened, in every web process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
from fastapi import FastAPI

from rapport.kernel.auth import api_keys, members, resets, sessions
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.server.app import create_app
from rapport.server.process import provide_ports
from tests.conftest import Clock
from tests.kernel.realtime.wire import Wire
from tests.make.auth import HOST, ORIGIN, Person, person

SOON_S = 2.0
PASSWORD = "a wholly new pass phrase"


@pytest.fixture
async def other_process(
    database_url: str, settings: Settings, clock: Clock
) -> AsyncIterator[FastAPI]:
    """A second web process on the same database, which hears of things by the log alone."""
    database = Database(database_url, pool_size=5, now=clock)
    provide_ports(database, settings)
    app = create_app(database)
    async with app.router.lifespan_context(app):
        yield app
    await database.dispose()


class Sockets:
    """Open WebSockets of agents."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def open(self, app: FastAPI, **headers: str) -> Wire:
        wire = Wire()
        named = {"host": HOST, "origin": ORIGIN} | headers
        scope = {
            "type": "websocket",
            "path": "/v1/realtime",
            "raw_path": b"/v1/realtime",
            "query_string": b"",
            "root_path": "",
            "scheme": "ws",
            "subprotocols": [],
            "app": app,
            "headers": [(k.encode(), v.encode()) for k, v in named.items()],
        }
        task = asyncio.create_task(app(scope, wire.receive, wire.send))
        self._stack.callback(task.cancel)
        await wire.hello("inbox")
        return wire


@pytest.fixture
async def sockets() -> AsyncIterator[Sockets]:
    async with AsyncExitStack() as stack:
        yield Sockets(stack)


def cookie(token: str) -> dict[str, str]:
    return {"cookie": f"rapport_session={token}"}


async def closes_soon(wire: Wire) -> int:
    async with asyncio.timeout(SOON_S):
        return await wire.closes()


@pytest.fixture
async def agent_person(database: Database, workspace: UUID) -> Person:
    await person(database, workspace)  # the owner, who stays
    return await person(database, workspace, Role.AGENT)


async def test_a_session_that_ends_closes_its_sockets_here_and_elsewhere_and_no_other(
    app: FastAPI,
    other_process: FastAPI,
    database: Database,
    workspace: UUID,
    agent_person: Person,
    sockets: Sockets,
) -> None:
    async with database.begin(workspace, agent_person.actor) as ctx:
        kept_token = await sessions.start(ctx, agent_person.id)
    here = await sockets.open(app, **cookie(agent_person.token))
    elsewhere = await sockets.open(other_process, **cookie(agent_person.token))
    kept = await sockets.open(other_process, **cookie(kept_token))

    async with database.begin(workspace, agent_person.actor) as ctx:
        (ended,) = [s for s in await sessions.mine(ctx) if s.user_agent == "test"]
        await sessions.end(ctx, ended.id)

    assert await closes_soon(here) == 4401
    assert await closes_soon(elsewhere) == 4401
    kept.say(type="ping")
    assert (await kept.next("heartbeat"))["type"] == "heartbeat"


async def test_a_member_who_is_deactivated_hears_nothing_more(
    app: FastAPI,
    other_process: FastAPI,
    database: Database,
    workspace: UUID,
    agent_person: Person,
    sockets: Sockets,
) -> None:
    opened = [await sockets.open(p, **cookie(agent_person.token)) for p in (app, other_process)]

    async with database.begin(workspace, SYSTEM) as ctx:
        await members.change(ctx, agent_person.id, is_active=False)

    assert [await closes_soon(wire) for wire in opened] == [4401, 4401]


async def test_a_key_that_is_taken_back_hears_nothing_more(
    other_process: FastAPI, database: Database, workspace: UUID, sockets: Sockets
) -> None:
    async with database.begin(workspace, SYSTEM) as ctx:
        row, key = await api_keys.create(ctx, name="Program", role=Role.AGENT)
    wire = await sockets.open(other_process, authorization=f"Bearer {key}")

    async with database.begin(workspace, SYSTEM) as ctx:
        await api_keys.revoke(ctx, row.id)

    assert await closes_soon(wire) == 4401


async def test_a_new_password_closes_what_the_old_one_opened(
    app: FastAPI,
    other_process: FastAPI,
    database: Database,
    agent_person: Person,
    sockets: Sockets,
) -> None:
    opened = [await sockets.open(p, **cookie(agent_person.token)) for p in (app, other_process)]

    await resets.set_for(database, email=agent_person.email, password=PASSWORD)

    assert [await closes_soon(wire) for wire in opened] == [4401, 4401]
