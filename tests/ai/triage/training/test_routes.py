"""The agent API of models."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.ai.triage.training import presenter, service
from rapport.ai.triage.training.routes import router
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from tests.ai.triage.training.conftest import School
from tests.conftest import Begin, Clock
from tests.make.auth import browser, person, routes_alone

URL = "/v1/triage/models"


@pytest.fixture
def app(database: Database) -> FastAPI:
    """These routes alone."""
    return routes_alone(database, router)


@pytest.fixture
async def client(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's browser."""
    async with browser(app, await person(database, workspace)) as client:
        yield client


async def test_a_training_is_begun_seen_and_cancelled(client: httpx.AsyncClient) -> None:
    begun = await client.post(URL)
    again = await client.post(URL)
    cancelled = await client.post(f"{URL}/{begun.json()['id']}/cancel")

    assert (begun.status_code, begun.json()["state"]) == (201, "training")
    assert (again.status_code, again.json()["code"]) == (409, "training_under_way")
    assert cancelled.json()["state"] == "cancelled"
    assert (await client.get(f"{URL}/{begun.json()['id']}")).json() == cancelled.json()


async def test_models_are_listed_page_by_page_put_to_use_and_taken_back(
    client: httpx.AsyncClient, school: School, clock: Clock
) -> None:
    ids = [str(await school.made(b"%d" % n)) for n in range(3)]
    for id_ in ids[:2]:
        clock.forward(minutes=1)
        assert (await client.post(f"{URL}/{id_}/promote")).json()["state"] == "serving"

    first = (await client.get(URL, params={"limit": 2})).json()
    rest = (await client.get(URL, params={"limit": 2, "cursor": first["next"]})).json()
    back = await client.post(f"{URL}/rollback")

    assert [one["id"] for one in (*first["items"], *rest["items"])] == ids[::-1]
    assert rest["next"] is None
    assert [one["can_promote"] for one in first["items"]] == [True, False]
    assert back.json()["id"] == ids[0]
    refused = await client.post(f"{URL}/rollback")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_roll_back_to")


async def test_settings_are_read_and_changed(client: httpx.AsyncClient) -> None:
    changed = await client.patch(f"{URL}/settings", json={"retrain_after": None, "least_gain": 2})
    wrong = await client.patch(f"{URL}/settings", json={"promotion": "whenever"})

    assert changed.json() == {
        "promotion": "person",
        "least_gain": 2.0,
        "most_loss": 10.0,
        "retrain_after": None,
    }
    assert (await client.get(f"{URL}/settings")).json() == changed.json()
    assert wrong.status_code == 422


async def test_agents_look_and_do_not_touch(
    app: FastAPI, database: Database, workspace: UUID, school: School
) -> None:
    model_id = await school.made(b"1")
    agent = await person(database, workspace, Role.AGENT)

    async with browser(app, agent) as client:
        seen = [await client.get(f"{URL}{path}") for path in ("", f"/{model_id}", "/settings")]
        tried = [
            await client.post(URL),
            await client.post(f"{URL}/{model_id}/promote"),
            await client.post(f"{URL}/{model_id}/cancel"),
            await client.post(f"{URL}/rollback"),
            await client.patch(f"{URL}/settings", json={}),
        ]

    assert [one.status_code for one in seen] == [200] * 3
    assert [one.status_code for one in tried] == [403] * 5


async def test_a_stranger_sees_nothing(
    app: FastAPI, database: Database, stranger: UUID, school: School
) -> None:
    model_id = await school.made(b"1")

    async with browser(app, await person(database, stranger)) as client:
        listed = await client.get(URL)
        tried = [
            await client.get(f"{URL}/{model_id}"),
            await client.post(f"{URL}/{model_id}/promote"),
            await client.post(f"{URL}/{model_id}/cancel"),
        ]

    assert listed.json() == {"items": [], "next": None}
    assert [one.status_code for one in tried] == [404] * 3


async def test_consoles_hear_of_a_model_as_the_list_shows_it(
    client: httpx.AsyncClient, school: School, begin: Begin
) -> None:
    model_id = await school.made(b"1")
    async with begin() as ctx:
        await service.promote(ctx, model_id)

    async with begin() as ctx:
        records = [
            one
            for one in await log.of_workspace(ctx, log.BEGINNING)
            if one.name == "triage.model_changed"
        ]
        told = await presenter.shown(ctx, records)

    listed = (await client.get(URL)).json()["items"][0]
    assert told[-1].topic == "workspace"
    assert told[-1].body["triage_model"].model_dump(mode="json") == listed
