from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.kernel.auth.roles import Role, declare, everything, permissions
from rapport.kernel.database.engine import Database
from tests.make.auth import Person, api_key, browser, person, program


async def test_a_new_role_holds_at_once(
    owner_browser: httpx.AsyncClient, auth_app: FastAPI, database: Database, workspace: UUID
) -> None:
    member = await person(database, workspace, Role.AGENT)
    async with browser(auth_app, member) as client:
        assert (await client.get("/v1/audit")).status_code == 403

        await owner_browser.patch(f"/v1/members/{member.id}", json={"role": "admin"})

        assert (await client.get("/v1/audit")).status_code == 200


async def test_deactivation_ends_sessions_and_teams(
    owner_browser: httpx.AsyncClient, auth_app: FastAPI, database: Database, workspace: UUID
) -> None:
    member = await person(database, workspace, Role.AGENT)
    team = (await owner_browser.post("/v1/teams", json={"name": "Returns"})).json()
    await owner_browser.put(f"/v1/teams/{team['id']}/members", json={"user_ids": [str(member.id)]})
    async with browser(auth_app, member) as client:
        assert (await client.get("/v1/me")).status_code == 200

        answer = await owner_browser.patch(f"/v1/members/{member.id}", json={"is_active": False})

        assert answer.json()["is_active"] is False
        assert (await client.get("/v1/me")).status_code == 401
    assert (await owner_browser.get("/v1/teams")).json()[0]["member_ids"] == []


async def test_a_former_member_can_come_back(
    owner_browser: httpx.AsyncClient, database: Database, workspace: UUID
) -> None:
    member = await person(database, workspace, Role.AGENT)
    await owner_browser.delete(f"/v1/members/{member.id}")

    answer = await owner_browser.patch(f"/v1/members/{member.id}", json={"is_active": True})

    assert answer.json()["is_active"] is True


@pytest.mark.parametrize("change", [{"role": "admin"}, {"is_active": False}])
async def test_the_last_owner_stays(
    owner_browser: httpx.AsyncClient,
    owner: Person,
    database: Database,
    workspace: UUID,
    change: dict[str, Any],
) -> None:
    refused = await owner_browser.patch(f"/v1/members/{owner.id}", json=change)
    assert refused.status_code == 409
    assert refused.json()["code"] == "last_owner"
    await person(database, workspace, Role.OWNER)

    assert (await owner_browser.patch(f"/v1/members/{owner.id}", json=change)).status_code == 200


async def test_an_admin_neither_makes_nor_touches_owners(
    auth_app: FastAPI, database: Database, workspace: UUID, owner: Person
) -> None:
    admin = await person(database, workspace, Role.ADMIN)
    agent = await person(database, workspace, Role.AGENT)
    async with browser(auth_app, admin) as client:
        answers = [
            await client.patch(f"/v1/members/{agent.id}", json={"role": "owner"}),
            await client.patch(f"/v1/members/{admin.id}", json={"role": "owner"}),
            await client.patch(f"/v1/members/{owner.id}", json={"role": "agent"}),
            await client.delete(f"/v1/members/{owner.id}"),
            await client.post("/v1/invitations", json={"email": "a@example.com", "role": "owner"}),
            await client.post("/v1/api-keys", json={"name": "k", "role": "owner"}),
        ]

    assert {answer.json()["code"] for answer in answers} == {"role_too_high"}


