"""What a database holds: for every table its rows, and a hash that does not mind their order."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import psycopg
from psycopg import sql

from rapport.server.backup.errors import RestoreFailed

Said = Callable[[str], None]
Tables = dict[str, tuple[int, str]]

_TABLES: Final = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace
        AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
    ORDER BY c.relname
"""
_SAME_TEXT: Final = """
    SET LOCAL timezone = 'UTC';
    SET LOCAL datestyle = 'ISO';
    SET LOCAL intervalstyle = 'postgres';
    SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1
"""
# Two hashes of 64 bits each, added up: the order of rows does not matter, their number does.
_SUM: Final = sql.SQL("""
    SELECT count(*),
        coalesce(sum(hashtextextended(whole::text, 1)::numeric), 0)::text || ':' ||
        coalesce(sum(hashtextextended(whole::text, 2)::numeric), 0)::text
    FROM public.{table} AS whole
""")


def tables(connection: psycopg.Connection) -> list[str]:
    """The names of our tables."""
    return [name for (name,) in connection.execute(_TABLES)]


def summed(connection: psycopg.Connection, said: Said) -> Tables:
    """Rows and hash of every table, in the caller's transaction; `said` hears each name before."""
    for statement in _SAME_TEXT.split(";"):
        connection.execute(statement)
    return dict(_each(connection, said))


def _each(connection: psycopg.Connection, said: Said) -> Iterator[tuple[str, tuple[int, str]]]:
    for table in tables(connection):
        said(table)
        row = connection.execute(_SUM.format(table=sql.Identifier(table))).fetchone()
        assert row is not None
        yield table, (row[0], row[1])


def count(connection: psycopg.Connection, table: str) -> int:
    """How many rows a table has."""
    counting = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
    row = connection.execute(counting).fetchone()
    assert row is not None
    return int(row[0])


def compare(wanted: dict[str, Any], found: Tables) -> None:
    """Refuse a database that does not hold what the backup's manifest names.

    Raises:
        RestoreFailed: a table is missing, or has other rows.
    """
    for table, (rows, digest) in wanted.items():
        have = found.get(table)
        if have is None:
            raise RestoreFailed(f"The table {table} was not restored.")
        if have != (rows, digest):
            raise RestoreFailed(
                f"The table {table} was restored with {have[0]} rows instead of {rows}, "
                "or with other content."
            )
