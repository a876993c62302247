import asyncio
import time
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from rapport.kernel import limits
from rapport.kernel.audit import service as audit
from rapport.kernel.auth import lookups, passwords, resets, sign_in
from rapport.kernel.auth.errors import SignInRefused
from rapport.kernel.auth.roles import Role
from rapport.kernel.auth.sign_in import Browser
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import TooMany
from tests.conftest import Begin, Clock
from tests.make.auth import Person, browser, person

PASSWORD = "correct horse battery"


@pytest.fixture
async def member(database: Database, workspace: UUID) -> Person:
    made = await person(database, workspace, Role.AGENT)
    await resets.set_for(database, email=made.email, password=PASSWORD)
    return made


async def sign_in_by_password(
    client: httpx.AsyncClient, email: str, password: str
) -> httpx.Response:
    return await client.post("/v1/auth/sign-in", json={"email": email, "password": password})


async def test_the_right_password_opens_a_session(
    anonymous: httpx.AsyncClient, member: Person
) -> None:
    answer = await sign_in_by_password(anonymous, member.email.upper(), PASSWORD)

    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("rapport_session=")
    assert "HttpOnly" in cookie
    assert (await anonymous.get("/v1/me")).json()["user"]["id"] == str(member.id)


async def test_a_sign_in_is_on_the_audit_record(
    anonymous: httpx.AsyncClient, member: Person, begin: Begin
) -> None:
    await sign_in_by_password(anonymous, member.email, PASSWORD)

    async with begin() as ctx:
        wanted = audit.Wanted(subject=f"user:{member.id}")
        [deed] = await audit.page(ctx, wanted, before=None, limit=1)
    assert deed.verb == "session.started"
    assert deed.actor == f"agent:{member.id}"
    assert deed.details["by"] == "password"


