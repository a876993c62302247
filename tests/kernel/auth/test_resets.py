import email as mail
from email.policy import default
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.kernel.auth import resets
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.conftest import Clock
from tests.make.auth import Person, browser, letters, person

NEW = "a quite new password"


def token_in(folder: Path) -> str:
    """The token in the only letter of a folder."""
    [path] = letters(folder)
    letter = mail.message_from_bytes(path.read_bytes(), policy=default)
    body = letter.get_body()
    assert body is not None
    text: str = body.get_content()
    return text.split("#token=")[1].split()[0]


@pytest.fixture
async def member(database: Database, workspace: UUID) -> Person:
    return await person(database, workspace, Role.AGENT)


async def ask(client: httpx.AsyncClient, email: str) -> httpx.Response:
    return await client.post("/v1/auth/password-reset", json={"email": email})


async def confirm(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    body = {"token": token, "password": password}
    return await client.post("/v1/auth/password-reset/confirm", json=body)


async def test_nobody_learns_who_has_an_account(
    anonymous: httpx.AsyncClient, member: Person, mail_folder: Path
) -> None:
    known = await ask(anonymous, member.email)
    unknown = await ask(anonymous, f"{new_id()}@example.com")

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert known.status_code == 202
    assert len(letters(mail_folder)) == 1


async def test_a_reset_changes_the_password_and_ends_all_sessions(
    anonymous: httpx.AsyncClient, auth_app: FastAPI, member: Person, mail_folder: Path
) -> None:
    await ask(anonymous, member.email)
    async with browser(auth_app, member) as signed_in:
        await signed_in.get("/v1/me")

        assert (await confirm(anonymous, token_in(mail_folder))).status_code == 204

        assert (await signed_in.get("/v1/me")).status_code == 401
    answer = await anonymous.post("/v1/auth/sign-in", json={"email": member.email, "password": NEW})
    assert answer.status_code == 200


async def test_a_reset_link_works_once_and_for_an_hour(
    anonymous: httpx.AsyncClient, member: Person, mail_folder: Path, clock: Clock
) -> None:
    await ask(anonymous, member.email)
    token = token_in(mail_folder)
    clock.forward(minutes=59)
    assert (await confirm(anonymous, token)).status_code == 204
    assert (await confirm(anonymous, token)).status_code == 401

    for letter in letters(mail_folder):
        letter.unlink()
    await ask(anonymous, member.email)
    clock.forward(minutes=61)

    assert (await confirm(anonymous, token_in(mail_folder))).status_code == 401


async def test_a_changed_password_ends_links_that_are_still_about(
    anonymous: httpx.AsyncClient, member: Person, mail_folder: Path, database: Database
) -> None:
    await ask(anonymous, member.email)
    token = token_in(mail_folder)

    await resets.set_for(database, email=member.email, password="set meanwhile by hand")

    assert (await confirm(anonymous, token)).status_code == 401


async def test_letters_to_one_address_are_limited(
    auth_app: FastAPI, member: Person, mail_folder: Path
) -> None:
    answers = []
    for _ in range(6):
        async with browser(auth_app) as client:
            answers.append((await ask(client, member.email)).status_code)

    assert answers == [202, 202, 202, 429, 429, 429]
    assert len(letters(mail_folder)) == 3


async def test_an_administrator_can_pass_a_reset_link_on(
    owner_browser: httpx.AsyncClient, anonymous: httpx.AsyncClient, member: Person
) -> None:
    answer = await owner_browser.post(f"/v1/members/{member.id}/password-reset")

    token = answer.json()["link"].split("#token=")[1]
    assert (await confirm(anonymous, token)).status_code == 204


async def test_an_administrator_cannot_become_the_owner_by_a_reset(
    auth_app: FastAPI, database: Database, workspace: UUID, owner: Person
) -> None:
    admin = await person(database, workspace, Role.ADMIN)
    async with browser(auth_app, admin) as client:
        answer = await client.post(f"/v1/members/{owner.id}/password-reset")

    assert answer.json()["code"] == "role_too_high"


async def test_no_workspace_resets_the_password_of_another_workspaces_member(
    owner_browser: httpx.AsyncClient, database: Database, stranger: UUID, member: Person
) -> None:
    await person(database, stranger, Role.OWNER, email=member.email)

    answer = await owner_browser.post(f"/v1/members/{member.id}/password-reset")

    assert answer.json()["code"] == "account_shared"


async def test_changing_ones_own_password_needs_the_old_one_and_ends_other_sessions(
    auth_app: FastAPI, database: Database, member: Person
) -> None:
    async with browser(auth_app, member) as client:
        first = await client.put("/v1/me/password", json={"password": NEW})
        assert first.status_code == 204, "there was none yet"
        without = await client.put("/v1/me/password", json={"password": "another long one"})
        wrong = await client.put(
            "/v1/me/password",
            json={"password": "another long one", "current_password": "not this"},
        )
        right = await client.put(
            "/v1/me/password", json={"password": "another long one", "current_password": NEW}
        )
        still = await client.get("/v1/me")

    assert [without.status_code, wrong.status_code, right.status_code] == [401, 401, 204]
    assert still.status_code == 200


async def test_moving_to_another_address_needs_the_password_and_a_free_address(
    owner_browser: httpx.AsyncClient, owner: Person, member: Person, database: Database
) -> None:
    await resets.set_for(database, email=member.email, password=NEW)
    taken = await owner_browser.put("/v1/me/email", json={"email": member.email})
    email = f"{new_id()}@example.com"

    moved = await owner_browser.put("/v1/me/email", json={"email": email})

    assert taken.json()["code"] == "email_taken"
    assert moved.json()["user"]["email"] == email
