from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from rapport.kernel.actions.routes import router
from rapport.kernel.context import Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.http import Principal, install_problem_handlers
from rapport.kernel.ids import new_id
from tests.conftest import Begin
from tests.kernel.actions.test_actions import greetings


@pytest.fixture
async def http(database: Database, workspace) -> AsyncIterator[httpx.AsyncClient]:  # type: ignore[no-untyped-def]
    """The routes of actions alone, for somebody who may greet."""
    actor = Actor("agent", new_id(), frozenset({"testing.greet"}), "Agnes")

    async def authenticate(request: Request) -> Principal:
        return Principal(workspace, actor)

    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    app.include_router(router(authenticate), prefix="/v1")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/v1") as client:
        yield client


async def test_the_list_shows_what_one_may_do_and_how(http: httpx.AsyncClient) -> None:
    listed = {action["name"]: action for action in (await http.get("/actions")).json()}

    assert listed["testing.greet"]["risk"] == "reversible"
    assert listed["testing.greet"]["arguments"]["required"] == ["whom"]
    assert set(listed) == {"testing.greet", "testing.farewell"}


async def test_an_action_is_performed_once_per_key(http: httpx.AsyncClient, begin: Begin) -> None:
    body = {"arguments": {"whom": "Ada"}, "idempotency_key": "k"}

    first = await http.post("/actions/testing.greet", json=body)
    second = await http.post("/actions/testing.greet", json=body)

    assert first.status_code == 200
    assert first.json()["result"]["words"] == "Hello Ada"
    assert second.json() == first.json()
    async with begin() as work:
        assert await greetings(work) == 1


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("testing.sing", {}, 404, "unknown_action"),
        ("testing.greet", {"arguments": {}}, 422, "arguments_invalid"),
        ("testing.greet", {"arguments": {"whom": 5}}, 422, "arguments_invalid"),
        ("testing.greet", {"arguments": {"whom": "Ada"}, "x": 1}, 422, "request_invalid"),
        ("testing.greet", {"idempotency_key": ""}, 422, "request_invalid"),
    ],
)
async def test_a_call_that_does_not_fit_is_refused(
    http: httpx.AsyncClient, name: str, body: dict[str, object], status: int, code: str
) -> None:
    answer = await http.post(f"/actions/{name}", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
