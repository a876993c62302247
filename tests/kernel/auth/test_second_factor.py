"""Codes of an authenticator (register row 35), recovery codes, and workspaces that ask for both."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from rapport.kernel.auth import sign_in
from rapport.kernel.auth.roles import Role
from rapport.kernel.auth.second_factor import matching_step
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from tests.conftest import Clock
from tests.make.auth import (
    Person,
    api_key,
    browser,
    letter_text,
    letters,
    person,
    person_with_password,
    program,
)

PASSWORD = "correct horse battery"


@pytest.fixture
async def member(database: Database, workspace: UUID) -> Person:
    return await person_with_password(database, workspace, PASSWORD)


async def signed_in(client: httpx.AsyncClient, email: str) -> httpx.Response:
    return await client.post("/v1/auth/sign-in", json={"email": email, "password": PASSWORD})


def code_at(secret: str, clock: Clock, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock(), counter_offset=steps)


async def set_up(client: httpx.AsyncClient, clock: Clock) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a fresh authenticator."""
    begun = await client.post("/v1/me/second-factor", json={"password": PASSWORD})
    assert begun.status_code == 200, begun.text
    secret = begun.json()["secret"]
    done = await client.post("/v1/me/second-factor/enable", json={"code": code_at(secret, clock)})
    assert done.status_code == 200, done.text
    clock.forward(seconds=30)
    return secret, done.json()["codes"]


async def half_way(client: httpx.AsyncClient, email: str) -> str:
    """The ticket of a sign-in whose password was right."""
    answer = await signed_in(client, email)
    assert answer.status_code == 401
    assert answer.json()["code"] == "second_factor_needed"
    assert "set-cookie" not in answer.headers
    ticket: str = answer.json()["fields"]["ticket"]
    return ticket


async def finish(client: httpx.AsyncClient, ticket: str, code: str) -> httpx.Response:
    return await client.post("/v1/auth/second-factor", json={"ticket": ticket, "code": code})


