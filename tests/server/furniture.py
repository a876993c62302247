"""A workspace with one of everything, for tests that try every operation of the API."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.kernel.auth import api_keys, invitations, teams, vault
from rapport.kernel.auth.oidc.repository import LinkedIdentityRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.privacy import retention
from rapport.kernel.privacy.repository import ErasureRepository, ExportRepository
from rapport.kernel.privacy.schemas import RuleIn
from tests.make.auth import ORIGIN, Person, browser, person
from tests.make.webchat import Browser, Chat, chat


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
        things |= await _told_and_forgotten(ctx, UUID(things["customer_id"]), canary)
        identity = await LinkedIdentityRepository(ctx).add(
            user_id=owner.id, issuer="https://id.example", subject=canary, email=canary
        )
        await vault.add_passkey(
            ctx.session,
            id=identity.id,
            user_id=owner.id,
            credential_id=identity.id.bytes,
            public_key=b"",
            sign_count=0,
            name=canary,
            now=ctx.now(),
        )
    things |= {"identity_id": str(identity.id), "passkey_id": str(identity.id)}
    things |= {"key_id": str(key.id), "invitation_id": str(invitation.id)}
    things["team_id"] = str(team.id)
    return Furnished(workspace, owner, canary, things, place, visitor.token)


async def _told_and_forgotten(ctx: Ctx, person_id: UUID, canary: str) -> dict[str, str]:
    """An export, an erasure (which has not begun) and a rule."""
    asked = {"person_id": person_id, "asked_by": str(ctx.actor), "asked_by_name": canary}
    rule = RuleIn(kind="conversations.resolved", effect="delete", after_days=30)
    return {
        "person_id": str(person_id),
        "export_id": str((await ExportRepository(ctx).add(**asked)).id),
        "erasure_id": str((await ErasureRepository(ctx).add(**asked, reason="asked")).id),
        "rule_id": str((await retention.add(ctx, rule)).id),
    }


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
    trusted = {"name": canary[:60], "issuer": "https://id.example", "client_id": canary}
    provider = await client.put("/v1/workspace/identity-provider", json=trusted)
    assert provider.is_success, provider.text
    sessions = (await client.get("/v1/auth/sessions")).json()
    things |= {
        "attachment_ids": sent.json()["id"],
        "session_id": (sessions if isinstance(sessions, list) else sessions["items"])[0]["id"],
        "provider_id": provider.json()["id"],
        "ids": things["conversation_id"],
        "tag_ids": things["tag_id"],
        "into_id": things["customer_id"],
        "number": "1",
        "name": "conversations.note",
        "rejected_id": things["unknown_id"],
        "seq": "1",
    }


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
