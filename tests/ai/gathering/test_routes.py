"""What intents need is said by administrators, and what is known is seen by agents."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.ai.gathering.routes import router
from rapport.kernel.audit import service as audit
from rapport.kernel.audit.service import Wanted
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.ids import new_id
from tests.ai.gathering.conftest import ORDER, SIZE, Desk
from tests.conftest import Begin
from tests.make.auth import browser, person


@pytest.fixture
def app(database: Database) -> FastAPI:
    """Gathering's routes alone."""
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    app.include_router(router, prefix="/v1")
    return app


@pytest.fixture
async def client(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's browser."""
    async with browser(app, await person(database, workspace)) as client:
        yield client


def facts_of(desk: Desk) -> str:
    return f"/v1/triage/intents/{desk.intents['parcel'].id}/facts"


async def test_facts_are_said_and_replaced(
    client: httpx.AsyncClient, desk: Desk, begin: Begin
) -> None:
    url = facts_of(desk)

    first = await client.put(url, json={"facts": [ORDER, SIZE]})
    same = await client.put(url, json={"facts": [ORDER, SIZE]})
    last = await client.put(url, json={"facts": [SIZE]})

    assert first.json() == same.json()
    assert [it["name"] for it in first.json()["facts"]] == ["order", "size"]
    assert (await client.get(url)).json() == last.json()
    async with begin() as ctx:
        deeds = await audit.page(ctx, Wanted(), before=None, limit=10)
    told = [it.details for it in deeds if it.verb == "intent.facts_changed"]
    assert told == [{"facts": ["size"]}, {"facts": ["order", "size"]}]


@pytest.mark.parametrize(
    "facts",
    [
        [ORDER, ORDER],
        [{**ORDER, "name": "Order no"}],
        [{**ORDER, "labels": {}}],
        [{**ORDER, "labels": {"en": "Order: number"}}],
        [{**ORDER, "choices": SIZE["choices"]}],
        [{**SIZE, "choices": {"small": {"en": "Small"}}}],
        [{**ORDER, "kind": "pattern"}],
        [{**ORDER, "value": "x"}],
        [{**ORDER, "name": f"order_{n}"} for n in range(13)],
    ],
)
async def test_what_is_no_fact_is_refused(
    client: httpx.AsyncClient, desk: Desk, facts: list[dict[str, Any]]
) -> None:
    answer = await client.put(facts_of(desk), json={"facts": facts})

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_a_pattern_must_be_there(client: httpx.AsyncClient, desk: Desk) -> None:
    fact = {**ORDER, "kind": "pattern", "pattern": "contract"}

    answer = await client.put(facts_of(desk), json={"facts": [fact]})

    assert (answer.status_code, answer.json()["code"]) == (422, "pattern_unknown")


async def test_what_is_known_is_seen(client: httpx.AsyncClient, desk: Desk) -> None:
    await desk.need(ORDER, SIZE)
    talk = await desk.ask("where is my parcel, my order number is R-10234")

    known = (await client.get(f"/v1/conversations/{talk.id}/facts")).json()

    assert known["state"] == "asking"
    assert known["intent_id"] == str(desk.intents["parcel"].id)
    told = [(it["name"], it["value"], it["source"], it["tries"]) for it in known["facts"]]
    assert told == [("order", "R-10234", "entity", 0), ("size", None, None, 0)]


async def test_agents_see_what_is_known_and_only_administrators_say_what_is_needed(
    app: FastAPI, database: Database, workspace: UUID, desk: Desk
) -> None:
    talk = await desk.ask()
    async with browser(app, await person(database, workspace, Role.LIGHT_AGENT)) as agent:
        assert (await agent.get(f"/v1/conversations/{talk.id}/facts")).status_code == 200
        assert (await agent.put(facts_of(desk), json={"facts": []})).status_code == 403


async def test_a_stranger_finds_nothing(
    app: FastAPI, database: Database, stranger: UUID, desk: Desk
) -> None:
    await desk.need(ORDER)
    talk = await desk.ask()

    async with browser(app, await person(database, stranger)) as other:
        found = [
            await other.get(f"/v1/conversations/{talk.id}/facts"),
            await other.get(facts_of(desk)),
            await other.put(facts_of(desk), json={"facts": [SIZE]}),
            await other.get(f"/v1/triage/intents/{new_id()}/facts"),
        ]

    assert [answer.status_code for answer in found] == [404] * 4
    assert [it.name for it in (await desk.known(talk)).facts] == ["order"]