async def test_a_key_cannot_do_more_than_its_role(
    auth_app: FastAPI, database: Database, workspace: UUID, owner: Person
) -> None:
    key = await api_key(database, workspace, Role.ADMIN)
    async with program(auth_app, key) as client:
        refused = await client.patch(f"/v1/members/{owner.id}", json={"role": "agent"})

    assert refused.json()["code"] == "role_too_high"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/me", {"role": "owner"}),
        ("PATCH", "/v1/me", {"workspace_id": "x"}),
        ("PATCH", "/v1/me", {"email": "a@example.com"}),
        ("PATCH", "/v1/me", {"is_active": True}),
        ("PATCH", "/v1/members/{me}", {"workspace_id": "x"}),
        ("PATCH", "/v1/members/{me}", {"email": "a@example.com"}),
        ("PATCH", "/v1/members/{me}", {"role": "god"}),
        ("POST", "/v1/invitations", {"email": "a@b.c", "role": "agent", "workspace_id": "x"}),
        ("POST", "/v1/api-keys", {"name": "k", "role": "agent", "key": "rk_mine"}),
        ("POST", "/v1/teams", {"name": "t", "workspace_id": "x"}),
        ("PATCH", "/v1/workspace", {"id": "x"}),
        ("PATCH", "/v1/workspace", {"slug": "x"}),
        ("PATCH", "/v1/workspace", {"settings": {"general": {"owner": "x"}}}),
        ("POST", "/v1/auth/sign-in", {"email": "a@b.c", "password": "p", "role": "owner"}),
    ],
)
async def test_nothing_is_assigned_that_was_not_offered(
    owner_browser: httpx.AsyncClient, owner: Person, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = await owner_browser.request(method, path.format(me=owner.id), json=body)

    assert answer.status_code == 422


async def test_an_api_key_is_shown_once_and_ends_when_revoked(
    owner_browser: httpx.AsyncClient, auth_app: FastAPI
) -> None:
    made = (await owner_browser.post("/v1/api-keys", json={"name": "CI", "role": "agent"})).json()
    listed = (await owner_browser.get("/v1/api-keys")).json()
    assert made["key"].startswith(f"rk_{made['prefix']}_")
    assert made["key"] not in str(listed)

    async with program(auth_app, made["key"]) as client:
        assert (await client.get("/v1/members")).status_code == 200
        assert (await client.get("/v1/audit")).status_code == 403

        await owner_browser.delete(f"/v1/api-keys/{made['id']}")

        assert (await client.get("/v1/members")).status_code == 401


async def test_teams_are_named_once_and_hold_members_only(
    owner_browser: httpx.AsyncClient, owner: Person, database: Database, stranger: UUID
) -> None:
    outsider = await person(database, stranger)
    team = (await owner_browser.post("/v1/teams", json={"name": "Returns"})).json()
    twin = await owner_browser.post("/v1/teams", json={"name": "returns"})
    path = f"/v1/teams/{team['id']}/members"
    foreign = await owner_browser.put(path, json={"user_ids": [str(outsider.id)]})
    filled = await owner_browser.put(path, json={"user_ids": [str(owner.id)] * 2})
    renamed = await owner_browser.patch(f"/v1/teams/{team['id']}", json={"name": "RETURNS"})

    assert twin.json()["code"] == "team_name_taken"
    assert foreign.json()["code"] == "member_not_found"
    assert filled.json()["member_ids"] == [str(owner.id)]
    assert renamed.json()["name"] == "RETURNS"
    assert (await owner_browser.delete(f"/v1/teams/{team['id']}")).status_code == 204
    assert (await owner_browser.get("/v1/teams")).json() == []


def test_a_role_can_do_all_that_weaker_roles_can() -> None:
    for stronger, weaker in zip(list(Role), list(Role)[1:], strict=False):
        assert permissions(stronger) >= permissions(weaker)
    assert permissions(Role.OWNER) == everything()


def test_light_agents_read_and_note_but_do_not_answer() -> None:
    allowed = permissions(Role.LIGHT_AGENT)

    assert {"conversations.read", "conversations.note", "customers.read"} <= allowed
    assert allowed.isdisjoint(
        {"conversations.reply", "conversations.resolve", "customers.write", "members.manage"}
    )


def test_a_room_above_adds_its_own_permissions() -> None:
    declare("testing.dance", least=Role.AGENT)

    assert "testing.dance" in permissions(Role.OWNER)
    assert "testing.dance" not in permissions(Role.LIGHT_AGENT)


VERBS: list[tuple[str, str, str, Any]] = [
    ("members.read", "GET", "/v1/members", None),
    ("members.manage", "PATCH", "/v1/members/{other}", {}),
    ("members.manage", "DELETE", "/v1/members/{other}", None),
    ("members.manage", "POST", "/v1/members/{other}/password-reset", None),
    ("members.manage", "GET", "/v1/invitations", None),
    ("members.manage", "POST", "/v1/invitations", {"email": "x@example.com", "role": "agent"}),
    ("members.manage", "DELETE", "/v1/invitations/{other}", None),
    ("api_keys.manage", "GET", "/v1/api-keys", None),
    ("api_keys.manage", "POST", "/v1/api-keys", {"name": "k", "role": "light_agent"}),
    ("api_keys.manage", "DELETE", "/v1/api-keys/{other}", None),
    ("members.read", "GET", "/v1/teams", None),
    ("teams.manage", "POST", "/v1/teams", {"name": "t"}),
    ("teams.manage", "PATCH", "/v1/teams/{other}", {"name": "t"}),
    ("teams.manage", "PUT", "/v1/teams/{other}/members", {"user_ids": []}),
    ("teams.manage", "DELETE", "/v1/teams/{other}", None),
    ("audit.read", "GET", "/v1/audit", None),
    ("audit.read", "GET", "/v1/audit/verification", None),
    ("workspace.read", "GET", "/v1/workspace", None),
    ("workspace.manage", "PATCH", "/v1/workspace", {"name": "N"}),
]


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_do_what_the_table_says_and_nothing_else(
    auth_app: FastAPI, database: Database, workspace: UUID, role: Role
) -> None:
    who = await person(database, workspace, role)
    other = await person(database, workspace, Role.LIGHT_AGENT)
    key = await api_key(database, workspace, role)
    clients: list[Callable[[], httpx.AsyncClient]] = [
        lambda: browser(auth_app, who),
        lambda: program(auth_app, key),
    ]
    wrong = []
    for make in clients:
        async with make() as client:
            for permission, method, path, body in VERBS:
                answer = await client.request(method, path.format(other=other.id), json=body)
                allowed = permission in permissions(role)
                refused = answer.status_code == 403 and answer.json()["code"] == "forbidden"
                if allowed == refused:
                    wrong.append((permission, method, path, answer.status_code))

    assert wrong == []
