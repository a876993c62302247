import asyncio
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.secrets import service as secrets
from rapport.kernel.secrets.keyring import KeyFileUnusable, KeyMissing, KeyRing
from rapport.kernel.secrets.service import SecretUnreadable
from tests.conftest import Begin

PURPOSE = "webchat.identity_secret"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def content(path: Path) -> str:
    return path.read_text()


@pytest.fixture(autouse=True)
def ring(database: Database, database_url: str, key_file: Path) -> KeyRing:
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM data_keys")  # wrapped by other tests' key files
    ring = KeyRing(key_file)
    database.ports.provide(KeyRing, ring)
    return ring


async def test_what_was_sealed_opens_again(ctx: Ctx) -> None:
    sealed = await secrets.seal(ctx, PURPOSE, "a sécret")

    assert await secrets.open(ctx, PURPOSE, sealed) == "a sécret"


async def test_the_same_secret_never_looks_the_same(ctx: Ctx) -> None:
    first = await secrets.seal(ctx, PURPOSE, "a secret")
    second = await secrets.seal(ctx, PURPOSE, "a secret")

    assert first != second
    assert "secret" not in first


async def test_another_workspace_cannot_open_it(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        sealed = await secrets.seal(ctx, PURPOSE, "ours")
    async with begin(workspace_id=stranger) as ctx:
        await secrets.seal(ctx, PURPOSE, "theirs")

        with pytest.raises(SecretUnreadable):
            await secrets.open(ctx, PURPOSE, sealed)


async def test_it_opens_for_its_purpose_only(ctx: Ctx) -> None:
    sealed = await secrets.seal(ctx, PURPOSE, "ours")

    with pytest.raises(SecretUnreadable):
        await secrets.open(ctx, "email.password", sealed)


async def test_a_changed_secret_is_refused(ctx: Ctx) -> None:
    sealed = await secrets.seal(ctx, PURPOSE, "ours")
    last = "A" if sealed[-6] != "A" else "B"

    for forged in (
        sealed[:-6] + last + sealed[-5:],
        "s1.1.",
        "s1.9.AAAA",
        "s2.1.AAAA",
        "",
        "s1.1.!",
    ):
        with pytest.raises(SecretUnreadable):
            await secrets.open(ctx, PURPOSE, forged)


async def test_sealing_at_once_makes_one_data_key(
    begin: Begin, database_url: str, workspace: UUID
) -> None:
    async def seal(text: str) -> str:
        async with begin() as ctx:
            return await secrets.seal(ctx, PURPOSE, text)

    sealed = await asyncio.gather(*(seal(f"secret {n}") for n in range(6)))

    async with begin() as ctx:
        opened = [await secrets.open(ctx, PURPOSE, one) for one in sealed]
    assert opened == [f"secret {n}" for n in range(6)]


async def test_after_a_rotation_everything_opens_under_the_new_key_alone(
    begin: Begin, database: Database, key_file: Path, stranger: UUID
) -> None:
    async with begin() as ctx:
        ours = await secrets.seal(ctx, PURPOSE, "ours")
    async with begin(workspace_id=stranger) as ctx:
        theirs = await secrets.seal(ctx, PURPOSE, "theirs")
    before = content(key_file)

    done = await secrets.rotate(database, forget_old=True)

    assert (done.rewrapped, done.forgotten) == (2, 1)
    assert before.split()[0] not in content(key_file)
    database.ports.provide(KeyRing, KeyRing(key_file))
    async with begin() as ctx:
        assert await secrets.open(ctx, PURPOSE, ours) == "ours"
    async with begin(workspace_id=stranger) as ctx:
        assert await secrets.open(ctx, PURPOSE, theirs) == "theirs"


async def test_a_running_process_finds_the_new_key_by_itself(
    begin: Begin, database: Database, key_file: Path, ring: KeyRing
) -> None:
    async with begin() as ctx:
        sealed = await secrets.seal(ctx, PURPOSE, "ours")
    database.ports.provide(KeyRing, KeyRing(key_file))
    await secrets.rotate(database)

    database.ports.provide(KeyRing, ring)  # it was made before the rotation

    async with begin() as ctx:
        assert await secrets.open(ctx, PURPOSE, sealed) == "ours"


async def test_without_its_key_a_secret_stays_shut_and_nothing_is_forgotten(
    begin: Begin, database: Database, key_file: Path, tmp_path: Path
) -> None:
    async with begin() as ctx:
        sealed = await secrets.seal(ctx, PURPOSE, "ours")
    other = KeyRing(tmp_path / "other keys")
    database.ports.provide(KeyRing, other)

    with pytest.raises(KeyMissing):
        await secrets.rotate(database, forget_old=True)
    async with begin() as ctx:
        with pytest.raises(KeyMissing):
            await secrets.open(ctx, PURPOSE, sealed)


async def test_the_database_holds_no_key_in_the_clear(
    begin: Begin, database_url: str, key_file: Path
) -> None:
    async with begin() as ctx:
        await secrets.seal(ctx, PURPOSE, "ours")

    with psycopg.connect(database_url) as owner:
        rows = owner.execute("SELECT wrapped FROM data_keys").fetchall()
    assert all(row[0].startswith("k1.") for row in rows)
    assert content(key_file).split()[1] not in str(rows)


def test_the_key_file_is_for_its_owner_only(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600

    key_file.chmod(0o644)

    with pytest.raises(KeyFileUnusable, match="chmod"):
        KeyRing(key_file)


@pytest.mark.parametrize("content", ["", "one\n", "one notbase64\n", "one AAAA\n"])
def test_a_broken_key_file_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken"
    path.touch(0o600)
    path.write_text(content)

    with pytest.raises(KeyFileUnusable):
        KeyRing(path)
    assert path.read_text() == content
