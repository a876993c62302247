"""The key that signs a workspace's reply tokens."""

import asyncio
from uuid import UUID

import psycopg

from rapport.channels.email.threading import key_of
from rapport.kernel.settings import workspace as settings
from tests.conftest import Begin


async def test_the_key_is_made_once(begin: Begin) -> None:
    async with begin() as ctx:
        first = await key_of(ctx)
    async with begin() as ctx:
        again = await key_of(ctx)

    assert first == again
    assert len(first) == 32


async def test_many_at_once_get_the_same_key(begin: Begin) -> None:
    async def asked() -> bytes:
        async with begin() as ctx:
            return await key_of(ctx)

    assert len(set(await asyncio.gather(*(asked() for _ in range(10))))) == 1


async def test_each_workspace_has_its_own(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        ours = await key_of(ctx)
    async with begin(workspace_id=stranger) as ctx:
        theirs = await key_of(ctx)

    assert ours != theirs


async def test_it_is_neither_readable_at_rest_nor_among_the_settings(
    begin: Begin, database_url: str, workspace: UUID
) -> None:
    async with begin() as ctx:
        key = await key_of(ctx)
        shown = await settings.everything(ctx)

    with psycopg.connect(database_url) as owner:
        rows = owner.execute(
            "SELECT value::text FROM workspace_settings WHERE workspace_id = %s", (workspace,)
        ).fetchall()
    assert len(rows) == 1
    assert key.hex() not in str(rows)
    assert not any("reply_key" in name for name in shown)
