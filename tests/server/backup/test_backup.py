"""`rapport backup` and `rapport restore`, as somebody would call them."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.migrations import RESTORING, RestoreUnfinished, upgrade
from rapport.kernel.files.store import path_of
from rapport.kernel.ids import new_id
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.settings.process import Settings
from rapport.server.backup import errors, manifest, runs
from rapport.server.backup.container import Reader, Writer
from rapport.server.backup.making import FILE
from rapport.server.commands import backup, restore
from rapport.server.migrate import SCRIPTS

Run = Callable[..., Result]
PICTURE = b"\x89PNG" + bytes(range(256)) * 9


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def desk(folder: Path) -> Path:
    """The data folder of a desk whose database is the one of the test run."""
    desk = folder / "desk"
    KeyRing.at(Settings(data_dir=desk))
    return desk


@pytest.fixture
def run(database_url: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def invoke(app: object, *arguments: object, **environment: object) -> Result:
        settings = {"RAPPORT_DATABASE_URL": database_url, "RAPPORT_DATA_DIR": desk} | environment
        for name, value in settings.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, str(value))
        return CliRunner().invoke(app, [str(a) for a in arguments])  # type: ignore[arg-type]

    return invoke


@pytest.fixture
def file_id(database_url: str, desk: Path, workspace: UUID) -> UUID:
    """A file in the store, named in the database."""
    file_id = new_id()
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM files")  # of other tests, whose store was another one
        owner.execute(
            "INSERT INTO files (workspace_id, id, created_at, name, content_type, size_bytes, "
            "sha256, has_preview, status, uploaded_by) VALUES (%s, %s, now(), 'a.png', "
            "'image/png', %s, encode(sha256(%s), 'hex'), false, 'uploaded', 'system')",
            (workspace, file_id, len(PICTURE), PICTURE),
        )
    place = desk / "files" / path_of(workspace, file_id)
    place.parent.mkdir(parents=True)
    place.write_bytes(PICTURE)
    return file_id


@pytest.fixture
def empty(database_url: str) -> Iterator[str]:
    """An empty database on the same server, as if it were external."""
    name = f"empty_{new_id().hex}"
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{name}"')
        yield database_url.replace("/rapport?", f"/{name}?")
        owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def key(folder: Path) -> Path:
    path = folder / "key"
    path.write_bytes(bytes(range(32)))
    return path


def contents(url: str) -> dict[str, tuple[int, str]]:
    with psycopg.connect(url) as owner:
        return manifest.summed(owner, lambda _: None)


def renamed(source: Path, target: Path, old: str, new: str) -> None:
    """Copy a backup that is not encrypted, with one of its files under another name."""
    with source.open("rb") as file, target.open("wb") as out:
        reader = Reader(file)
        held: dict[str, bytes] = {}
        for name, piece in reader.entries(None):
            held[name] = held.get(name, b"") + (piece or b"")
        writer = Writer(out, None, reader.about)
        entries = [
            writer.entry(FILE + new if name == FILE + old else name, iter([content]))
            for name, content in held.items()
        ]
        listed = [[entry.name, entry.size, entry.sha256] for entry in entries]
        writer.finish(reader.manifest | {"entries": listed})


def test_a_backup_comes_back_in_an_empty_folder(
    run: Run, folder: Path, key: Path, workspace: UUID, file_id: UUID, desk: Path
) -> None:
    made = run(backup.app, folder / "a.backup", "--key-file", key, "--json")
    assert made.exit_code == 0, made.output
    fresh = folder / "fresh"

    restored = run(
        restore.app, folder / "a.backup", "--key-file", key, "--json",
        RAPPORT_DATABASE_URL=None, RAPPORT_DATA_DIR=fresh,
    )  # fmt: skip

    assert restored.exit_code == 0, restored.output
    before, after = (json.loads(r.output.splitlines()[-1]) for r in (made, restored))
    assert (after["rows"], after["tables"]) == (before["rows"], before["tables"])
    assert (after["files"], after["keys"]) == (1, "restored")
    assert (fresh / "files" / path_of(workspace, file_id)).read_bytes() == PICTURE
    assert (fresh / "keys").read_text() == (desk / "keys").read_text()
    assert (fresh / "keys").stat().st_mode & 0o077 == 0
    server = EmbeddedPostgres(fresh, fsync=False)
    server.start()
    try:
        with psycopg.connect(server.url) as owner:
            found = owner.execute("SELECT id FROM workspaces WHERE id = %s", (workspace,))
            assert found.fetchone() == (workspace,)
            ahead = owner.execute(
                "SELECT count(*) FROM events WHERE tx >= pg_current_xact_id()::text::bigint"
            ).fetchone()
            assert ahead == (0,), "positions are below the new server's transactions"
    finally:
        server.stop()


def test_a_backup_comes_back_in_an_empty_database(
    run: Run, folder: Path, empty: str, database_url: str, file_id: UUID
) -> None:
    before = contents(database_url)
    assert run(backup.app, folder / "a.backup").exit_code == 0

    restored = run(
        restore.app, folder / "a.backup",
        RAPPORT_DATABASE_URL=empty, RAPPORT_DATA_DIR=folder / "fresh",
    )  # fmt: skip

    assert restored.exit_code == 0, restored.output
    assert "Sealed secrets (channel passwords, provider keys) stay closed" in restored.output
    assert contents(empty) == before
    upgrade(empty, SCRIPTS)
    with psycopg.connect(empty) as owner:
        owner.execute("SET ROLE rapport_app")
        assert owner.execute("SELECT count(*) FROM workspaces").fetchone() == (0,)


def test_what_was_written_meanwhile_is_whole_or_absent(
    run: Run, folder: Path, workspace: UUID
) -> None:
    made = run(backup.app, folder, "--json")

    assert made.exit_code == 0, made.output
    assert (
        run(restore.app, json.loads(made.output.splitlines()[-1])["path"], "--check").exit_code == 0
    )


def test_an_unencrypted_backup_holds_no_keys_and_says_so(
    run: Run, folder: Path, desk: Path
) -> None:
    made = run(backup.app, folder / "a.backup")

    assert "NOT encrypted, and therefore without" in made.output
    secret = (desk / "keys").read_text().split()[1]
    assert secret.encode() not in (folder / "a.backup").read_bytes()


def test_a_file_that_the_store_lost_is_named(run: Run, folder: Path, file_id: UUID) -> None:
    for path in (folder / "desk" / "files").rglob(str(file_id)):
        path.write_bytes(b"something else")

    made = run(backup.app, folder / "a.backup", "--json")

    assert made.exit_code == 0
    assert f"{file_id}" in json.loads(made.output.splitlines()[-1])["missing"][0]


def test_a_backup_never_replaces_a_file(run: Run, folder: Path) -> None:
    (folder / "a.backup").write_text("precious")

    refused = run(backup.app, folder / "a.backup")

    assert isinstance(refused.exception, errors.BackupExists)
    assert (folder / "a.backup").read_text() == "precious"


def test_a_backup_that_fails_leaves_nothing_but_a_note(
    run: Run, folder: Path, database_url: str, desk: Path
) -> None:
    (desk / "keys").chmod(0o644)  # which is refused after the file was begun
    (folder / "key").write_bytes(bytes(32))

    failed = run(backup.app, folder / "new" / "a.backup", "--key-file", folder / "key")

    assert failed.exit_code != 0
    assert list((folder / "new").iterdir()) == []
    with psycopg.connect(database_url) as owner:
        latest = runs.latest(owner)[runs.BACKUP]
    assert not latest.good
    assert "Others may read the key file" in latest.detail


def test_a_full_folder_and_a_full_database_are_refused(
    run: Run, folder: Path, desk: Path, database_url: str
) -> None:
    assert run(backup.app, folder / "a.backup").exit_code == 0
    before = contents(database_url)
    (folder / "full" / "postgres").mkdir(parents=True)

    into_folder = run(
        restore.app, folder / "a.backup",
        RAPPORT_DATABASE_URL=None, RAPPORT_DATA_DIR=folder / "full",
    )  # fmt: skip
    into_database = run(restore.app, folder / "a.backup", RAPPORT_DATA_DIR=folder / "fresh")

    assert isinstance(into_folder.exception, errors.NotEmpty)
    assert "holds a database already" in into_folder.exception.detail
    assert isinstance(into_database.exception, errors.NotEmpty)
    assert "tables already" in into_database.exception.detail
    assert contents(database_url) == before


@pytest.mark.parametrize("damage", ["cut off", "changed", "wrong key", "newer"])
def test_what_cannot_be_restored_leaves_nothing(
    run: Run, folder: Path, key: Path, empty: str, damage: str, file_id: UUID
) -> None:
    path = folder / "a.backup"
    assert run(backup.app, path, "--key-file", key).exit_code == 0
    raw = path.read_bytes()
    if damage == "cut off":
        path.write_bytes(raw[: len(raw) // 2])
    elif damage == "changed":
        path.write_bytes(raw[:-40] + bytes([raw[-40] ^ 1]) + raw[-39:])
    elif damage == "newer":
        path.write_bytes(raw.replace(b'"revision": "00', b'"revision": "99', 1))
    else:
        key.write_bytes(bytes(32))
    fresh = folder / "fresh"

    refused = run(
        restore.app, path, "--key-file", key, RAPPORT_DATABASE_URL=empty, RAPPORT_DATA_DIR=fresh
    )

    assert isinstance(
        refused.exception, errors.BackupDamaged | errors.BackupKeyWrong | errors.TooNew
    )
    assert contents(empty) == {}
    assert [path.name for path in fresh.iterdir()] == ["instance.lock"]


@pytest.mark.parametrize(
    "name", ["../../escaped", "/tmp/escaped", "{workspace}/00/../../../../keys", "{whole}/.."]
)
def test_a_backup_that_names_a_file_elsewhere_is_refused_and_writes_none(
    run: Run, folder: Path, empty: str, workspace: UUID, file_id: UUID, name: str
) -> None:
    assert run(backup.app, folder / "good.backup").exit_code == 0
    whole = path_of(workspace, file_id)
    hostile = name.format(workspace=workspace, whole=whole)
    renamed(folder / "good.backup", folder / "hostile.backup", whole, hostile)
    before = {path for path in folder.rglob("*") if "fresh" not in path.parts}

    refused = run(
        restore.app, folder / "hostile.backup",
        RAPPORT_DATABASE_URL=empty, RAPPORT_DATA_DIR=folder / "fresh",
    )  # fmt: skip

    assert isinstance(refused.exception, errors.RestoreFailed)
    assert "as Rapport never does" in refused.exception.detail
    assert {path for path in folder.rglob("*") if "fresh" not in path.parts} == before
    assert [path.name for path in (folder / "fresh").iterdir()] == ["instance.lock"]
    assert contents(empty) == {}


def test_a_restore_that_was_killed_is_refused_by_serve_and_cleared_by_the_next(
    run: Run, folder: Path, empty: str, database_url: str
) -> None:
    assert run(backup.app, folder / "a.backup").exit_code == 0
    before = contents(database_url)
    with psycopg.connect(empty, autocommit=True) as owner:
        owner.execute(f"CREATE SCHEMA {RESTORING}; CREATE TABLE half (done boolean)")
    with pytest.raises(RestoreUnfinished):
        upgrade(empty, SCRIPTS)

    restored = run(
        restore.app, folder / "a.backup",
        RAPPORT_DATABASE_URL=empty, RAPPORT_DATA_DIR=folder / "fresh",
    )  # fmt: skip

    assert restored.exit_code == 0, restored.output
    assert contents(empty).keys() == before.keys()
    upgrade(empty, SCRIPTS)
