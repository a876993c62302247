"""How migrations speak to the database: in SQL files, exactly as written."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection

from rapport.kernel.database import statements

OUTSIDE: Final = "-- outside a transaction"
"""The first line of a file whose statements cannot share one, e.g. CREATE INDEX CONCURRENTLY."""


class Context(Protocol):
    """What we use of Alembic's migration context."""

    def autocommit_block(self) -> AbstractContextManager[None]:
        """Commit what was done, and leave transactions aside for a while."""


class Operations(Protocol):
    """What we use of Alembic's `op`."""

    def get_bind(self) -> Connection:
        """The connection the migration runs on."""

    def get_context(self) -> Context:
        """The migration that is running."""


def run_file(op: Operations, migration: str) -> None:
    """Execute the `.sql` file beside the Python file `migration`: any number of statements.

    Nothing is replaced in it; colons, percents and dollars are PostgreSQL's. That file is frozen
    with the release it came with: it never asks the models, which go on changing.

    A file that begins with `OUTSIDE` runs statement by statement, each committed by itself, and
    waits for locks as long as it takes: it holds up nobody. When it breaks off it begins anew.

    Raises:
        psycopg.Error: PostgreSQL refused a statement.
    """
    sql = Path(migration).with_suffix(".sql").read_text("utf-8")
    if not sql.startswith(OUTSIDE):
        _execute(op, sql)
        return
    with op.get_context().autocommit_block():
        _execute(op, "SET lock_timeout = 0")
        try:
            for statement in statements.split(sql):
                _execute(op, statement)
        finally:
            _execute(op, "RESET lock_timeout")


def _execute(op: Operations, sql: str) -> None:
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)