async def test_every_refusal_reads_the_same(
    anonymous: httpx.AsyncClient, member: Person, database: Database, workspace: UUID
) -> None:
    passwordless = await person(database, workspace, Role.AGENT)

    answers = [
        await sign_in_by_password(anonymous, member.email, "wrong password"),
        await sign_in_by_password(anonymous, passwordless.email, "wrong password"),
        await sign_in_by_password(anonymous, "nobody@example.com", "wrong password"),
        await sign_in_by_password(anonymous, "not an address", "wrong password"),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


async def test_an_unknown_account_costs_the_same_work() -> None:
    stored = await passwords.hash_password(PASSWORD)
    await passwords.verify("wrong password", None)  # the decoy is made once

    async def cost(of: str | None) -> float:
        began = time.perf_counter()
        assert not await passwords.verify("wrong password", of)
        return time.perf_counter() - began

    known = min([await cost(stored) for _ in range(3)])
    unknown = min([await cost(None) for _ in range(3)])
    assert 0.4 < unknown / known < 2.5


async def test_an_inactive_member_cannot_sign_in(
    anonymous: httpx.AsyncClient, owner_browser: httpx.AsyncClient, member: Person
) -> None:
    await owner_browser.delete(f"/v1/members/{member.id}")

    answer = await sign_in_by_password(anonymous, member.email, PASSWORD)

    assert answer.status_code == 401


async def test_a_sign_in_from_another_site_is_refused(
    anonymous: httpx.AsyncClient, member: Person
) -> None:
    answer = await anonymous.post(
        "/v1/auth/sign-in",
        json={"email": member.email, "password": PASSWORD},
        headers={"origin": "http://evil.test"},
    )

    assert answer.json()["code"] == "foreign_origin"


async def test_a_person_in_two_workspaces_names_one(
    anonymous: httpx.AsyncClient, member: Person, database: Database, stranger: UUID
) -> None:
    await person(database, stranger, Role.AGENT, email=member.email)

    answer = await anonymous.post(
        "/v1/auth/sign-in",
        json={"email": member.email, "password": PASSWORD, "workspace": str(stranger)},
    )

    assert answer.json()["workspace_id"] == str(stranger)


async def test_after_five_wrong_answers_each_next_one_waits_twice_as_long(
    anonymous: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    for _ in range(5):
        assert (await sign_in_by_password(anonymous, member.email, "wrong")).status_code == 401

    waits = []
    for _ in range(4):
        refused = await sign_in_by_password(anonymous, member.email, PASSWORD)
        assert refused.status_code == 429, "even the right one"
        waits.append(int(refused.headers["retry-after"]))
        clock.forward(seconds=waits[-1])
        assert (await sign_in_by_password(anonymous, member.email, "wrong")).status_code == 401

    assert waits == [1, 2, 4, 8]


async def test_the_right_password_clears_the_count(
    anonymous: httpx.AsyncClient, member: Person
) -> None:
    for _ in range(2):
        for _ in range(4):
            await sign_in_by_password(anonymous, member.email, "wrong")
        assert (await sign_in_by_password(anonymous, member.email, PASSWORD)).status_code == 200


async def test_ten_thousand_guesses_from_ever_new_addresses_lock_the_account(
    database: Database, member: Person, clock: Clock
) -> None:
    checked = locked_for = 0
    for n in range(10_001):
        guesser = Browser(f"10.{n % 250}.{n // 250 % 250}.7", "guesser")
        try:
            await limits.guess(database, *sign_in.guards_for(member.email, guesser))
            checked += 1
        except TooMany as refused:
            locked_for = refused.retry_after or 0

    assert checked <= 100
    assert locked_for > 3_000
    with pytest.raises(TooMany):
        await sign_in.with_password(
            database,
            email=member.email,
            password=PASSWORD,
            workspace=None,
            browser=Browser("192.0.2.77", "the owner of the account"),
        )


async def test_a_browser_the_account_knows_gets_in_while_strangers_guess(
    auth_app: FastAPI, member: Person, database: Database
) -> None:
    async with browser(auth_app) as known, browser(auth_app) as unknown:
        assert (await sign_in_by_password(known, member.email, PASSWORD)).status_code == 200
        for n in range(100):
            guesser = Browser(f"10.{n}.1.7", "guesser")
            await limits.guess(database, *sign_in.guards_for(member.email, guesser))

        locked_out = await sign_in_by_password(unknown, member.email, PASSWORD)
        let_in = await sign_in_by_password(known, member.email, PASSWORD)

    assert (locked_out.status_code, let_in.status_code) == (429, 200)


async def test_a_browser_is_known_to_one_account_and_its_own_guesses_count(
    auth_app: FastAPI, member: Person, database: Database, workspace: UUID
) -> None:
    other = await person(database, workspace, Role.AGENT)
    async with browser(auth_app) as client:
        assert (await sign_in_by_password(client, member.email, PASSWORD)).status_code == 200

        own = [await sign_in_by_password(client, member.email, "wrong") for _ in range(11)]
        foreign = [await sign_in_by_password(client, other.email, "wrong") for _ in range(6)]

    assert [answer.status_code for answer in own] == [401] * 10 + [429]
    assert [answer.status_code for answer in foreign] == [401] * 5 + [429]


async def test_guesses_at_once_do_not_slip_past_the_count(
    auth_app: FastAPI, member: Person
) -> None:
    async with browser(auth_app) as client:
        answers = await asyncio.gather(
            *(sign_in_by_password(client, member.email, f"wrong {n}") for n in range(12))
        )

    assert [a.status_code for a in answers].count(401) <= 5


async def test_a_locked_account_opens_with_a_link(
    anonymous: httpx.AsyncClient, member: Person, database: Database, workspace: UUID
) -> None:
    for _ in range(8):
        await sign_in_by_password(anonymous, member.email, "wrong")
    async with database.begin(workspace, SYSTEM) as ctx:
        token = await sign_in.create_link(ctx, member.id)

    assert (await anonymous.post("/v1/auth/link", json={"token": token})).status_code == 200
    assert (await sign_in_by_password(anonymous, member.email, PASSWORD)).status_code == 200


async def test_a_link_works_once(
    auth_app: FastAPI, member: Person, database: Database, workspace: UUID
) -> None:
    async with database.begin(workspace, SYSTEM) as ctx:
        token = await sign_in.create_link(ctx, member.id)
    async with browser(auth_app) as first, browser(auth_app) as second:
        assert (await first.post("/v1/auth/link", json={"token": token})).status_code == 200

        again = await second.post("/v1/auth/link", json={"token": token})

    assert again.status_code == 401
    assert again.json()["code"] == "link_invalid"


async def test_a_link_works_for_a_quarter_of_an_hour(
    anonymous: httpx.AsyncClient,
    member: Person,
    database: Database,
    workspace: UUID,
    clock: Clock,
) -> None:
    async with database.begin(workspace, SYSTEM) as ctx:
        token = await sign_in.create_link(ctx, member.id)
    clock.forward(minutes=15, seconds=1)

    answer = await anonymous.post("/v1/auth/link", json={"token": token})

    assert answer.status_code == 401


async def test_an_old_hash_is_renewed_at_the_next_sign_in(
    database: Database, member: Person
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1).hash(PASSWORD)
    async with database.connect() as session:
        await lookups.set_password(session, member.id, weak, database.now())

    await sign_in.with_password(
        database,
        email=member.email,
        password=PASSWORD,
        workspace=None,
        browser=Browser("192.0.2.1", ""),
    )

    async with database.connect() as session:
        account = await lookups.account(session, member.email)
    assert account is not None
    assert account.password_hash is not None
    assert not passwords.outdated(account.password_hash)


async def test_a_password_too_long_to_hash_cheaply_is_simply_wrong(
    database: Database, member: Person
) -> None:
    with pytest.raises(SignInRefused):
        await sign_in.with_password(
            database,
            email=member.email,
            password="x" * 2_000,
            workspace=None,
            browser=Browser("192.0.2.2", ""),
        )


def test_waiting_doubles_up_to_its_limit_and_then_locks() -> None:
    policy = sign_in.BY_ACCOUNT_AND_ADDRESS

    waits = [limits.punishment(policy, failures) for failures in (1, 4, 5, 6, 14, 15, 99, 100)]

    assert waits == [
        timedelta(0),
        timedelta(0),
        timedelta(seconds=1),
        timedelta(seconds=2),
        timedelta(seconds=512),
        timedelta(minutes=15),
        timedelta(minutes=15),
        timedelta(hours=24),
    ]
