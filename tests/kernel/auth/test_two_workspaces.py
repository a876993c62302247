"""Nothing of one workspace is seen, changed or found through another."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from rapport.kernel.audit import service as audit
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.make.auth import Person, api_key, browser, person, program

READS = [
    "/v1/me", "/v1/members", "/v1/invitations", "/v1/api-keys", "/v1/teams", "/v1/audit",
    "/v1/workspace", "/v1/auth/sessions",
]  # fmt: skip


@pytest.fixture
async def foreign(
    auth_app: FastAPI, database: Database, stranger: UUID
) -> AsyncIterator[dict[str, str]]:
    """The ids of one of everything in the stranger's workspace."""
    who = await person(database, stranger, Role.OWNER, name="Foreign Owner")
    async with browser(auth_app, who) as client:
        team = (await client.post("/v1/teams", json={"name": "Foreign team"})).json()
        key = (await client.post("/v1/api-keys", json={"name": "Foreign", "role": "agent"})).json()
        body = {"email": f"{new_id()}@foreign.example", "role": "agent"}
        invitation = (await client.post("/v1/invitations", json=body)).json()
        [session] = (await client.get("/v1/auth/sessions")).json()
        yield {
            "member": str(who.id),
            "team": team["id"],
            "key": key["id"],
            "invitation": invitation["id"],
            "session": session["id"],
            "workspace": str(stranger),
        }


@pytest.fixture(params=["owner", "key"])
async def ours(
    request: pytest.FixtureRequest,
    auth_app: FastAPI,
    database: Database,
    workspace: UUID,
    owner: Person,
) -> AsyncIterator[httpx.AsyncClient]:
    """Our owner's browser, and a program with our owner's key."""
    if request.param == "owner":
        client = browser(auth_app, owner)
    else:
        client = program(auth_app, await api_key(database, workspace, Role.OWNER))
    async with client:
        yield client


async def test_no_list_shows_anything_foreign(
    ours: httpx.AsyncClient, foreign: dict[str, str]
) -> None:
    for path in READS:
        answer = await ours.get(path)
        shown = answer.text
        assert not any(id_ in shown for id_ in foreign.values()), path
        assert "oreign" not in shown, path


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/members/{member}", {"role": "agent"}),
        ("DELETE", "/v1/members/{member}", None),
        ("POST", "/v1/members/{member}/password-reset", None),
        ("DELETE", "/v1/invitations/{invitation}", None),
        ("DELETE", "/v1/api-keys/{key}", None),
        ("PATCH", "/v1/teams/{team}", {"name": "Ours"}),
        ("PUT", "/v1/teams/{team}/members", {"user_ids": []}),
        ("DELETE", "/v1/teams/{team}", None),
        ("DELETE", "/v1/auth/sessions/{session}", None),
    ],
)
async def test_nothing_foreign_can_be_changed(
    ours: httpx.AsyncClient, foreign: dict[str, str], method: str, path: str, body: Any
) -> None:
    answer = await ours.request(method, path.format(**foreign), json=body)

    assert answer.status_code in {403, 404}


async def test_a_foreign_member_cannot_be_put_into_a_team(
    ours: httpx.AsyncClient, foreign: dict[str, str]
) -> None:
    team = (await ours.post("/v1/teams", json={"name": "Ours"})).json()

    answer = await ours.put(
        f"/v1/teams/{team['id']}/members", json={"user_ids": [foreign["member"]]}
    )

    assert answer.status_code == 404


TABLES = [
    "users", "memberships", "sessions", "sign_in_links", "invitations", "api_keys", "teams",
    "team_members", "audit_records", "workspace_settings", "data_keys",
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
async def test_without_a_workspace_there_are_no_rows(
    database: Database, owner: Person, table: str
) -> None:
    async with database.connect() as session:
        count = await session.scalar(text(f"SELECT count(*) FROM {table}"))

    assert count == 0


@pytest.mark.parametrize("table", ["credentials", "password_resets"])
async def test_the_application_cannot_read_passwords_at_all(
    database: Database, owner: Person, table: str
) -> None:
    async with database.connect() as session:
        with pytest.raises(ProgrammingError, match="permission denied"):
            await session.execute(text(f"SELECT * FROM {table}"))
        await session.rollback()


async def test_a_colleague_is_visible_only_where_they_are_one(
    database: Database, workspace: UUID, stranger: UUID, owner: Person
) -> None:
    async with database.begin(stranger, owner.actor) as ctx:
        seen = await ctx.session.scalar(
            text("SELECT count(*) FROM users WHERE id = :id"), {"id": owner.id}
        )
        verdict = await audit.verify(ctx)

    assert seen == 0
    assert verdict.records == 0


def test_every_table_of_ours_is_protected(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND NOT relrowsecurity", (TABLES,)
        ).fetchall()

    assert rows == []
