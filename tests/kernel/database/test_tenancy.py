from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database


async def test_a_unit_of_work_sees_its_own_workspace_only(
    database: Database, workspace: UUID, stranger: UUID
) -> None:
    async with database.begin(workspace, SYSTEM) as ctx:
        seen = (await ctx.session.execute(text("SELECT id FROM workspaces"))).scalars().all()

    assert seen == [workspace]


async def test_without_a_workspace_no_tenant_row_is_seen(
    database: Database, workspace: UUID
) -> None:
    async with database.connect() as session:
        tables = await session.scalars(
            text(
                "SELECT c.table_name FROM information_schema.columns c"
                " JOIN information_schema.table_privileges p USING (table_schema, table_name)"
                " WHERE c.column_name = 'workspace_id' AND c.table_schema = 'public'"
                "  AND p.grantee = 'rapport_app' AND p.privilege_type = 'SELECT'"
            )
        )
        for table in [*tables, "workspaces"]:
            count = await session.scalar(text(f"SELECT count(*) FROM {table}"))
            assert count == 0, f"{table} shows rows without a workspace"


def test_every_table_of_a_workspace_is_protected(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        bare = owner.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'workspace_id' AND c.relkind IN ('r', 'p')"
            " AND NOT c.relrowsecurity AND c.relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert bare == []


async def test_the_application_owns_nothing(database: Database) -> None:
    async with database.connect() as session:
        role = await session.scalar(text("SELECT current_user"))
        owned = await session.scalar(
            text("SELECT count(*) FROM pg_class WHERE relowner = 'rapport_app'::regrole")
        )
    assert (role, owned) == ("rapport_app", 0)


async def test_work_that_raises_leaves_nothing(database: Database, workspace: UUID) -> None:
    async def rename_and_fail() -> None:
        async with database.begin(workspace, SYSTEM) as ctx:
            await ctx.session.execute(text("UPDATE workspaces SET name = 'Other'"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await rename_and_fail()

    async with database.begin(workspace, SYSTEM) as ctx:
        assert await ctx.session.scalar(text("SELECT name FROM workspaces")) == "Acme"
