import psycopg
import pytest

from rapport.kernel.database.embedded import binaries
from rapport.server.backup import programs
from rapport.server.backup.errors import ProgramTooOld


def test_our_own_programs_serve_our_own_server_and_older_ones() -> None:
    assert programs.suitable("pg_restore", 180_004) == binaries() / "pg_restore"
    assert programs.suitable("pg_restore", 150_020) == binaries() / "pg_restore"


def test_a_newer_server_needs_newer_programs_and_the_message_says_which() -> None:
    with pytest.raises(ProgramTooOld, match="postgresql-client-99"):
        programs.suitable("pg_dump", 990_000)


def test_a_server_is_dumped_by_a_program_of_its_own_version(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        assert programs.dumping(owner) == binaries() / "pg_dump"


def test_a_password_is_never_among_the_arguments() -> None:
    where, environment = programs.target(
        "postgresql://desk:secret@db.example.com:6432/desk?sslmode=require"
    )

    assert "secret" not in where
    assert "sslmode=require" in where
    assert environment["PGPASSWORD"] == "secret"
