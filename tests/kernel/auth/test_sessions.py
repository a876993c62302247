from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.kernel.auth import sessions
from rapport.kernel.auth.principals import Principals
from rapport.kernel.auth.roles import Role
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.make.auth import Person, api_key, browser, person, program


async def test_a_session_says_who_and_where(
    owner_browser: httpx.AsyncClient, owner: Person, workspace: UUID
) -> None:
    me = (await owner_browser.get("/v1/me")).json()

    assert me["user"]["id"] == str(owner.id)
    assert me["workspace"]["id"] == str(workspace)
    assert me["role"] == "owner"
    assert "conversations.reply" in me["permissions"]


async def test_without_a_session_nothing_opens(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/v1/me")

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


def test_a_session_token_is_random_and_derived_from_nothing() -> None:
    tokens = {new_token() for _ in range(1_000)}

    assert len(tokens) == 1_000
    assert all(len(token) == 43 for token in tokens), "256 bits in base64url"


def test_no_token_is_made_with_a_weak_hash_or_a_predictable_source() -> None:
    folder = Path(sessions.__file__).parents[1]
    # Breached passwords are listed by their SHA-1; nothing of ours is made with it.
    files = [p for room in ("auth", "secrets") for p in (folder / room).rglob("*.py")]
    sources = [p.read_text() for p in files if p.name != "strength.py"]

    for forbidden in ("md5", "sha1(", "import random", "random.random", "uuid1(", "time.time()"):
        assert not any(forbidden in source for source in sources), forbidden


async def test_the_database_holds_no_token(owner: Person, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT digest FROM sessions WHERE user_id = %s", (owner.id,))
        stored = row.fetchone()

    assert stored == (digest(owner.token),)
    assert stored[0] != owner.token.encode()


async def test_a_session_ends_when_it_is_not_used_for_a_week(
    owner_browser: httpx.AsyncClient, clock: Clock
) -> None:
    clock.forward(days=6, hours=23)
    assert (await owner_browser.get("/v1/me")).status_code == 200, "and its idle time starts again"
    clock.forward(days=6, hours=23)
    assert (await owner_browser.get("/v1/me")).status_code == 200

    clock.forward(days=7, minutes=1)

    assert (await owner_browser.get("/v1/me")).status_code == 401


async def test_a_session_ends_after_a_month_even_when_it_is_used(
    owner_browser: httpx.AsyncClient, clock: Clock
) -> None:
    answers = []
    for _ in range(5):
        clock.forward(days=6)
        answers.append((await owner_browser.get("/v1/me")).status_code)

    assert answers == [200, 200, 200, 200, 401]


async def test_signing_out_ends_the_session_at_once(owner_browser: httpx.AsyncClient) -> None:
    await owner_browser.get("/v1/me")

    answer = await owner_browser.post("/v1/auth/sign-out")

    assert answer.status_code == 204
    assert 'rapport_session=""' in answer.headers["set-cookie"]
    assert (await owner_browser.get("/v1/me")).status_code == 401


async def test_a_session_ended_elsewhere_ends_here_within_fifteen_seconds(
    owner_browser: httpx.AsyncClient, owner: Person, database_url: str, clock: Clock
) -> None:
    await owner_browser.get("/v1/me")
    with psycopg.connect(database_url, autocommit=True) as elsewhere:
        elsewhere.execute("DELETE FROM sessions WHERE user_id = %s", (owner.id,))

    clock.forward(seconds=15)

    assert Principals.TTL_S <= 15
    assert (await owner_browser.get("/v1/me")).status_code == 401


async def test_a_browser_sees_and_ends_only_its_own_sessions(
    auth_app: FastAPI, database: Database, workspace: UUID, owner: Person
) -> None:
    other = await person(database, workspace, Role.ADMIN)
    async with browser(auth_app, owner) as mine, browser(auth_app, other) as theirs:
        [session] = (await theirs.get("/v1/auth/sessions")).json()

        answer = await mine.delete(f"/v1/auth/sessions/{session['id']}")

        assert session["current"] is True
        assert answer.status_code == 404
        assert (await theirs.get("/v1/me")).status_code == 200


async def test_signing_out_elsewhere_keeps_this_browser(
    owner_browser: httpx.AsyncClient,
    auth_app: FastAPI,
    database: Database,
    workspace: UUID,
    owner: Person,
) -> None:
    async with database.begin(workspace, owner.actor) as ctx:
        token = await sessions.start(ctx, owner.id)
    phone = Person(owner.id, owner.email, token, owner.actor)
    async with browser(auth_app, phone) as elsewhere:
        assert (await elsewhere.get("/v1/me")).status_code == 200

        await owner_browser.delete("/v1/auth/sessions")

        assert (await elsewhere.get("/v1/me")).status_code == 401
    assert (await owner_browser.get("/v1/me")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://rapport.test"}, 200),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://rapport.test.evil.test"}, 403),
        ({"origin": "http://rapport.test:8080"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({}, 403),
    ],
)
async def test_a_change_sent_by_cookie_must_come_from_our_own_pages(
    owner_browser: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    del owner_browser.headers["origin"]

    answer = await owner_browser.patch("/v1/me", json={"theme": "dark"}, headers=headers)

    assert answer.status_code == status


async def test_the_configured_address_is_an_origin_of_ours_too(
    auth_app: FastAPI, database: Database, owner: Person, settings: Settings
) -> None:
    public = settings.model_copy(update={"public_url": "http://support.example.com/"})
    database.ports.provide(Settings, public)
    async with browser(auth_app, owner) as client:
        answer = await client.patch(
            "/v1/me", json={"theme": "dark"}, headers={"origin": "http://support.example.com"}
        )

    assert answer.status_code == 200


async def test_over_https_the_cookie_is_bound_to_the_host_and_to_https(
    auth_app: FastAPI, database: Database, owner: Person, settings: Settings
) -> None:
    public = settings.model_copy(update={"public_url": "https://rapport.test"})
    database.ports.provide(Settings, public)
    async with browser(auth_app) as client:
        client.headers["origin"] = "https://rapport.test"
        client.cookies.set("rapport_session", owner.token)
        assert (await client.get("/v1/me")).status_code == 401, "a cookie any page could plant"
        client.cookies.clear()
        client.cookies.set("__Host-rapport", owner.token)
        answer = await client.post("/v1/auth/sign-out")

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-rapport=")
    for attribute in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def test_an_api_key_needs_no_origin_and_is_no_person(
    auth_app: FastAPI, database: Database, workspace: UUID
) -> None:
    key = await api_key(database, workspace, Role.ADMIN)
    async with program(auth_app, key) as client:
        me = (await client.get("/v1/me")).json()
        renamed = await client.patch("/v1/me", json={"name": "Somebody"})
        named = await client.patch("/v1/workspace", json={"name": "By key"})

    assert me["user"]["email"] is None
    assert me["role"] == "admin"
    assert renamed.status_code == 403
    assert renamed.json()["code"] == "people_only"
    assert named.json()["name"] == "By key"


async def test_being_seen_is_noted_to_the_minute(
    owner_browser: httpx.AsyncClient, clock: Clock
) -> None:
    clock.forward(minutes=5)
    await owner_browser.get("/v1/me")

    [member] = (await owner_browser.get("/v1/members")).json()

    assert member["last_seen_at"] == clock().isoformat().replace("+00:00", "Z")
