"""Web chats as administrators set them up."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.channels.webchat.conftest import Visit
from tests.make.auth import browser, person
from tests.make.webchat import Chat, chat


@pytest.fixture
async def admin(
    app: ASGIApp, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, await person(database, workspace, Role.ADMIN)) as http:
        yield http


async def test_a_new_inbox_has_a_chat_that_works_at_once(admin: httpx.AsyncClient) -> None:
    made = (await admin.post("/v1/inboxes", json={"name": "Shop"})).json()

    settings = (await admin.get(f"/v1/inboxes/{made['id']}/webchat")).json()
    config = (await admin.get("/widget/v1/config", params={"key": settings["key"]})).json()

    assert (made["name"], made["channel"], made["is_enabled"]) == ("Shop", "webchat", True)
    assert settings["identity_secret_set"] is False
    assert settings["script"].endswith(f'/widget.js" data-key="{settings["key"]}" async></script>')
    assert (config["name"], config["team_name"], config["assistant"]) == ("Shop", "Shop", None)
    assert config["max_file_bytes"] == 20 * 1024 * 1024


async def test_what_is_set_is_what_visitors_see(admin: httpx.AsyncClient, shop: Chat) -> None:
    looks = {
        "greeting": "Hei!",
        "team_name": "Fjell & Fjord",
        "color": "#AA3300",
        "position": "left",
        "theme": "dark",
        "locale": "de",
        "texts": {"send": "Los"},
        "pre_chat": {
            "enabled": True,
            "fields": [{"key": "email", "label": "E-Mail", "type": "email", "required": True}],
        },
    }

    changed = await admin.patch(f"/v1/inboxes/{shop.inbox_id}/webchat", json=looks)

    config = (await admin.get("/widget/v1/config", params={"key": shop.key})).json()
    assert changed.status_code == 200
    assert {name: config[name] for name in looks} == looks | {"color": "#aa3300"}


@pytest.mark.parametrize(
    "patch",
    [
        {"color": "red"},
        {"color": "#fff"},
        {"color": "#00000g"},
        {"position": "top"},
        {"theme": "blue"},
        {"locale": "../../etc"},
        {"team_name": ""},
        {"greeting": "x" * 501},
        {"texts": {"a": "x" * 301}},
        {"texts": {"__proto__": "x"}},
        {"allowed_origins": ["*"]},
        {"allowed_origins": ["javascript:alert(1)"]},
        {"allowed_origins": ["https://shop.example/path"]},
        {"allowed_origins": ["https://shop.example; script-src *"]},
        {"allowed_origins": ["https://shop.example 'unsafe-inline'"]},
        {"pre_chat": {"enabled": True, "fields": [{"key": "x"}]}},
        {
            "pre_chat": {
                "enabled": True,
                "fields": [{"key": "a", "label": "A", "type": "text", "required": False}] * 2,
            }
        },
        {"key": "mine"},
        {"identity_secret": "mine"},
        {"workspace_id": str(new_id())},
    ],
)
async def test_what_makes_no_sense_is_refused(
    admin: httpx.AsyncClient, shop: Chat, patch: dict[str, Any]
) -> None:
    before = (await admin.get(f"/v1/inboxes/{shop.inbox_id}/webchat")).json()

    answer = await admin.patch(f"/v1/inboxes/{shop.inbox_id}/webchat", json=patch)

    assert answer.status_code == 422
    assert (await admin.get(f"/v1/inboxes/{shop.inbox_id}/webchat")).json() == before


async def test_identity_is_not_required_before_there_is_a_secret(admin: httpx.AsyncClient) -> None:
    inbox = (await admin.post("/v1/inboxes", json={"name": "Shop"})).json()["id"]
    path = f"/v1/inboxes/{inbox}/webchat"

    refused = await admin.patch(path, json={"require_identity": True})
    secret = await admin.post(f"{path}/identity-secret")
    accepted = await admin.patch(path, json={"require_identity": True})

    assert (refused.status_code, refused.json()["code"]) == (422, "identity_unconfigured")
    assert len(secret.json()["secret"]) >= 43
    assert accepted.json()["identity_secret_set"] is True
    assert secret.json()["secret"] not in (await admin.get(path)).text


async def test_an_inbox_that_is_off_lets_nobody_write(
    admin: httpx.AsyncClient, shop: Chat, visit: Visit
) -> None:
    visitor = await visit()

    await admin.patch(f"/v1/inboxes/{shop.inbox_id}", json={"is_enabled": False})

    assert (await visitor.begin()).status_code == 401


async def test_an_unused_inbox_can_be_removed_and_a_used_one_cannot(
    admin: httpx.AsyncClient, shop: Chat, visit: Visit
) -> None:
    unused = (await admin.post("/v1/inboxes", json={"name": "Unused"})).json()["id"]
    await (await visit()).begin()

    assert (await admin.delete(f"/v1/inboxes/{unused}")).status_code == 204
    assert (await admin.delete(f"/v1/inboxes/{shop.inbox_id}")).json()["code"] == "inbox_in_use"


CALLS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/v1/inboxes/{id}/webchat", None),
    ("PATCH", "/v1/inboxes/{id}/webchat", {"greeting": "Owned"}),
    ("POST", "/v1/inboxes/{id}/webchat/identity-secret", None),
    ("PATCH", "/v1/inboxes/{id}", {"name": "Owned"}),
    ("DELETE", "/v1/inboxes/{id}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_strangers_inbox_is_not_there(
    app: ASGIApp,
    database: Database,
    stranger: UUID,
    shop: Chat,
    method: str,
    path: str,
    body: dict[str, Any] | None,
) -> None:
    async with browser(app, await person(database, stranger, Role.OWNER)) as http:
        answer = await http.request(method, path.replace("{id}", str(shop.inbox_id)), json=body)

    assert (answer.status_code, answer.json()["code"]) == (404, "inbox_not_found")


@pytest.mark.parametrize(
    ("method", "path", "body"), [*CALLS, ("POST", "/v1/inboxes", {"name": "x"})]
)
@pytest.mark.parametrize("role", [Role.AGENT, Role.LIGHT_AGENT, None])
async def test_only_administrators_change_inboxes(
    app: ASGIApp,
    database: Database,
    workspace: UUID,
    shop: Chat,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    role: Role | None,
) -> None:
    who = await person(database, workspace, role) if role else None
    async with browser(app, who) as http:
        answer = await http.request(method, path.replace("{id}", str(shop.inbox_id)), json=body)

    allowed = 200 if method == "GET" else 403
    assert answer.status_code == (allowed if who else 401)


async def test_a_visitors_token_opens_nothing_of_the_agents(visit: Visit, shop: Chat) -> None:
    visitor = await visit()

    answer = await visitor.http.get(f"/v1/inboxes/{shop.inbox_id}/webchat", headers=visitor.headers)

    assert answer.status_code == 401


async def test_a_change_takes_effect_for_visitors_at_once(
    admin: httpx.AsyncClient, shop: Chat, visit: Visit
) -> None:
    visitor = await visit()
    conversation = (await visitor.begin()).json()["conversation"]["id"]

    await admin.patch(f"/v1/inboxes/{shop.inbox_id}/webchat", json={"require_identity": True})

    assert (await visitor.say(conversation)).json()["code"] == "identity_required"


async def test_only_a_workspace_that_is_a_demo_lends_its_chat(
    database: Database, workspace: UUID
) -> None:
    await chat(database, workspace)
    async with database.connect() as session:
        connection = await session.connection()
        found = (await connection.exec_driver_sql("SELECT webchat_demo_key()")).scalar()

    assert found is None
