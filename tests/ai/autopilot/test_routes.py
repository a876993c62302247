from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.ai.autopilot.routes import router
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.ai.autopilot.conftest import Desk
from tests.make.auth import browser, person, routes_alone

QUESTION = "How do I return an item?"


@pytest.fixture
def app(database: Database) -> FastAPI:
    """The assistant's routes alone."""
    return routes_alone(database, router)


@pytest.fixture
async def client(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's browser."""
    async with browser(app, await person(database, workspace)) as client:
        yield client


async def test_settings_are_read_and_changed(client: httpx.AsyncClient, desk: Desk) -> None:
    url = f"/v1/inboxes/{desk.inbox.id}/assistant"

    changed = await client.patch(url, json={"threshold": 0.7, "name": "Finn"})

    assert changed.status_code == 200
    assert changed.json() == (await client.get(url)).json()
    assert changed.json() | {"inbox_id": ""} == {
        "inbox_id": "",
        "enabled": True,
        "threshold": 0.7,
        "margin": 0.0,
        "coverage": 0.1,
        "name": "Finn",
        "greeting": "",
        "handover_text": "",
    }


@pytest.mark.parametrize(
    "patch",
    [
        {"threshold": 1.5},
        {"margin": -0.1},
        {"workspace_id": str(new_id())},
        {"name": "two\nlines"},
        {"handover_text": "x" * 1_001},
    ],
)
async def test_settings_that_do_not_fit_change_nothing(
    client: httpx.AsyncClient, desk: Desk, patch: dict[str, object]
) -> None:
    url = f"/v1/inboxes/{desk.inbox.id}/assistant"
    before = (await client.get(url)).json()

    answer = await client.patch(url, json=patch)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert (await client.get(url)).json() == before


async def test_the_answers_of_a_conversation_tell_what_was_considered(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    await desk.ask(QUESTION)
    assert desk.conversation is not None

    (answer,) = (await client.get(f"/v1/conversations/{desk.conversation.id}/answers")).json()

    assert answer["question"] == QUESTION
    assert answer["decision"] == "answered"
    assert answer["candidates"][0]["title"] == "Return an item"
    assert answer["candidates"][0]["used"] is True
    listed = (await client.get("/v1/assistant/answers", params={"decision": "answered"})).json()
    assert listed == {"items": [answer], "next": None}


async def test_a_question_can_be_tried_out(client: httpx.AsyncClient, desk: Desk) -> None:
    body = {"inbox_id": str(desk.inbox.id), "question": QUESTION}

    tried = await client.post("/v1/assistant/try", json=body)

    assert tried.status_code == 200
    assert tried.json()["decision"] == "answered"
    assert "Print the label." in tried.json()["body"]


async def test_agents_read_the_settings_and_admins_change_them(
    app: FastAPI, database: Database, workspace: UUID, desk: Desk
) -> None:
    url = f"/v1/inboxes/{desk.inbox.id}/assistant"

    async with browser(app, await person(database, workspace, Role.AGENT)) as agent:
        assert (await agent.get(url)).status_code == 200
        assert (await agent.patch(url, json={"enabled": False})).status_code == 403
    async with browser(app, await person(database, workspace, Role.ADMIN)) as admin:
        assert (await admin.patch(url, json={"enabled": False})).status_code == 200


async def test_a_stranger_finds_nothing(
    app: FastAPI, database: Database, stranger: UUID, desk: Desk
) -> None:
    await desk.ask(QUESTION)
    assert desk.conversation is not None

    async with browser(app, await person(database, stranger)) as other:
        found = [
            await other.get(f"/v1/inboxes/{desk.inbox.id}/assistant"),
            await other.patch(f"/v1/inboxes/{desk.inbox.id}/assistant", json={"enabled": False}),
            await other.get(f"/v1/conversations/{desk.conversation.id}/answers"),
            await other.post(
                "/v1/assistant/try", json={"inbox_id": str(desk.inbox.id), "question": QUESTION}
            ),
        ]
        assert [answer.status_code for answer in found] == [404] * 4
        assert (await other.get("/v1/assistant/answers")).json()["items"] == []
