"""The `rapport` command as a person meets it: help, JSON on the last line, refusals in words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rapport.server.cli import COMMANDS, app
from tests.conftest import PROJECT

TIMEOUT_S = 120


def rapport(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "rapport.server.cli", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_the_help_names_what_people_use_and_not_what_serve_uses() -> None:
    said = CliRunner().invoke(app, ["--help"])

    assert said.exit_code == 0
    for name in ("serve", "web", "worker", "demo", "doctor", "migrate", "user", "events", "bench"):
        assert name in said.output
    for hidden in ("prepare", "spare"):
        assert f" {hidden} " not in said.output


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    said = CliRunner().invoke(app, [name, "--help"])

    assert said.exit_code == 0, said.output
    assert "Usage" in said.output


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BREACHED_PASSWORDS", "/nowhere/hunter2", "PASSWORDS: Path does not point to a file"),
        ("TRUSTED_PROXIES", "hunter2", '"trusted_proxies"'),
        ("PORT", "hunter2", "RAPPORT_PORT: Input should be a valid integer"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_without_its_value(
    tmp_path: Path, name: str, value: str, told: str
) -> None:
    said = rapport("doctor", **{"RAPPORT_DATA_DIR": str(tmp_path), f"RAPPORT_{name}": value})

    assert said.returncode == 1
    assert told in said.stderr
    assert len(said.stderr.splitlines()) == 1
    assert "hunter2" not in said.stdout + said.stderr


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(app, ["fly"]).exit_code == 2


def test_a_command_that_needs_the_database_says_when_none_runs(tmp_path: Path) -> None:
    done = rapport("user", "link", "--owner", RAPPORT_DATA_DIR=str(tmp_path))

    assert done.returncode == 1
    assert "rapport serve" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_said_by_the_doctor(tmp_path: Path) -> None:
    nobody = "postgresql://nobody@127.0.0.1:1/nothing"
    done = rapport("doctor", "--json", RAPPORT_DATA_DIR=str(tmp_path), RAPPORT_DATABASE_URL=nobody)

    found = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 1
    assert not found["ok"]
    assert {"ok", "idle_pss_mb", "ready_s"} <= found.keys()
    [database] = [check for check in found["checks"] if check["name"] == "database"]
    assert "RAPPORT_DATABASE_URL" in database["mend"]


def test_the_api_is_described_as_json() -> None:
    done = rapport("openapi")

    document = json.loads(done.stdout)
    assert document["openapi"].startswith("3.")
    assert "/v1/conversations" in document["paths"]


@pytest.mark.skipif(
    not (PROJECT / "web" / "widget" / "dist").is_dir(), reason="the front end is not built"
)
def test_the_sizes_are_measured() -> None:
    done = rapport("bench", "widget", "--json")

    assert done.returncode == 0, done.stderr
    sizes = json.loads(done.stdout.splitlines()[-1])
    assert {"launcher_gz_bytes", "widget_gz_bytes", "console_inbox_gz_bytes"} <= sizes.keys()
    assert sizes["launcher_gz_bytes"] <= 5_000
    assert sizes["widget_gz_bytes"] <= 40_000
    assert sizes["console_inbox_gz_bytes"] <= 250_000
