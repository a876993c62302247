from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.kernel.auth import resets
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.conftest import Clock
from tests.make.auth import Person, browser, letters, person

PASSWORD = "a good long one"


def fresh_email() -> str:
    return f"{new_id()}@example.com"


async def invited(client: httpx.AsyncClient, email: str, role: str = "agent") -> str:
    """The token of a new invitation."""
    answer = await client.post("/v1/invitations", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    link: str = answer.json()["link"]
    return link.split("#token=")[1]


async def accept(client: httpx.AsyncClient, token: str, password: str = PASSWORD) -> httpx.Response:
    body = {"token": token, "name": "Nora New", "password": password}
    return await client.post("/v1/invitations/accept", json=body)


async def test_an_invited_person_joins_with_the_offered_role(
    owner_browser: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    email = fresh_email()
    token = await invited(owner_browser, email, "admin")

    offer = (await anonymous.get(f"/v1/invitations/{token}/preview")).json()
    answer = await accept(anonymous, token)

    assert (offer["email"], offer["role"], offer["has_account"]) == (email, "admin", False)
    assert answer.status_code == 200
    me = (await anonymous.get("/v1/me")).json()
    assert (me["user"]["name"], me["role"]) == ("Nora New", "admin")
    assert (await owner_browser.get("/v1/invitations")).json() == []


async def test_an_invitation_ends_after_three_days(
    owner_browser: httpx.AsyncClient, anonymous: httpx.AsyncClient, clock: Clock
) -> None:
    token = await invited(owner_browser, fresh_email())
    clock.forward(hours=71, minutes=59)
    assert (await anonymous.get(f"/v1/invitations/{token}/preview")).status_code == 200

    clock.forward(minutes=2)

    assert (await anonymous.get(f"/v1/invitations/{token}/preview")).status_code == 404
    refused = await accept(anonymous, token)
    assert refused.status_code == 404
    assert refused.json()["code"] == "invitation_not_found"


async def test_an_invitation_is_accepted_once(
    owner_browser: httpx.AsyncClient, auth_app: FastAPI
) -> None:
    token = await invited(owner_browser, fresh_email())
    async with browser(auth_app) as first, browser(auth_app) as second:
        assert (await accept(first, token)).status_code == 200

        assert (await accept(second, token)).status_code == 404


async def test_an_invitation_belongs_to_its_address(
    owner_browser: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    token = await invited(owner_browser, fresh_email())
    body = {"token": token, "name": "N", "password": PASSWORD, "email": "other@example.com"}

    answer = await anonymous.post("/v1/invitations/accept", json=body)

    assert answer.status_code == 422


async def test_the_database_holds_no_invitation_token(
    owner_browser: httpx.AsyncClient, database_url: str
) -> None:
    token = await invited(owner_browser, fresh_email())

    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT * FROM invitations").fetchall()
    assert token not in str(rows)


async def test_a_weak_password_leaves_the_invitation_open(
    owner_browser: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    token = await invited(owner_browser, fresh_email())
    for weak in ("short", "password123", "1234567890"):
        refused = await accept(anonymous, token, weak)
        assert refused.status_code == 422
        assert refused.json()["code"] == "password_too_weak"

    assert (await accept(anonymous, token)).status_code == 200


async def test_a_second_invitation_ends_the_first(
    owner_browser: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    email = fresh_email()
    first = await invited(owner_browser, email)
    second = await invited(owner_browser, email.upper())

    assert (await accept(anonymous, first)).status_code == 404
    assert (await accept(anonymous, second)).status_code == 200


async def test_a_withdrawn_invitation_is_gone(
    owner_browser: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    token = await invited(owner_browser, fresh_email())
    [waiting] = (await owner_browser.get("/v1/invitations")).json()

    await owner_browser.delete(f"/v1/invitations/{waiting['id']}")

    assert (await accept(anonymous, token)).status_code == 404


async def test_a_member_is_not_invited_again(
    owner_browser: httpx.AsyncClient, owner: Person
) -> None:
    answer = await owner_browser.post(
        "/v1/invitations", json={"email": owner.email, "role": "agent"}
    )

    assert answer.json()["code"] == "already_member"


@pytest.mark.parametrize("email", ["", "no-at", "a@b@c", "a b@example.com", "x@" + "y" * 300])
async def test_what_is_no_address_is_not_invited(
    owner_browser: httpx.AsyncClient, email: str
) -> None:
    answer = await owner_browser.post("/v1/invitations", json={"email": email, "role": "agent"})

    assert answer.status_code == 422


async def test_an_inviter_never_gets_into_an_existing_account(
    owner_browser: httpx.AsyncClient,
    auth_app: FastAPI,
    database: Database,
    stranger: UUID,
    workspace: UUID,
) -> None:
    victim = await person(database, stranger, Role.OWNER, name="Vic")
    passwordless = await invited(owner_browser, victim.email)
    async with browser(auth_app) as inviter:
        refused = await accept(inviter, passwordless)
        assert refused.json()["code"] == "account_exists"
    await resets.set_for(database, email=victim.email, password="only the victim knows")
    async with browser(auth_app) as inviter:
        refused = await accept(inviter, passwordless, "what the inviter wants")
        assert refused.status_code == 401

    async with browser(auth_app) as client:
        answer = await accept(client, passwordless, "only the victim knows")
        me = (await client.get("/v1/me")).json()

    assert answer.json() == {"workspace_id": str(workspace), "user_id": str(victim.id)}
    assert me["user"]["name"] == "Vic"


async def test_an_invitation_is_written_to_the_invited(
    owner_browser: httpx.AsyncClient, mail_folder: Path
) -> None:
    email = fresh_email()
    token = await invited(owner_browser, email)

    [letter] = letters(mail_folder)
    text = letter.read_text()
    assert email in text
    assert token in text.replace("=\n", "").replace("=3D", "=")
    assert letter.stat().st_mode & 0o077 == 0
