"""The application role, pgvector, and workspaces."""

from typing import cast

from alembic import op
from sqlalchemy import Table
from sqlalchemy.schema import CreateTable

from rapport.kernel.database.ddl import run
from rapport.kernel.database.engine import APPLICATION_ROLE
from rapport.kernel.models import Workspace

revision = "0001_kernel"
down_revision = None
branch_labels = None
depends_on = None

ROLE = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
        CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOINHERIT;
    END IF;
    IF NOT pg_has_role(current_user, '{APPLICATION_ROLE}', 'MEMBER') THEN
        EXECUTE format('GRANT {APPLICATION_ROLE} TO %I', current_user);
    END IF;
END $$
"""


def upgrade() -> None:
    """Create them. A role belongs to the whole server, so it may be there already."""
    run(op, ROLE)
    run(op, f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}")
    run(op, "CREATE EXTENSION IF NOT EXISTS vector")
    op.execute(CreateTable(cast("Table", Workspace.__table__)))
    run(op, "ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY")
    mine = "id = nullif(current_setting('app.workspace_id', true), '')::uuid"
    run(op, f"CREATE POLICY workspace ON workspaces USING ({mine}) WITH CHECK ({mine})")
    run(op, f"GRANT SELECT, INSERT, UPDATE ON workspaces TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
