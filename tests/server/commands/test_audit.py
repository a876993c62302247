from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from rapport.kernel.audit import service as audit
from rapport.server.commands import audit as command
from tests.conftest import Begin

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RAPPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("RAPPORT_DATA_DIR", str(tmp_path))

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(command.app, ["verify", *map(str, arguments)])

    return invoke


@pytest.fixture
async def records(begin: Begin) -> None:
    for n in range(3):
        async with begin() as ctx:
            await audit.record(ctx, "thing.done", subject=f"thing:{n}", details={})


@pytest.mark.usefixtures("records")
def test_an_intact_record_prints_what_to_keep_and_is_checked_against_it(
    run: Run, workspace: UUID, database_url: str
) -> None:
    first = run("--workspace", workspace)
    assert first.exit_code == 0, first.output
    kept = first.output.split("keep ")[1].strip()
    assert run("--workspace", workspace, "--kept", kept).exit_code == 0

    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")  # past the trigger, by force
        owner.execute("DELETE FROM audit_records WHERE workspace_id = %s AND seq = 3", (workspace,))
    cut = run("--workspace", workspace, "--kept", kept)

    assert kept.startswith("3:")
    assert cut.exit_code == 1
    assert "BROKEN at record 3" in cut.output


@pytest.mark.usefixtures("records")
def test_a_changed_record_ends_the_command_with_one(
    run: Run, workspace: UUID, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "UPDATE audit_records SET verb = 'thing.undone' WHERE workspace_id = %s AND seq = 2",
            (workspace,),
        )

    found = run()

    assert found.exit_code == 1
    assert f"{workspace}  BROKEN at record 2" in found.output


@pytest.mark.parametrize("kept", ["3", "three:" + 64 * "a", "3:short"])
def test_what_was_not_printed_by_it_is_no_hash_to_compare_with(
    run: Run, workspace: UUID, kept: str
) -> None:
    assert run("--workspace", workspace, "--kept", kept).exit_code == 2
    assert run("--kept", "3:" + 64 * "a").exit_code == 2
