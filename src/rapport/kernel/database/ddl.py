"""How migrations speak to the database: in SQL files, exactly as written."""

from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection


class Operations(Protocol):
    """What we use of Alembic's `op`."""

    def get_bind(self) -> Connection:
        """The connection the migration runs on."""


def run_file(op: Operations, migration: str) -> None:
    """Execute the `.sql` file beside the Python file `migration`: any number of statements.

    Nothing is replaced in it; colons, percents and dollars are PostgreSQL's. That file is frozen
    with the release it came with: it never asks the models, which go on changing.

    Raises:
        psycopg.Error: PostgreSQL refused a statement.
    """
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(Path(migration).with_suffix(".sql").read_text("utf-8"))
