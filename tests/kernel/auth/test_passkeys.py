"""Passkeys: made, used, copied, replayed, taken back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.kernel.auth.passkeys import relying_party
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.make.auth import Person, browser, person, person_with_password
from tests.make.passkeys import Authenticator

ORIGIN = "https://desk.example"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def at_a_name(database: Database, settings: Settings) -> None:
    """Passkeys belong to a name."""
    database.ports.provide(Settings, settings.model_copy(update={"public_url": ORIGIN}))


@pytest.fixture
async def member(database: Database, workspace: UUID) -> Person:
    return await person_with_password(database, workspace, PASSWORD)


@pytest.fixture
def open_browser(auth_app: FastAPI) -> Callable[..., httpx.AsyncClient]:
    def open_one(who: Person | None = None) -> httpx.AsyncClient:
        client = browser(auth_app)
        client.base_url = httpx.URL(ORIGIN)
        client.headers["origin"] = ORIGIN
        if who is not None:
            client.cookies.set("__Host-rapport", who.token)
        return client

    return open_one


async def made(client: httpx.AsyncClient, device: Authenticator, name: str = "Phone") -> Any:
    """The answer to adding the passkey of `device`."""
    offer = await client.post("/v1/me/passkeys/options", json={"password": PASSWORD})
    assert offer.status_code == 200, offer.text
    credential = device.create(offer.json()["options"])
    body = {"name": name, "credential": credential}
    return await client.post("/v1/me/passkeys", json=body)


async def entered(client: httpx.AsyncClient, device: Authenticator) -> httpx.Response:
    """The answer to signing in with `device`."""
    offer = await client.post("/v1/auth/passkey/options")
    credential = device.get(offer.json()["options"])
    return await client.post("/v1/auth/passkey", json={"credential": credential})


async def test_a_passkey_signs_in_without_a_password(
    open_browser: Callable[..., httpx.AsyncClient], member: Person
) -> None:
    device = Authenticator(ORIGIN)
    async with open_browser(member) as mine, open_browser() as new:
        kept = await made(mine, device)
        answer = await entered(new, device)

        assert (kept.status_code, answer.status_code) == (201, 200)
        me = (await new.get("/v1/me")).json()
        [passkey] = (await new.get("/v1/me/security")).json()["passkeys"]
    assert me["user"]["id"] == str(member.id)
    assert passkey["name"] == "Phone"
    assert passkey["last_used_at"] is not None


async def test_a_passkey_is_both_factors(
    open_browser: Callable[..., httpx.AsyncClient], member: Person, owner: Person
) -> None:
    device = Authenticator(ORIGIN)
    async with open_browser(owner) as chief:
        wish = {"settings": {"sign_in": {"require_second_factor": True}}}
        assert (await chief.patch("/v1/workspace", json=wish)).is_success
    async with open_browser() as new, open_browser() as again:
        credentials = {"email": member.email, "password": PASSWORD}
        await new.post("/v1/auth/sign-in", json=credentials)
        assert (await new.get("/v1/me")).json()["second_factor_due"] is True
        await made(new, device)
        assert (await new.get("/v1/me")).json()["second_factor_due"] is False

        half = await again.post("/v1/auth/sign-in", json=credentials)
        assert half.json()["fields"]["methods"] == "passkey"
        assert (await entered(again, device)).status_code == 200
        assert (await again.get("/v1/members")).status_code == 200


async def test_an_answer_works_once(
    open_browser: Callable[..., httpx.AsyncClient], member: Person
) -> None:
    device = Authenticator(ORIGIN)
    async with open_browser(member) as mine, open_browser() as new:
        await made(mine, device)
        offer = await new.post("/v1/auth/passkey/options")
        body = {"credential": device.get(offer.json()["options"])}
        first = await new.post("/v1/auth/passkey", json=body)
        replayed = await new.post("/v1/auth/passkey", json=body)

    assert (first.status_code, replayed.status_code) == (200, 401)
    assert replayed.json()["code"] == "passkey_refused"


async def test_an_offer_lasts_five_minutes(
    open_browser: Callable[..., httpx.AsyncClient], member: Person, clock: Clock
) -> None:
    device = Authenticator(ORIGIN)
    async with open_browser(member) as mine, open_browser() as new:
        await made(mine, device)
        offer = await new.post("/v1/auth/passkey/options")
        clock.forward(minutes=5, seconds=1)
        late = await new.post(
            "/v1/auth/passkey", json={"credential": device.get(offer.json()["options"])}
        )

    assert late.status_code == 401


async def test_a_copy_whose_counter_falls_behind_is_refused(
    open_browser: Callable[..., httpx.AsyncClient], member: Person
) -> None:
    device = Authenticator(ORIGIN)
    async with open_browser(member) as mine, open_browser() as new:
        await made(mine, device)
        device.count = 40
        assert (await entered(new, device)).status_code == 200
        device.count = 7

        assert (await entered(new, device)).status_code == 401


@pytest.mark.parametrize("lie", ["unverified", "origin", "key", "handle", "unknown"])
async def test_what_is_not_ours_is_refused(
    open_browser: Callable[..., httpx.AsyncClient],
    member: Person,
    database: Database,
    workspace: UUID,
    lie: str,
) -> None:
    device = Authenticator(ORIGIN)
    other = await person(database, workspace, Role.OWNER)
    async with open_browser(member) as mine, open_browser() as new:
        await made(mine, device)
        if lie == "unverified":
            device.verifies = False
        elif lie == "origin":
            device.origin = "https://desk.example.evil.test"
        elif lie == "key":
            device.key = Authenticator(ORIGIN).key
        elif lie == "handle":
            device.handle = other.id.bytes
        else:
            device.id = Authenticator(ORIGIN).id

        assert (await entered(new, device)).status_code == 401


@pytest.mark.parametrize("lie", ["unverified", "origin"])
async def test_what_was_not_made_for_us_is_not_kept(
    open_browser: Callable[..., httpx.AsyncClient], member: Person, lie: str
) -> None:
    device = Authenticator(ORIGIN, verifies=lie != "unverified")
    if lie == "origin":
        device.origin = "https://evil.test"
    async with open_browser(member) as mine:
        assert (await made(mine, device)).json()["code"] == "passkey_refused"


async def test_a_challenge_of_somebody_else_makes_no_passkey(
    open_browser: Callable[..., httpx.AsyncClient], member: Person, owner: Person
) -> None:
    async with open_browser(member) as mine, open_browser(owner) as theirs:
        offer = await theirs.post("/v1/me/passkeys/options", json={})
        credential = Authenticator(ORIGIN).create(offer.json()["options"])
        refused = await mine.post("/v1/me/passkeys", json={"name": "x", "credential": credential})

    assert refused.status_code == 401


async def test_several_passkeys_are_renamed_and_revoked_one_by_one(
    open_browser: Callable[..., httpx.AsyncClient], member: Person, owner: Person
) -> None:
    phone, key = Authenticator(ORIGIN), Authenticator(ORIGIN)
    async with open_browser(member) as mine, open_browser(owner) as theirs:
        first = (await made(mine, phone)).json()["id"]
        await made(mine, key, name="Key")
        await mine.patch(f"/v1/me/passkeys/{first}", json={"name": "Old phone"})
        foreign = await theirs.delete(f"/v1/me/passkeys/{first}")
        done = await mine.delete(f"/v1/me/passkeys/{first}")
        left = (await mine.get("/v1/me/security")).json()["passkeys"]
        refused = await entered(mine, phone)
        taken = await entered(mine, key)

    assert (foreign.status_code, done.status_code) == (404, 204)
    assert [passkey["name"] for passkey in left] == ["Key"]
    assert (refused.status_code, taken.status_code) == (401, 200)


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": 1},
        {"id": "x", "response": {}},
        {"id": "x", "response": {"clientDataJSON": "e30"}},
        {"id": "x", "response": {"clientDataJSON": "!!"}},
        {"response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiAiX18ifQ"}},
    ],
)
async def test_nonsense_is_refused_and_breaks_nothing(
    open_browser: Callable[..., httpx.AsyncClient], credential: dict[str, Any]
) -> None:
    async with open_browser() as new:
        answer = await new.post("/v1/auth/passkey", json={"credential": credential})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("origin", "known_as"),
    [
        ("https://desk.example", "desk.example"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("http://desk.example", None),
    ],
)
def test_browsers_offer_passkeys_to_names_with_https_only(
    settings: Settings, origin: str, known_as: str | None
) -> None:
    party = relying_party(settings.model_copy(update={"public_url": origin}))

    assert (party.id if party else None) == known_as
