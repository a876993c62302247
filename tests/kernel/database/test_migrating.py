"""How migrations take their locks, and what happens when they break off."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rapport.kernel.database import migrations
from rapport.kernel.database.ddl import OUTSIDE
from rapport.kernel.database.migrations import DatabaseBusy, current, head, upgrade
from rapport.kernel.ids import new_id
from rapport.server.migrate import SCRIPTS

MIGRATION = """
from alembic import op
from rapport.kernel.database.ddl import run_file
revision = "{name}"
down_revision = "{before}"
branch_labels = depends_on = None
def upgrade():
    run_file(op, __file__)
"""


@pytest.fixture
def url(database_url: str) -> Iterator[str]:
    """A copy of the migrated database, for this test alone."""
    name = f"migrating_{new_id().hex}"
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{name}"')
    url = database_url.replace("/rapport?", f"/{name}?")
    upgrade(url, SCRIPTS)
    yield url
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def scripts() -> Iterator[Path]:
    """Our migrations in a folder of the test's own."""
    with tempfile.TemporaryDirectory(prefix="rapport-") as folder:
        copy = Path(folder) / "migrations"
        shutil.copytree(SCRIPTS, copy, ignore=shutil.ignore_patterns("__pycache__"))
        yield copy


def add(scripts: Path, name: str, sql: str) -> None:
    before = head(scripts)
    path = scripts / "versions" / f"m{name}.py"
    path.write_text(MIGRATION.format(name=name, before=before))
    path.with_suffix(".sql").write_text(sql)


def revision(url: str) -> str | None:
    with psycopg.connect(url) as owner:
        return current(owner)


def test_a_migration_that_does_not_get_its_lock_lets_writers_pass(url: str, scripts: Path) -> None:
    add(scripts, "9001_column", "ALTER TABLE workspaces ADD COLUMN motto text;")
    with psycopg.connect(url) as reader:
        reader.execute("SELECT count(*) FROM workspaces")
        migration = threading.Thread(target=upgrade, args=(url, scripts))
        migration.start()
        waits: list[float] = []
        with psycopg.connect(url, autocommit=True) as writer:
            until = time.monotonic() + 3
            while time.monotonic() < until:
                began = time.monotonic()
                writer.execute("UPDATE workspaces SET name = name")
                waits.append(time.monotonic() - began)
        assert migration.is_alive(), "it waits for the reader"
    migration.join(30)

    assert revision(url) == "9001_column"
    assert 0.2 < max(waits) <= 1.0, "writers stood behind it, and not for long"


def test_a_migration_gives_up_in_the_end(url: str, scripts: Path) -> None:
    add(scripts, "9001_column", "ALTER TABLE workspaces ADD COLUMN motto text;")
    before = revision(url)
    with psycopg.connect(url) as reader:
        reader.execute("SELECT count(*) FROM workspaces")
        with pytest.raises(DatabaseBusy):
            upgrade(url, scripts, patience_s=0)

    assert revision(url) == before


def test_an_index_is_built_while_writers_work_and_again_when_it_broke_off(
    url: str, scripts: Path
) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO workspaces (id, name, slug, created_at) VALUES "
            "(gen_random_uuid(), 'Twin', 'a', now()), (gen_random_uuid(), 'Twin', 'b', now())"
        )
    add(
        scripts,
        "9001_index",
        f"{OUTSIDE}\nDROP INDEX CONCURRENTLY IF EXISTS uq_name;\n"
        "CREATE UNIQUE INDEX CONCURRENTLY uq_name ON workspaces (name);",
    )
    with pytest.raises(psycopg.errors.UniqueViolation):
        upgrade(url, scripts)
    assert revision(url) != "9001_index"

    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("UPDATE workspaces SET name = slug")
        upgrade(url, scripts)
        valid = owner.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'uq_name'::regclass"
        )
        assert valid.fetchone() == (True,)

    assert revision(url) == "9001_index"


def test_what_came_before_a_failing_migration_stays(url: str, scripts: Path) -> None:
    add(scripts, "9001_good", "CREATE TABLE good (id int);")
    add(scripts, "9002_bad", "CREATE TABLE bad (id int); SELECT 1 / 0;")

    with pytest.raises(psycopg.errors.DivisionByZero):
        upgrade(url, scripts)

    with psycopg.connect(url) as owner:
        assert current(owner) == "9001_good"
        assert owner.execute("SELECT to_regclass('good'), to_regclass('bad')").fetchone() == (
            "good",
            None,
        )


def test_a_database_that_is_further_is_left_alone(url: str, scripts: Path) -> None:
    add(scripts, "9001_later", "CREATE TABLE later (id int);")
    upgrade(url, scripts)

    upgrade(url, SCRIPTS)

    assert revision(url) == "9001_later"
    assert not migrations.is_behind("9001_later", head(SCRIPTS))
    assert migrations.is_behind(None, head(SCRIPTS))
