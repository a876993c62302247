"""What migrations say about tenancy: protected tables, and functions that may look across it."""

from typing import Any, Protocol

from sqlalchemy import Connection, Table
from sqlalchemy.schema import CreateIndex, CreateTable

from rapport.kernel.database.urls import APPLICATION_ROLE
from rapport.kernel.models import Model, WorkspaceModel


class Operations(Protocol):
    """What we use of Alembic's `op`."""

    def get_bind(self) -> Connection:
        """The connection the migration runs on."""

    def execute(self, sqltext: Any) -> None:
        """Run one construct of SQLAlchemy."""


def run(op: Operations, sql: str) -> None:
    """Execute one statement exactly as written: no bind parameters, colons and percents included.

    Raises:
        psycopg.Error: PostgreSQL refused it.
    """
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def create(op: Operations, *models: type[Model]) -> None:
    """Create the tables and indexes of `models`, in this order, and protect the tenants' ones."""
    for model in models:
        table = model.__table__
        assert isinstance(table, Table)
        op.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            op.execute(CreateIndex(index))
        if issubclass(model, WorkspaceModel) or "workspace_id" in table.columns:
            protect(op, table.name)


def protect(op: Operations, table: str, *, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Show the rows of `table` only to units of work of their own workspace.

    Without `app.workspace_id` in the session there are no rows at all. The owner is exempt, which
    SECURITY DEFINER functions rely on; the application never runs as the owner.
    """
    mine = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
    run(op, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    run(op, f"CREATE POLICY workspace ON {table} USING ({mine}) WITH CHECK ({mine})")
    grant(op, table, grants)


def grant(op: Operations, table: str, grants: str) -> None:
    """Let the application role use a table."""
    run(op, f"REVOKE ALL ON {table} FROM {APPLICATION_ROLE}")
    run(op, f"GRANT {grants} ON {table} TO {APPLICATION_ROLE}")


def define(op: Operations, sql: str) -> None:
    """Create one SECURITY DEFINER function, callable by the application role only.

    `sql` is `name(arguments) RETURNS … LANGUAGE … [STABLE] AS $$ … $$`: the part after
    `CREATE OR REPLACE FUNCTION`. Its search path is fixed, so that nobody can slip in a table.
    """
    signature = _signature(sql)
    run(op, f"CREATE OR REPLACE FUNCTION {sql}")
    run(op, f"ALTER FUNCTION {signature} SECURITY DEFINER SET search_path = public, pg_temp")
    run(op, f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    run(op, f"GRANT EXECUTE ON FUNCTION {signature} TO {APPLICATION_ROLE}")


def _signature(sql: str) -> str:
    """The bare name of the function, which is unique among ours (none is overloaded)."""
    return sql.strip().split("(", 1)[0].strip()
