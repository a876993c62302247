"""Signing in by an OpenID provider, honest and otherwise."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.make.auth import ORIGIN, Person, browser, person
from tests.make.openid import CLIENT_ID, CLIENT_SECRET, Provider, running


@pytest.fixture
async def provider(database: Database, settings: Settings, clock: Clock) -> AsyncIterator[Provider]:
    async with running(Provider(now=clock)) as provider:
        allowed = [urlsplit(provider.issuer).netloc]
        known = {"egress_allow": allowed, "public_url": ORIGIN}
        database.ports.provide(Settings, settings.model_copy(update=known))
        yield provider


def wish(provider: Provider, **changes: Any) -> dict[str, Any]:
    """What an owner saves."""
    return {
        "name": "Corp",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "email_domains": ["corp.example"],
        "joins_as": "agent",
    } | changes


async def trust(owner: httpx.AsyncClient, provider: Provider, **changes: Any) -> str:
    """Make the workspace trust the provider; its id."""
    answer = await owner.put("/v1/workspace/identity-provider", json=wish(provider, **changes))
    assert answer.status_code == 200, answer.text
    found: str = answer.json()["id"]
    return found


async def departed(client: httpx.AsyncClient, door: str, to: str = "/inbox") -> str:
    """Where the browser is sent."""
    answer = await client.post(f"/v1/auth/oidc/{door}", json={"to": to})
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["url"]
    return url


async def came(
    client: httpx.AsyncClient, provider: Provider, door: str, to: str = "/inbox"
) -> httpx.Response:
    """The answer to the whole journey."""
    return await client.get(provider.back(await departed(client, door, to)))


def problem(answer: httpx.Response) -> str:
    """Why the browser is sent back to the sign-in page."""
    assert answer.status_code == 303
    assert "rapport_session" not in answer.headers.get("set-cookie", "")
    parts = urlsplit(answer.headers["location"])
    assert parts.path == "/sign-in"
    return parse_qs(parts.query)["problem"][0]


async def test_somebody_of_the_domain_joins_and_comes_back(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    door = await trust(owner_browser, provider)

    first = await came(anonymous, provider, door, "/settings/profile?a=1")
    me = (await anonymous.get("/v1/me")).json()
    again = await came(anonymous, provider, door)

    assert (first.status_code, first.headers["location"]) == (303, "/settings/profile?a=1")
    assert (me["user"]["email"], me["user"]["name"], me["role"]) == (
        provider.claims["email"],
        "Nora New",
        "agent",
    )
    assert again.headers["location"] == "/inbox"
    assert provider.token_requests[0]["redirect_uri"] == f"{ORIGIN}/v1/auth/oidc/{door}/callback"
    verbs = {d["verb"] for d in (await owner_browser.get("/v1/audit")).json()["items"]}
    assert {"identity_provider.saved", "identity.connected", "member.joined"} <= verbs


async def test_a_member_is_known_by_a_verified_address_and_stays_known(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    database: Database,
    workspace: UUID,
) -> None:
    email = f"{workspace}@corp.example"
    member = await person(database, workspace, Role.AGENT, email=email)
    door = await trust(owner_browser, provider, joins_as=None)
    provider.claims["email"] = email.upper()

    await came(anonymous, provider, door)
    provider.claims["email"] = "renamed@corp.example"
    await came(anonymous, provider, door)

    assert (await anonymous.get("/v1/me")).json()["user"]["id"] == str(member.id)


@pytest.mark.parametrize("verified", [False, None, "false", 1, "yes"])
async def test_an_address_that_is_not_verified_links_nobody(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    owner: Person,
    verified: Any,
) -> None:
    door = await trust(owner_browser, provider, email_domains=[], joins_as=None)
    provider.claims |= {"email": owner.email, "email_verified": verified}

    assert problem(await came(anonymous, provider, door)) == "identity_unknown"


@pytest.mark.parametrize(
    "cheat",
    [
        {"nonce": "another"},
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"azp": "another-client"},
        {"exp": 1_700_000_000},
        {"exp": "soon"},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": ""},
        {"sub": 7},
        {"at_hash": "AAAA"},
    ],
    ids=str,
)
async def test_a_token_that_claims_what_it_must_not_is_refused(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    cheat: dict[str, Any],
) -> None:
    door = await trust(owner_browser, provider)
    provider.cheat = cheat

    assert problem(await came(anonymous, provider, door)) == "provider_refused"


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "nonce"])
async def test_a_token_that_lacks_a_claim_is_refused(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider, claim: str
) -> None:
    door = await trust(owner_browser, provider)
    provider.forgets = frozenset({claim})

    assert problem(await came(anonymous, provider, door)) == "provider_refused"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256"])
async def test_a_signature_that_is_not_the_providers_is_refused(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    algorithm: str,
) -> None:
    door = await trust(owner_browser, provider)
    provider.algorithm = algorithm

    assert problem(await came(anonymous, provider, door)) == "provider_refused"


async def test_a_state_works_once(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    door = await trust(owner_browser, provider)
    url = await departed(anonymous, door)
    assert (await anonymous.get(provider.back(url))).headers["location"] == "/inbox"
    anonymous.cookies.delete("rapport_session")

    assert problem(await anonymous.get(provider.back(url))) == "provider_refused"


async def test_a_code_works_once(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    door = await trust(owner_browser, provider)
    first = provider.back(await departed(anonymous, door))
    await anonymous.get(first)
    code = parse_qs(urlsplit(first).query)["code"][0]
    second = httpx.URL(provider.back(await departed(anonymous, door)))

    replayed = await anonymous.get(second.copy_set_param("code", code))

    assert problem(replayed) == "provider_refused"


async def test_a_state_of_another_browser_is_refused(
    auth_app: FastAPI,
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
) -> None:
    """Else an attacker could have a victim finish the attacker's own sign-in."""
    door = await trust(owner_browser, provider)
    back = provider.back(await departed(anonymous, door))
    async with browser(auth_app) as victim:
        await departed(victim, door)

        assert problem(await victim.get(back)) == "provider_refused"


