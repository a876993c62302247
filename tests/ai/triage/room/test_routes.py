from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.ai.triage.models import Intent
from rapport.ai.triage.ports import Serving
from rapport.ai.triage.routes import router
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.ai.triage.room.conftest import FIRE, PARCEL, Desk
from tests.make.auth import browser, person, routes_alone


@pytest.fixture
def app(database: Database) -> FastAPI:
    """Triage's routes alone."""
    return routes_alone(database, router)


@pytest.fixture
async def client(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's browser."""
    async with browser(app, await person(database, workspace)) as client:
        yield client


async def test_readings_are_listed_a_page_at_a_time(client: httpx.AsyncClient, desk: Desk) -> None:
    conversation = await desk.ask(FIRE)
    await desk.say(conversation, "Please hurry!")
    url = f"/v1/conversations/{conversation.id}/readings"

    first = (await client.get(url, params={"limit": 1})).json()
    rest = (await client.get(url, params={"limit": 1, "cursor": first["next"]})).json()

    assert [it["seq"] for it in (*first["items"], *rest["items"])] == [2, 1]
    assert rest["next"] is None
    assert rest["items"][0]["urgency"] == "critical"
    assert rest["items"][0]["priority_reasons"][0].keys() == {"code", "points", "amount"}
    assert (await client.get(url, params={"cursor": "x"})).status_code == 400


async def test_a_reading_is_corrected(
    client: httpx.AsyncClient, desk: Desk, serving: Serving, intents: dict[str, Intent]
) -> None:
    conversation = await desk.ask(PARCEL)
    url = f"/v1/messages/{(await desk.reading(conversation)).message_id}/correction"
    refund = str(intents["refund"].id)

    done = await client.post(url, json={"intent_ids": [refund], "urgency": "high"})

    assert done.status_code == 200
    assert done.json()["intents"] == [{"intent_id": refund, "probability": None}]
    assert done.json()["corrected"] == ["intents", "urgency"]
    shown = (await client.get(f"/v1/conversations/{conversation.id}/readings")).json()
    assert shown["items"] == [done.json()]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"urgency": "soon"},
        {"language": "English"},
        {"intent_ids": [str(new_id())] * 6},
        {"corrected_by": "me"},
    ],
)
async def test_what_is_no_correction_is_refused(
    client: httpx.AsyncClient, desk: Desk, body: dict[str, object]
) -> None:
    message_id = (await desk.reading(await desk.ask(FIRE))).message_id

    answer = await client.post(f"/v1/messages/{message_id}/correction", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_intents_are_written_down_taught_and_archived(client: httpx.AsyncClient) -> None:
    made = await client.post("/v1/triage/intents", json={"name": "Parcel"})
    url = f"/v1/triage/intents/{made.json()['id']}"

    taught = await client.post(f"{url}/examples", json={"examples": ["Where is it?"]})
    renamed = await client.patch(url, json={"name": "Delivery", "topic": "Shipping"})
    removed = await client.delete(f"{url}/examples/{taught.json()['items'][0]['id']}")
    archived = await client.delete(url)

    assert [it.status_code for it in (made, taught, renamed, removed, archived)] == [
        *(201, 200, 200, 204, 204)
    ]
    assert (renamed.json()["name"], renamed.json()["topic"]) == ("Delivery", "Shipping")
    (row,) = (await client.get("/v1/triage/intents")).json()
    assert (row["typed"], row["labelled"]) == (0, 0)
    assert row["archived_at"] is not None
    again = await client.post("/v1/triage/intents", json={"name": "delivery"})
    assert (again.status_code, again.json()["code"]) == (409, "intent_name_taken")


async def test_the_queue_is_answered(
    client: httpx.AsyncClient, desk: Desk, intents: dict[str, Intent]
) -> None:
    await desk.ask(PARCEL)
    (asked,) = (await client.get("/v1/triage/queue")).json()["items"]
    url = f"/v1/triage/queue/{asked['message_id']}"
    about = {"intent_ids": [str(intents["parcel"].id)]}

    unclear = await client.post(url, json={**about, "is_skipped": True})
    answered = await client.post(url, json=about)

    assert asked["text"] == PARCEL
    assert (unclear.status_code, answered.status_code) == (422, 204)
    assert (await client.get("/v1/triage/queue")).json() == {"items": [], "next": None}


async def test_settings_are_read_and_changed(client: httpx.AsyncClient, serving: Serving) -> None:
    url = "/v1/triage/settings"
    patterns = [{"name": "contract", "pattern": r"V-\d{6}"}]

    changed = await client.patch(url, json={"patterns": patterns, "weights": {"legal": 30}})
    bad = await client.patch(url, json={"patterns": [{"name": "x", "pattern": "("}]})

    assert changed.status_code == 200
    assert changed.json()["patterns"] == patterns
    assert changed.json()["weights"]["legal"] == 30
    assert changed.json()["model_id"] == str(serving.id)
    assert (bad.status_code, bad.json()["code"]) == (422, "settings_invalid")
    assert (await client.get(url)).json() == changed.json()


async def test_a_pattern_is_tried_before_it_is_saved(client: httpx.AsyncClient) -> None:
    trial = {"name": "contract", "pattern": r"(V-\d{6})", "example": "My V-104233"}

    found = await client.post("/v1/triage/patterns/try", json=trial)
    refused = await client.post("/v1/triage/patterns/try", json=trial | {"pattern": r"x*"})

    assert found.json() == {"found": [{"start": 3, "end": 11, "text": "V-104233"}]}
    assert (refused.status_code, refused.json()["code"]) == (422, "pattern_refused")


async def test_light_agents_read_agents_label_and_admins_manage(
    app: FastAPI, database: Database, workspace: UUID, desk: Desk
) -> None:
    conversation = await desk.ask(FIRE)
    correction = f"/v1/messages/{(await desk.reading(conversation)).message_id}/correction"
    readings = f"/v1/conversations/{conversation.id}/readings"

    async with browser(app, await person(database, workspace, Role.LIGHT_AGENT)) as light:
        assert (await light.get(readings)).status_code == 200
        assert (await light.get("/v1/triage/intents")).status_code == 200
        assert (await light.post(correction, json={"urgency": "low"})).status_code == 403
        assert (await light.get("/v1/triage/queue")).status_code == 403
    async with browser(app, await person(database, workspace, Role.AGENT)) as agent:
        assert (await agent.post(correction, json={"urgency": "low"})).status_code == 200
        assert (await agent.get("/v1/triage/queue")).status_code == 200
        assert (await agent.post("/v1/triage/intents", json={"name": "x"})).status_code == 403
        assert (await agent.patch("/v1/triage/settings", json={})).status_code == 403
    async with browser(app, await person(database, workspace, Role.ADMIN)) as admin:
        assert (await admin.post("/v1/triage/intents", json={"name": "x"})).status_code == 201
        assert (await admin.patch("/v1/triage/settings", json={})).status_code == 200


async def test_a_stranger_finds_nothing(
    app: FastAPI,
    database: Database,
    stranger: UUID,
    desk: Desk,
    client: httpx.AsyncClient,
    intents: dict[str, Intent],
) -> None:
    conversation = await desk.ask(FIRE)
    message_id = (await desk.reading(conversation)).message_id
    intent = f"/v1/triage/intents/{intents['parcel'].id}"
    taught = await client.post(f"{intent}/examples", json={"examples": ["Where is it?"]})
    example = f"{intent}/examples/{taught.json()['items'][0]['id']}"

    async with browser(app, await person(database, stranger)) as other:
        found = [
            await other.get(f"/v1/conversations/{conversation.id}/readings"),
            await other.post(f"/v1/messages/{message_id}/correction", json={"urgency": "low"}),
            await other.post(f"/v1/triage/queue/{message_id}", json={}),
            await other.patch(intent, json={"name": "x"}),
            await other.delete(intent),
            await other.get(f"{intent}/examples"),
            await other.post(f"{intent}/examples", json={"examples": ["x"]}),
            await other.delete(example),
        ]
        assert [answer.status_code for answer in found] == [404] * 8
        assert (await other.get("/v1/triage/intents")).json() == []
        assert (await other.get("/v1/triage/queue")).json()["items"] == []
        assert (await other.get("/v1/triage/settings")).json()["patterns"] == []