async def test_the_codes_are_those_of_the_rfc() -> None:
    """RFC 6238, appendix B, for SHA-1: the last six of the eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    clock = Clock()
    clock.instant = clock.instant.fromtimestamp(1_111_111_109, tz=clock.instant.tzinfo)

    assert matching_step(secret, "081 804", clock()) == 1_111_111_109 // 30
    assert matching_step(secret, "081805", clock()) is None
    assert matching_step(secret, "٠٨١٨٠٤", clock()) is None, "other scripts' digits are no digits"
    assert matching_step(secret, "081804", clock() + timedelta(seconds=61)) is None


async def test_with_an_authenticator_the_password_alone_opens_nothing(
    auth_app: FastAPI, anonymous: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    async with browser(auth_app, member) as mine:
        secret, _ = await set_up(mine, clock)

    ticket = await half_way(anonymous, member.email)
    done = await finish(anonymous, ticket, code_at(secret, clock))

    assert done.status_code == 200
    assert (await anonymous.get("/v1/me")).json()["user"]["id"] == str(member.id)
    [session] = [s for s in (await anonymous.get("/v1/auth/sessions")).json() if s["current"]]
    assert session["signed_in_by"] == "password+code"


async def test_a_replayed_code_is_refused(auth_app: FastAPI, member: Person, clock: Clock) -> None:
    async with browser(auth_app, member) as mine:
        secret, _ = await set_up(mine, clock)
    code = code_at(secret, clock)
    async with browser(auth_app) as first, browser(auth_app) as second:
        assert (await finish(first, await half_way(first, member.email), code)).is_success

        again = await finish(second, await half_way(second, member.email), code)
        earlier = await finish(
            second, await half_way(second, member.email), code_at(secret, clock, -1)
        )

    assert (again.status_code, again.json()["code"]) == (401, "code_refused")
    assert earlier.status_code == 401, "nor does an earlier one work afterwards"


async def test_the_code_that_enabled_it_is_used_up(
    auth_app: FastAPI, anonymous: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    async with browser(auth_app, member) as mine:
        secret, _ = await set_up(mine, clock)

    refused = await finish(
        anonymous, await half_way(anonymous, member.email), code_at(secret, clock, -1)
    )

    assert refused.status_code == 401


async def test_a_ticket_is_good_once_and_for_five_minutes(
    auth_app: FastAPI, anonymous: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    async with browser(auth_app, member) as mine:
        secret, _ = await set_up(mine, clock)
    ticket = await half_way(anonymous, member.email)
    assert (await finish(anonymous, ticket, code_at(secret, clock))).is_success
    clock.forward(seconds=30)
    used = await finish(anonymous, ticket, code_at(secret, clock))
    late = await half_way(anonymous, member.email)
    clock.forward(minutes=5, seconds=1)

    too_late = await finish(anonymous, late, code_at(secret, clock))

    assert used.json()["code"] == too_late.json()["code"] == "ticket_invalid"


async def test_ten_thousand_guesses_of_a_code_are_refused_long_before(
    auth_app: FastAPI, anonymous: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    async with browser(auth_app, member) as mine:
        await set_up(mine, clock)
    ticket = await half_way(anonymous, member.email)
    answers = [await finish(anonymous, ticket, f"{n:06}") for n in range(40)]

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) <= 5
    assert set(statuses[6:]) == {429}
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_recovery_code_works_once_however_it_is_typed(
    auth_app: FastAPI, anonymous: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    async with browser(auth_app, member) as mine:
        _, codes = await set_up(mine, clock)
    assert len(set(codes)) == 10
    typed = codes[3].lower().replace("-", " ")

    first = await finish(anonymous, await half_way(anonymous, member.email), typed)
    again = await finish(anonymous, await half_way(anonymous, member.email), codes[3])

    assert first.status_code == 200
    assert again.status_code == 401
    security = (await anonymous.get("/v1/me/security")).json()
    assert security["recovery_codes_left"] == 9


async def test_new_recovery_codes_end_the_old_ones(
    auth_app: FastAPI, anonymous: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    async with browser(auth_app, member) as mine:
        _, old = await set_up(mine, clock)
        renewed = await mine.post(
            "/v1/me/second-factor/recovery-codes", json={"password": PASSWORD}
        )

    assert renewed.status_code == 200
    refused = await finish(anonymous, await half_way(anonymous, member.email), old[0])
    taken = await finish(
        anonymous, await half_way(anonymous, member.email), renewed.json()["codes"][0]
    )
    assert (refused.status_code, taken.status_code) == (401, 200)


async def test_the_database_holds_neither_the_secret_nor_the_codes(
    auth_app: FastAPI, member: Person, clock: Clock, database_url: str
) -> None:
    async with browser(auth_app, member) as mine:
        secret, codes = await set_up(mine, clock)

    with psycopg.connect(database_url) as owner:
        factors = str(owner.execute("SELECT * FROM second_factors").fetchall())
        stored = str(owner.execute("SELECT * FROM recovery_codes").fetchall())
        deeds = str(owner.execute("SELECT body FROM audit_records").fetchall())
    assert secret not in factors + deeds
    assert not any(code.replace("-", "") in stored + deeds for code in codes)


@pytest.mark.parametrize("table", ["second_factors", "recovery_codes", "passkeys"])
async def test_the_application_cannot_read_the_tables(database: Database, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.connect() as session:
            await session.execute(text(f"SELECT * FROM {table}"))


async def test_setting_up_needs_the_password_or_a_fresh_session(
    auth_app: FastAPI, member: Person, clock: Clock
) -> None:
    async with browser(auth_app, member) as mine:
        fresh = await mine.post("/v1/me/second-factor", json={})
        clock.forward(minutes=11)
        stale = await mine.post("/v1/me/second-factor", json={})
        wrong = await mine.post("/v1/me/second-factor", json={"password": "wrong password"})
        right = await mine.post("/v1/me/second-factor", json={"password": PASSWORD})

    assert fresh.status_code == right.status_code == 200
    assert (stale.status_code, stale.json()["code"]) == (409, "confirmation_needed")
    assert wrong.status_code == 401
    assert right.json()["qr_svg"].startswith("<svg")
    assert right.json()["uri"].startswith("otpauth://totp/Rapport:")


async def test_a_wrong_code_enables_nothing(auth_app: FastAPI, member: Person) -> None:
    async with browser(auth_app, member) as mine:
        await mine.post("/v1/me/second-factor", json={})
        refused = await mine.post("/v1/me/second-factor/enable", json={"code": "000000"})
        security = (await mine.get("/v1/me/security")).json()
        assert (await signed_in(mine, member.email)).status_code == 200

    assert refused.json()["code"] == "code_refused"
    assert security["second_factor_enabled_at"] is None


async def test_enabling_ends_ones_other_sessions_and_writes_a_letter(
    auth_app: FastAPI, member: Person, clock: Clock, mail_folder: Path
) -> None:
    async with browser(auth_app) as other, browser(auth_app, member) as mine:
        await signed_in(other, member.email)
        await set_up(mine, clock)

        assert (await other.get("/v1/me")).status_code == 401
        assert (await mine.get("/v1/me")).status_code == 200
    [letter] = letters(mail_folder)
    assert "asks for a code" in letter_text(letter)


async def test_disabling_needs_a_code_and_makes_the_password_enough_again(
    auth_app: FastAPI, anonymous: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    async with browser(auth_app, member) as mine:
        secret, _ = await set_up(mine, clock)
        body = {"password": PASSWORD, "code": "000000"}
        refused = await mine.post("/v1/me/second-factor/disable", json=body)
        body["code"] = code_at(secret, clock)
        done = await mine.post("/v1/me/second-factor/disable", json=body)

    assert (refused.status_code, done.status_code) == (401, 204)
    assert (await signed_in(anonymous, member.email)).status_code == 200


async def test_a_link_does_not_spare_the_code(
    auth_app: FastAPI,
    anonymous: httpx.AsyncClient,
    member: Person,
    clock: Clock,
    database: Database,
    workspace: UUID,
) -> None:
    async with browser(auth_app, member) as mine:
        await set_up(mine, clock)
    async with database.begin(workspace, SYSTEM) as ctx:
        token = await sign_in.create_link(ctx, member.id)

    answer = await anonymous.post("/v1/auth/link", json={"token": token})

    assert answer.json()["code"] == "second_factor_needed"


async def test_a_workspace_that_asks_for_it_leads_members_to_set_it_up(
    auth_app: FastAPI,
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    member: Person,
    clock: Clock,
) -> None:
    wish = {"settings": {"sign_in": {"require_second_factor": True}}}
    assert (await owner_browser.patch("/v1/workspace", json=wish)).status_code == 200

    assert (await signed_in(anonymous, member.email)).status_code == 200
    me = (await anonymous.get("/v1/me")).json()
    assert me["second_factor_due"] is True
    assert me["permissions"] == []
    for path in ("/v1/members", "/v1/workspace", "/v1/auth/sessions"):
        refused = await anonymous.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_due")

    await set_up(anonymous, clock)

    assert (await anonymous.get("/v1/me")).json()["second_factor_due"] is False
    assert (await anonymous.get("/v1/members")).status_code == 200


async def test_whoever_has_set_it_up_cannot_take_it_away_where_it_is_asked_for(
    auth_app: FastAPI, owner_browser: httpx.AsyncClient, member: Person, clock: Clock
) -> None:
    wish = {"settings": {"sign_in": {"require_second_factor": True}}}
    await owner_browser.patch("/v1/workspace", json=wish)
    async with browser(auth_app, member) as mine:
        secret, _ = await set_up(mine, clock)
        body = {"password": PASSWORD, "code": code_at(secret, clock)}

        refused = await mine.post("/v1/me/second-factor/disable", json=body)

    assert refused.json()["code"] == "second_factor_required"


async def test_only_an_owner_decides_how_people_sign_in(
    auth_app: FastAPI, database: Database, workspace: UUID
) -> None:
    admin = await person(database, workspace, Role.ADMIN)
    async with browser(auth_app, admin) as client:
        wish = {"settings": {"sign_in": {"require_second_factor": True}}}
        refused = await client.patch("/v1/workspace", json=wish)
        provider = await client.get("/v1/workspace/identity-provider")

    assert (refused.status_code, provider.status_code) == (403, 403)


async def test_an_administrator_resets_a_lost_second_factor_and_a_letter_says_so(
    auth_app: FastAPI,
    anonymous: httpx.AsyncClient,
    owner_browser: httpx.AsyncClient,
    member: Person,
    clock: Clock,
    mail_folder: Path,
) -> None:
    async with browser(auth_app, member) as mine:
        await set_up(mine, clock)
        done = await owner_browser.delete(f"/v1/members/{member.id}/second-factor")
        assert done.status_code == 204
        assert (await mine.get("/v1/me")).status_code == 401, "their sessions end"

    assert (await signed_in(anonymous, member.email)).status_code == 200
    assert "Olga Owner has removed" in letter_text(letters(mail_folder)[-1])
    deeds = (await owner_browser.get("/v1/audit")).json()["items"]
    assert "second_factor.reset" in {deed["verb"] for deed in deeds}


async def test_no_administrator_resets_somebody_above_or_somebody_of_two_workspaces(
    auth_app: FastAPI,
    database: Database,
    workspace: UUID,
    stranger: UUID,
    owner: Person,
    owner_browser: httpx.AsyncClient,
) -> None:
    admin = await person(database, workspace, Role.ADMIN)
    shared = await person(database, workspace, Role.AGENT)
    await person(database, stranger, Role.AGENT, email=shared.email)
    async with browser(auth_app, admin) as client:
        above = await client.delete(f"/v1/members/{owner.id}/second-factor")
    both = await owner_browser.delete(f"/v1/members/{shared.id}/second-factor")

    assert (above.json()["code"], both.json()["code"]) == ("role_too_high", "account_shared")


async def test_a_program_has_no_second_factor(
    auth_app: FastAPI, database: Database, workspace: UUID
) -> None:
    async with program(auth_app, await api_key(database, workspace, Role.OWNER)) as client:
        answer = await client.post("/v1/me/second-factor", json={})

    assert answer.json()["code"] == "people_only"
