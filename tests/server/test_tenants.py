"""Nothing crosses: every operation of the API, tried on another workspace's things.

The operations, their addresses and bodies come from the OpenAPI document, so a new route is tried
without anybody thinking of it; one that needs a new kind of thing fails until it is given one.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.kernel.auth import api_keys, invitations, teams
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.server.app import describe
from tests.make.auth import ORIGIN, Person, api_key, browser, person, program
from tests.make.webchat import Browser, Chat, chat
from tests.server.samples import Operation, Samples, operations

DOCUMENT = describe()
OPERATIONS = list(operations(DOCUMENT))
AGENTS_API = [o for o in OPERATIONS if o.path.startswith("/v1/")]
WIDGETS_API = [o for o in OPERATIONS if o.path.startswith("/widget/")]
REFUSALS = {401, 403, 404}
FOR_EVERYBODY = {"/v1/auth/sign-in", "/v1/auth/link", "/v1/auth/password-reset"}
FOR_EVERYBODY |= {"/v1/auth/password-reset/confirm", "/v1/invitations/accept"}
FOR_EVERYBODY |= {"/v1/invitations/{token}/preview"}
"""Where a secret in the request, and nothing else, says who asks."""


@dataclass(frozen=True)
class Furnished:
    """A workspace with one of everything; every text in it carries the canary."""

    workspace_id: UUID
    owner: Person
    canary: str
    things: dict[str, str]
    chat: Chat
    visitor_token: str


@pytest.fixture
async def furnished(app: FastAPI, database: Database, workspace: UUID) -> Furnished:
    """The workspace that others try to reach, furnished through the API as its owner would."""
    canary = f"canary-{new_id().hex}"
    owner = await person(database, workspace, name=canary)
    place = await chat(database, workspace, greeting=canary, team_name=canary)
    things = {"unknown_id": str(new_id()), "inbox_id": str(place.inbox_id), "token": "x" * 43}
    things["key"] = place.key
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as http:
        visitor = Browser(http, place)
        await visitor.arrive()
        begun = (await visitor.begin(canary)).json()
        await visitor.call("PATCH", "/visitor", json={"name": canary, "email": "c@example.com"})
    things["conversation_id"] = begun["conversation"]["id"]
    things["customer_id"] = str(visitor.customer_id)
    async with browser(app, owner) as client:
        await _furnish(client, things, canary)
    things |= {"user_id": str(owner.id), "assignee_id": str(owner.id)}
    async with database.begin(workspace, SYSTEM) as ctx:
        key, _ = await api_keys.create(ctx, name=canary, role=Role.AGENT)
        email = f"{canary}@example.com"
        invitation, _ = await invitations.invite(ctx, email=email, role=Role.AGENT)
        team = await teams.create(ctx, name=canary)
    things |= {"key_id": str(key.id), "invitation_id": str(invitation.id)}
    things["team_id"] = str(team.id)
    return Furnished(workspace, owner, canary, things, place, visitor.token)


async def _furnish(client: httpx.AsyncClient, things: dict[str, str], canary: str) -> None:
    """One of everything that agents make, its id under the name that addresses use."""

    async def make(thing: str, path: str, **body: Any) -> Any:
        answer = await client.post(f"/v1{path}", json=body)
        assert answer.is_success, answer.text
        things[thing] = answer.json()["id"]
        return answer.json()

    conversation = f"/conversations/{things['conversation_id']}"
    note = {"client_id": str(new_id()), "kind": "note", "body": canary, "attachment_ids": []}
    await make("message_id", f"{conversation}/messages", **note)
    await make("tag_id", "/tags", name=canary)
    await make("macro_id", "/macros", name=canary, body=canary)
    shelf = await make("collection_id", "/collections", name=canary)
    article = {"collection_id": shelf["id"], "title": canary, "body": canary}
    await make("article_id", "/articles", **article)
    await client.put(f"/v1{conversation}/draft", json={"body": canary, "kind": "note"})
    sent = await client.post("/v1/files", files={"file": (f"{canary}.txt", b"hello", "text/plain")})
    assert sent.is_success, sent.text
    sessions = (await client.get("/v1/auth/sessions")).json()
    things |= {
        "attachment_ids": sent.json()["id"],
        "session_id": (sessions if isinstance(sessions, list) else sessions["items"])[0]["id"],
        "ids": things["conversation_id"],
        "tag_ids": things["tag_id"],
        "into_id": things["customer_id"],
        "number": "1",
        "name": "conversations.note",
        "rejected_id": things["unknown_id"],
        "seq": "1",
    }


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        yield client


def fingerprint(database_url: str, workspace: UUID) -> dict[str, str]:
    """What each table holds of a workspace, as a hash; without what looking around changes."""
    with psycopg.connect(database_url) as owner:
        tables = owner.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'workspace_id' AND c.relkind = 'r'"
            " AND c.relname NOT IN ('sessions', 'visitor_sessions', 'rate_limits')"
        ).fetchall()
        found = {}
        for (table,) in tables:
            row = owner.execute(
                f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"
                " WHERE workspace_id = %s",
                (workspace,),
            ).fetchone()
            found[table] = str(row and row[0])
        return found


async def _try_all(
    client: httpx.AsyncClient,
    tried: list[Operation],
    furnished: Furnished,
    headers: dict[str, str] | None = None,
) -> list[str]:
    """What went wrong: an operation that answered, or told, what it should not."""
    samples = Samples(DOCUMENT, furnished.things)
    faults = []
    for operation in tried:
        answer = await client.request(**samples.request(operation), headers=headers)
        names_theirs = bool(set(operation.parameters) - {"name", "number"})
        if furnished.canary in answer.text:
            faults.append(f"{operation} tells the canary")
        elif answer.status_code >= 500:
            faults.append(f"{operation} → {answer.status_code} {answer.text}")
        elif names_theirs and answer.status_code not in REFUSALS:
            faults.append(f"{operation} → {answer.status_code} {answer.text[:200]}")
    return faults


def _ends_own_session(operation: Operation) -> bool:
    return operation.path in {"/v1/auth/sign-out", "/v1/me/email", "/v1/me/password"} or (
        operation.method == "DELETE" and operation.path == "/v1/auth/sessions"
    )


@pytest.mark.parametrize("role", list(Role))
async def test_a_member_of_another_workspace_reaches_nothing(
    app: FastAPI,
    database: Database,
    database_url: str,
    furnished: Furnished,
    stranger: UUID,
    role: Role,
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    someone = await person(database, stranger, role)
    tried = [o for o in AGENTS_API if not _ends_own_session(o) and o.path not in FOR_EVERYBODY]

    async with browser(app, someone) as client:
        faults = await _try_all(client, tried, furnished)

    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


async def test_a_key_of_another_workspace_reaches_nothing(
    app: FastAPI, database: Database, database_url: str, furnished: Furnished, stranger: UUID
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    key = await api_key(database, stranger, Role.ADMIN)
    tried = [o for o in AGENTS_API if o.path not in FOR_EVERYBODY]

    async with program(app, key) as client:
        faults = await _try_all(client, tried, furnished)

    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


@pytest.mark.parametrize("bearer", [None, "rk_00000000_nonsense", "nonsense"])
async def test_without_credentials_there_is_nothing(
    http: httpx.AsyncClient, database_url: str, furnished: Furnished, bearer: str | None
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    samples = Samples(DOCUMENT, furnished.things)
    answered = []
    for operation in AGENTS_API:
        answer = await http.request(**samples.request(operation), headers=headers)
        open_door = operation.path in FOR_EVERYBODY or operation.path == "/v1/auth/sign-out"
        if not open_door and answer.status_code != 401:
            answered.append(f"{operation} → {answer.status_code}")
        assert furnished.canary not in answer.text

    assert answered == []
    assert fingerprint(database_url, furnished.workspace_id) == before


async def test_a_visitor_is_nobody_to_the_agents_api(
    http: httpx.AsyncClient, database_url: str, furnished: Furnished
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    tried = [o for o in AGENTS_API if o.path not in FOR_EVERYBODY]
    headers = {"authorization": f"Bearer {furnished.visitor_token}"}

    faults = await _try_all(http, tried, furnished, headers)

    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


@pytest.mark.parametrize("same_workspace", [True, False])
async def test_a_visitor_reaches_nothing_of_another_visitor(
    http: httpx.AsyncClient,
    database: Database,
    database_url: str,
    furnished: Furnished,
    stranger: UUID,
    same_workspace: bool,
) -> None:
    place = furnished.chat if same_workspace else await chat(database, stranger)
    other = Browser(http, place)
    await other.arrive()
    before = fingerprint(database_url, furnished.workspace_id)
    public = {"/widget/v1/config", "/widget/v1/session"}  # the inbox's greeting is for everybody
    named = [o for o in WIDGETS_API if o.parameters and o.path not in public]

    faults = await _try_all(http, named, furnished, {"authorization": f"Bearer {other.token}"})

    assert named
    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


async def test_an_agents_session_is_nobody_to_the_widgets_api(
    app: FastAPI, database: Database, furnished: Furnished
) -> None:
    key = await api_key(database, furnished.workspace_id, Role.ADMIN)
    public = {"/widget/v1/config", "/widget/v1/session"}
    tried = [o for o in WIDGETS_API if o.path not in public]
    samples = Samples(DOCUMENT, furnished.things)

    async with program(app, key) as client:
        answers = {str(o): (await client.request(**samples.request(o))).status_code for o in tried}

    assert {name for name, status in answers.items() if status != 401} == set()


async def test_the_owner_reaches_what_others_were_refused(
    app: FastAPI, furnished: Furnished
) -> None:
    """Else the refusals above would prove nothing: the addresses and bodies are right."""
    samples = Samples(DOCUMENT, furnished.things)
    reading = [o for o in AGENTS_API if o.method == "GET" and o.path not in FOR_EVERYBODY]
    changing = [o for o in AGENTS_API if o.method in {"PUT", "PATCH"} and o.parameters]

    async with browser(app, furnished.owner) as client:
        answers = {
            str(o): (await client.request(**samples.request(o))).status_code
            for o in [*reading, *changing]
        }

    misshapen = {name: status for name, status in answers.items() if status in {404, 405, 422}}
    assert misshapen == {}
