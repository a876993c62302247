"""The migrations, against the models, the functions' sources, and databases that hold something."""

import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

import rapport.server.tables  # noqa: F401 - registers every room's tables
from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.migrations import (
    DatabaseNotOurs,
    DatabaseTooOld,
    check,
    current,
    head,
    upgrade,
)
from rapport.kernel.ids import new_id
from rapport.kernel.models import Model
from rapport.server.migrate import SCRIPTS
from tests.conftest import PROJECT

REVISIONS = sorted(path.stem.removeprefix("m") for path in (SCRIPTS / "versions").glob("m*.py"))
FUNCTION = re.compile(r"^(?:CREATE FUNCTION )?(\w+)\(.*?AS (\$\w*\$)(.*)\2", re.DOTALL)

# What is put in after each revision: enough for later ones to move, copy and constrain.
ROWS = {
    "0001_kernel": """
        INSERT INTO workspaces (id, name, slug, created_at) VALUES (%(w)s, 'A', 'a', now())
    """,
    "0002_auth": """
        INSERT INTO users (id, email, name, created_at) VALUES (%(w)s, 'a@example.com', 'A', now());
        INSERT INTO memberships (workspace_id, id, user_id, role, created_at)
        VALUES (%(w)s, %(w)s, %(w)s, 'owner', now())
    """,
    "0003_log": """
        INSERT INTO events (workspace_id, name, actor, payload) VALUES (%(w)s, 'x', 'system', '{}')
    """,
    "0004_conversations": """
        INSERT INTO inboxes (workspace_id, id, name, channel, created_at)
        VALUES (%(w)s, %(w)s, 'Chat', 'webchat', now());
        INSERT INTO customers (workspace_id, id, first_seen_at, last_seen_at, created_at)
        VALUES (%(w)s, %(w)s, now(), now(), now());
        INSERT INTO conversations (workspace_id, id, number, inbox_id, customer_id,
            last_activity_at, public_activity_at, created_at)
        VALUES (%(w)s, %(w)s, 1, %(w)s, %(w)s, now(), now(), now());
        INSERT INTO messages (workspace_id, conversation_id, seq, id, kind, author_kind,
            author_name, body, html, cards, attachment_ids, created_at)
        VALUES (%(w)s, %(w)s, 1, %(w)s, 'message', 'customer', 'A', 'Hi', 'Hi', '[]', '{}', now())
    """,
    "0006_knowledge": """
        INSERT INTO articles (workspace_id, id, title, slug, locale, status, summary, body, version,
            word_count, updated_at, created_at)
        VALUES (%(w)s, %(w)s, 'T', 't', 'en', 'draft', '', 'B', 1, 1, now(), now());
        INSERT INTO chunks (workspace_id, id, article_id, kind, position, heading, text, embedding,
            model, created_at)
        VALUES (%(w)s, %(w)s, %(w)s, 'title', 0, '', 'T', array_fill(0.5, ARRAY[384])::vector,
            'm/1', now())
    """,
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server of its own: roles belong to a whole server."""
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder), fsync=False)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def new_database(server: EmbeddedPostgres, name: str, owner: str = "postgres") -> str:
    """An empty database of `owner`, and its URL for them."""
    with psycopg.connect(server.url, autocommit=True) as administrator:
        administrator.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')
    return server.url.replace("/rapport?", f"/{name}?").replace("postgres@", f"{quote(owner)}@")


def new_account(server: EmbeddedPostgres, name: str, rights: str = "") -> str:
    with psycopg.connect(server.url, autocommit=True) as administrator:
        administrator.execute(f'CREATE ROLE "{name}" LOGIN {rights}')
    return name


def test_the_models_and_the_migrated_database_agree(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))

    def ours(thing: Any, _name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
        # Tables without a model (rate limits, jobs) are nobody's business here.
        return not (kind == "table" and reflected and thing.name not in Model.metadata.tables)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        difference = compare_metadata(context, Model.metadata)
    engine.dispose()

    assert difference == []


def test_the_functions_in_the_rooms_are_those_in_the_database(database_url: str) -> None:
    sources = sorted((PROJECT / "src" / "rapport").glob("**/sql/*.sql"))
    assert sources
    with psycopg.connect(database_url) as owner:
        for path in sources:
            found = FUNCTION.match(path.read_text("utf-8"))
            assert found is not None, f"{path} is not one function"
            row = owner.execute(
                "SELECT prosrc FROM pg_proc WHERE proname = %s", (found[1],)
            ).fetchone()
            assert row is not None, f"{found[1]} is in no migration"
            assert row[0] == found[3], f"{path} has changed: write a migration that defines it"


def test_every_function_that_looks_across_workspaces_is_closed_to_others(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        open_to_all = owner.execute(
            "SELECT proname FROM pg_proc WHERE prosecdef"
            " AND pronamespace = 'public'::regnamespace"
            " AND (has_function_privilege('public', oid, 'EXECUTE')"
            "  OR NOT coalesce(proconfig::text, '') LIKE '%search_path=public, pg_temp%')"
        ).fetchall()
    assert open_to_all == []


def test_migrations_run_forward_on_a_database_that_holds_something(
    server: EmbeddedPostgres,
) -> None:
    url, workspace = new_database(server, "forward"), new_id()

    for revision in REVISIONS:
        upgrade(url, SCRIPTS, revision=revision)
        with psycopg.connect(url) as owner:
            assert current(owner) == revision
            if revision in ROWS:
                for statement in ROWS[revision].split(";"):
                    owner.execute(statement, {"w": workspace})

    with psycopg.connect(url) as owner:
        kept = ("users", "events", "conversations", "messages", "articles")
        for table in (*kept, "search_indexes", "chunk_vectors"):
            row = owner.execute(f'SELECT count(*) FROM "{table}"').fetchone()
            assert row == (1,), table


def test_a_migrated_database_is_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        before = owner.execute("SELECT xmin, version_num FROM alembic_version").fetchone()

    upgrade(database_url, SCRIPTS)

    with psycopg.connect(database_url) as owner:
        after = owner.execute("SELECT xmin, version_num FROM alembic_version").fetchone()
        assert (after, current(owner)) == (before, head(SCRIPTS))


def test_two_processes_that_migrate_at_once_wait_for_each_other(server: EmbeddedPostgres) -> None:
    url = new_database(server, "twice")

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(upgrade, url, SCRIPTS) for _ in range(2)]:
            done.result(60)

    with psycopg.connect(url) as owner:
        assert current(owner) == head(SCRIPTS)


def test_an_owner_without_superuser_rights_can_migrate_an_external_database() -> None:
    # A server where nobody has made the application's role yet.
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder), fsync=False)
        server.start()
        try:
            url = new_database(server, "desk", new_account(server, "owner", "CREATEROLE"))
            with psycopg.connect(
                server.url.replace("/rapport?", "/desk?"), autocommit=True
            ) as administrator:
                administrator.execute("CREATE EXTENSION vector")

            upgrade(url, SCRIPTS)

            with psycopg.connect(url) as owner:
                owner.execute("SET ROLE rapport_app")
                row = owner.execute("SELECT count(*) FROM conversations").fetchone()
                assert row == (0,)
        finally:
            server.stop()


def test_an_owner_who_may_not_do_it_is_told_what_to_ask_for(server: EmbeddedPostgres) -> None:
    upgrade(new_database(server, "first"), SCRIPTS)  # makes the role, which is not the guest's
    url = new_database(server, "refused", new_account(server, "guest"))

    with pytest.raises(DatabaseNotOurs, match="CREATE EXTENSION IF NOT EXISTS vector") as refused:
        upgrade(url, SCRIPTS)

    assert 'GRANT rapport_app TO "guest"' in refused.value.detail
    with psycopg.connect(url) as owner:
        assert current(owner) is None


def test_an_old_server_is_refused() -> None:
    old = cast("psycopg.Connection", SimpleNamespace(info=SimpleNamespace(server_version=140_011)))

    with pytest.raises(DatabaseTooOld, match="This is PostgreSQL 14; Rapport needs 15 or later"):
        check(old)


def test_a_server_without_pgvector_is_refused() -> None:
    bare = cast(
        "psycopg.Connection",
        SimpleNamespace(
            info=SimpleNamespace(server_version=160_002),
            execute=lambda _: SimpleNamespace(rowcount=0),
        ),
    )

    with pytest.raises(DatabaseTooOld, match="pgvector"):
        check(bare)
