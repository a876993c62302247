import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg
import pyotp
import pytest
from typer.testing import CliRunner, Result

from rapport.kernel.auth import second_factor, vault
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.server.commands import secrets, users
from tests.conftest import Begin
from tests.make.auth import person

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RAPPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("RAPPORT_DATA_DIR", str(tmp_path))

    def invoke(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(users.app, [str(a) for a in arguments], input=typed)

    return invoke


@pytest.fixture
def email() -> str:
    return f"{new_id()}@example.com"


def test_a_new_person_gets_a_link_and_no_password(
    run: Run, workspace: UUID, email: str, database_url: str
) -> None:
    made = run("create", email, "--role", "admin", "--workspace", str(workspace))

    assert made.exit_code == 0, made.output
    assert "/sign-in/link#token=" in made.output
    with psycopg.connect(database_url) as owner:
        found = owner.execute(
            "SELECT c.password_hash FROM users u LEFT JOIN credentials c ON c.user_id = u.id "
            "WHERE u.email = %s",
            (email,),
        )
        assert found.fetchone() == (None,)
    assert f"{email}  admin" in run("list", "--workspace", str(workspace)).output


def test_a_person_is_changed_let_in_and_deactivated(run: Run, workspace: UUID, email: str) -> None:
    for number in range(2):
        run("create", f"{number}-{email}", "--role", "owner", "--workspace", str(workspace))
    address = f"0-{email}"

    assert "is agent now" in run("set-role", address, "agent").output
    assert "/sign-in/link#token=" in run("link", address).output
    assert run("set-password", address, typed="long enough 1\nlong enough 1\n").exit_code == 0
    assert run("deactivate", address).exit_code == 0
    listed = run("list", "--workspace", str(workspace)).output
    assert f"{address}  agent  0-" in listed
    assert "(inactive)" in listed


def test_the_last_owner_cannot_be_deactivated(run: Run, workspace: UUID, email: str) -> None:
    run("create", email, "--role", "owner", "--workspace", str(workspace))

    refused = run("deactivate", email)

    assert refused.exit_code == 1
    assert type(refused.exception).__name__ == "LastOwner"


async def test_who_lost_their_second_factor_signs_in_without_it(
    run: Run, workspace: UUID, database: Database, begin: Begin
) -> None:
    member = await person(database, workspace, Role.AGENT)
    async with begin(Actor("agent", member.id)) as ctx:
        begun = await second_factor.begin(ctx)
    async with begin(Actor("agent", member.id)) as ctx:
        code = pyotp.TOTP(begun.secret).at(ctx.now())
        await second_factor.enable(ctx, database, code, session_digest=None)

    done = await asyncio.to_thread(run, "reset-second-factor", member.email)

    assert done.exit_code == 0, done.output
    async with database.connect() as session:
        assert not (await vault.factors(session, member.id)).has_code


@pytest.mark.parametrize("arguments", [("link",), ("link", "a@example.com", "--owner")])
def test_a_link_is_for_one_person(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_an_unknown_person_is_said_to_be_unknown(run: Run, email: str) -> None:
    refused = run("link", email)

    assert type(refused.exception).__name__ == "NoSuchUser"


def test_what_is_no_address_is_refused(run: Run, workspace: UUID) -> None:
    assert run("create", "nobody", "--workspace", str(workspace)).exit_code == 2


def test_keys_are_rotated_from_the_command_line(
    run: Run, database_url: str, tmp_path: Path, workspace: UUID
) -> None:
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM data_keys")  # wrapped by other tests' key files

    done = CliRunner().invoke(secrets.app, ["rotate", "--forget-old"])

    assert done.exit_code == 0, done.output
    assert "is current" in done.output
    assert len((tmp_path / "keys").read_text().splitlines()) == 1
    with psycopg.connect(database_url) as owner:
        told = owner.execute(
            "SELECT count(*) FROM audit_records WHERE workspace_id = %s AND verb = %s",
            (workspace, "secrets.rotated"),
        ).fetchone()
    assert told == (1,)
