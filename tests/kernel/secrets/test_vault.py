from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.secrets import vault
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.secrets.service import SecretUnreadable, rotate
from tests.conftest import Begin


async def test_what_was_sealed_about_a_thing_is_read_again(ctx: Ctx) -> None:
    thing = new_id()

    sealed = await vault.seal(ctx, thing, "test.text", "Ada lives here.")

    assert "Ada" not in sealed
    assert await vault.open(ctx, "test.text", sealed) == "Ada lives here."


async def test_nobody_reads_it_once_the_key_is_destroyed(ctx: Ctx) -> None:
    thing, other = new_id(), new_id()
    gone = await vault.seal(ctx, thing, "test.text", "Ada")
    kept = await vault.seal(ctx, other, "test.text", "Grace")

    destroyed = await vault.destroy(ctx, [thing])

    assert destroyed == 1
    assert await vault.open(ctx, "test.text", gone) is None
    assert await vault.open(ctx, "test.text", kept) == "Grace"


async def test_a_new_key_does_not_open_what_the_destroyed_one_sealed(ctx: Ctx) -> None:
    thing = new_id()
    old = await vault.seal(ctx, thing, "test.text", "Ada")
    await vault.destroy(ctx, [thing])

    await vault.seal(ctx, thing, "test.text", "Grace")

    assert await vault.open(ctx, "test.text", old) is None


async def test_sealed_texts_open_for_no_other_purpose(ctx: Ctx) -> None:
    sealed = await vault.seal(ctx, new_id(), "test.text", "Ada")

    with pytest.raises(SecretUnreadable):
        await vault.open(ctx, "test.other", sealed)
    with pytest.raises(SecretUnreadable):
        await vault.open(ctx, "test.text", "not sealed")


async def test_a_stranger_reads_nothing(ctx: Ctx, begin: Begin, stranger: UUID) -> None:
    sealed = await vault.seal(ctx, new_id(), "test.text", "Ada")

    async with begin(workspace_id=stranger) as theirs:
        assert await vault.open(theirs, "test.text", sealed) is None


async def test_keys_survive_a_rotation_of_the_key_file(
    database: Database, begin: Begin, database_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM data_keys")  # wrapped by other tests' key files
    database.ports.provide(KeyRing, KeyRing(tmp_path / "keys"))
    async with begin() as ctx:
        sealed = await vault.seal(ctx, new_id(), "test.text", "Ada")

    await rotate(database, forget_old=True)

    async with begin() as ctx:
        assert await vault.open(ctx, "test.text", sealed) == "Ada"