async def test_an_answer_of_another_provider_is_refused(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    """The mix-up: RFC 9207, and an address of its own for each provider."""
    door = await trust(owner_browser, provider)
    provider.answers_as = "https://other.example"
    assert problem(await came(anonymous, provider, door)) == "provider_refused"

    provider.answers_as = None
    provider.description = {"authorization_response_iss_parameter_supported": True}
    assert problem(await came(anonymous, provider, door)) == "provider_refused"

    provider.answers_as = provider.issuer
    assert (await came(anonymous, provider, door)).headers["location"] == "/inbox"


async def test_a_provider_that_was_replaced_meanwhile_is_not_believed(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    clock: Clock,
    database: Database,
) -> None:
    door = await trust(owner_browser, provider)
    back = provider.back(await departed(anonymous, door))
    async with running(Provider(now=clock)) as other:
        settings = database.ports.get(Settings)
        settings.egress_allow.append(urlsplit(other.issuer).netloc)
        await trust(owner_browser, other)

        assert problem(await anonymous.get(back)) == "provider_refused"
    assert other.token_requests == [], "no code of one is shown to the other"


async def test_without_joining_only_the_invited_come_in(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    workspace: UUID,
) -> None:
    door = await trust(owner_browser, provider, joins_as=None)
    provider.claims["email"] = f"{workspace}@corp.example"
    assert problem(await came(anonymous, provider, door)) == "identity_unknown"

    offer = {"email": provider.claims["email"], "role": "admin"}
    assert (await owner_browser.post("/v1/invitations", json=offer)).is_success
    assert (await came(anonymous, provider, door)).headers["location"] == "/inbox"

    assert (await anonymous.get("/v1/me")).json()["role"] == "admin"
    assert (await owner_browser.get("/v1/invitations")).json() == []


@pytest.mark.parametrize(
    "email",
    ["a@other.example", "a@corp.example.evil.test", "corp.example", "", "a@sub.corp.example"],
)
async def test_other_domains_stay_outside(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider, email: str
) -> None:
    door = await trust(owner_browser, provider)
    provider.claims["email"] = email

    assert problem(await came(anonymous, provider, door)) == "identity_unknown"


async def test_an_account_of_another_workspace_is_not_taken_over(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    database: Database,
    stranger: UUID,
) -> None:
    email = f"{stranger}@corp.example"
    await person(database, stranger, Role.OWNER, email=email)
    door = await trust(owner_browser, provider)
    provider.claims["email"] = email

    assert problem(await came(anonymous, provider, door)) == "identity_not_linked"


async def test_a_session_by_the_provider_does_not_touch_what_opens_other_workspaces(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    database: Database,
    workspace: UUID,
    stranger: UUID,
) -> None:
    """Whoever runs a workspace's provider could otherwise become its members elsewhere."""
    email = f"{workspace}@corp.example"
    await person(database, stranger, Role.OWNER, email=email)
    await person(database, workspace, Role.AGENT, email=email)
    provider.claims["email"] = email
    await came(anonymous, provider, await trust(owner_browser, provider))

    answers = [
        await anonymous.put("/v1/me/password", json={"password": "a password of the attacker"}),
        await anonymous.put("/v1/me/email", json={"email": "attacker@evil.test"}),
        await anonymous.post("/v1/me/second-factor", json={}),
        await anonymous.post("/v1/me/passkeys/options", json={}),
    ]

    assert {a.json()["code"] for a in answers} == {"confirmation_needed"}


async def test_somebody_who_is_signed_in_connects_another_address_and_takes_it_off(
    auth_app: FastAPI,
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    owner: Person,
    provider: Provider,
) -> None:
    door = await trust(owner_browser, provider, joins_as=None)
    provider.claims["email_verified"] = True
    left = await owner_browser.post(f"/v1/me/identities/{door}", json={"to": "/settings/security"})
    back = await owner_browser.get(provider.back(left.json()["url"]))
    assert back.headers["location"] == "/settings/security"

    await came(anonymous, provider, door)
    assert (await anonymous.get("/v1/me")).json()["user"]["id"] == str(owner.id)

    [mine] = (await owner_browser.get("/v1/me/security")).json()["identities"]
    assert mine["email"] == provider.claims["email"]
    done = await owner_browser.delete(f"/v1/me/identities/{mine['id']}")
    assert done.status_code == 204
    async with browser(auth_app) as later:
        assert problem(await came(later, provider, door)) == "identity_unknown"


async def test_a_connection_ends_in_the_session_that_began_it(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    door = await trust(owner_browser, provider)
    left = await owner_browser.post(f"/v1/me/identities/{door}", json={"to": "/inbox"})
    owner_browser.cookies.delete("rapport_session")

    assert problem(await owner_browser.get(provider.back(left.json()["url"]))) == "provider_refused"


async def test_an_inactive_member_stays_outside(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    door = await trust(owner_browser, provider)
    await came(anonymous, provider, door)
    user_id = (await anonymous.get("/v1/me")).json()["user"]["id"]
    await owner_browser.delete(f"/v1/members/{user_id}")

    assert problem(await came(anonymous, provider, door)) == "identity_unknown"


async def test_signing_out_ends_our_session(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    await came(anonymous, provider, await trust(owner_browser, provider))

    assert (await anonymous.post("/v1/auth/sign-out")).status_code == 204
    assert (await anonymous.get("/v1/me")).status_code == 401


async def test_where_a_second_factor_is_asked_for_the_provider_may_check_it(
    auth_app: FastAPI, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    policy = {"settings": {"sign_in": {"require_second_factor": True}}}
    await owner_browser.patch("/v1/workspace", json=policy)
    for checks, due in ((False, True), (True, False)):
        door = await trust(owner_browser, provider, checks_second_factor=checks)
        async with browser(auth_app) as client:
            await came(client, provider, door)
            assert (await client.get("/v1/me")).json()["second_factor_due"] is due


async def test_the_secret_is_sealed_and_follows_to_no_other_issuer(
    owner_browser: httpx.AsyncClient, provider: Provider, database_url: str
) -> None:
    await trust(owner_browser, provider)
    known = wish(provider, name="Renamed")
    del known["client_secret"]
    kept = await owner_browser.put("/v1/workspace/identity-provider", json=known)
    moved = await owner_browser.put(
        "/v1/workspace/identity-provider", json=known | {"issuer": "https://other.example"}
    )

    assert (kept.json()["has_secret"], moved.json()["has_secret"]) == (True, False)
    assert CLIENT_SECRET not in kept.text
    with psycopg.connect(database_url) as connection:
        stored = str(connection.execute("SELECT * FROM identity_providers").fetchall())
        deeds = str(connection.execute("SELECT body FROM audit_records").fetchall())
    assert CLIENT_SECRET not in stored + deeds


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://plain.example"},
        {"issuer": "javascript:alert(1)"},
        {"email_domains": []},
        {"joins_as": "owner"},
        {"email_domains": ["not a domain"]},
        {"surprise": 1},
    ],
    ids=str,
)
async def test_an_unsafe_provider_is_not_saved(
    owner_browser: httpx.AsyncClient, provider: Provider, change: dict[str, Any]
) -> None:
    body = wish(provider) | change
    answer = await owner_browser.put("/v1/workspace/identity-provider", json=body)

    assert answer.status_code == 422


async def test_a_provider_that_calls_itself_otherwise_is_faulty(
    owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    fine = await owner_browser.post(
        "/v1/workspace/identity-provider/check", json={"issuer": provider.issuer}
    )
    provider.description = {"issuer": "https://other.example"}
    faulty = await owner_browser.post(
        "/v1/workspace/identity-provider/check", json={"issuer": provider.issuer}
    )

    assert (fine.status_code, faulty.json()["code"]) == (200, "provider_faulty")


async def test_an_issuer_on_a_private_address_is_not_called(
    owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    answer = await owner_browser.post(
        "/v1/workspace/identity-provider/check", json={"issuer": "https://127.0.0.1:1"}
    )

    assert answer.json()["code"] == "address_refused"


@pytest.mark.parametrize("to", ["//evil.test", "https://evil.test", "/\\evil.test", "x", "/a b"])
async def test_a_journey_ends_on_a_page_of_ours(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider, to: str
) -> None:
    door = await trust(owner_browser, provider)

    answer = await anonymous.post(f"/v1/auth/oidc/{door}", json={"to": to})

    assert answer.status_code == 422


async def test_a_refusal_of_the_provider_leads_back_to_the_sign_in_page(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, provider: Provider
) -> None:
    door = await trust(owner_browser, provider)
    answer = await anonymous.get(f"/v1/auth/oidc/{door}/callback?error=access_denied&state=x")

    assert problem(answer) == "provider_refused"


async def test_a_door_that_is_switched_off_is_none(
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    provider: Provider,
    workspace: UUID,
) -> None:
    door = await trust(owner_browser, provider)
    ways = await anonymous.get("/v1/auth/ways", params={"workspace": str(workspace)})
    assert ways.json()["providers"] == [{"id": door, "name": "Corp"}]
    assert (await anonymous.get("/v1/auth/ways")).json()["providers"] == []

    await trust(owner_browser, provider, is_enabled=False)

    gone = await anonymous.post(f"/v1/auth/oidc/{door}", json={})
    assert gone.status_code == 404
