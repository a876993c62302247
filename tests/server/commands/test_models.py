"""`rapport models`: what is there, and whether an endpoint is fit for use."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rapport.inference.minilm import MiniLM, folder_in
from rapport.server.commands import models
from tests.inference.fixtures import minilm, models_dir
from tests.models_simulator import KEY, Garbage, ModelsSimulator

__all__ = ["minilm", "models_dir"]

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RAPPORT_DATA_DIR", str(tmp_path))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(models.app, list(arguments))

    return invoke


@pytest.fixture
async def provider(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModelsSimulator]:
    async with ModelsSimulator() as simulator:
        monkeypatch.setenv("RAPPORT_EGRESS_ALLOW", json.dumps([simulator.pair]))
        monkeypatch.setenv("RAPPORT_EMBEDDINGS_API_KEY", KEY)
        yield simulator


@pytest.fixture
def copied(minilm: MiniLM, models_dir: Path, tmp_path: Path) -> Path:
    """The model in a data folder of its own."""
    folder = folder_in(tmp_path / "models")
    shutil.copytree(folder_in(models_dir), folder)
    return folder


def listed(result: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(result.output.splitlines()[-1])
    return found


async def added(run: Run, provider: ModelsSimulator, *more: str) -> Result:
    """The command beside the provider's event loop."""
    command = ["add", provider.base_url, "--kind", "embeddings", "--model", "embed-small", *more]
    return await asyncio.to_thread(run, *command)


def test_the_list_says_how_large_a_model_is_and_that_it_is_intact(run: Run, copied: Path) -> None:
    (found,) = listed(run("list", "--json"))

    assert (found["name"], found["is_intact"], found["is_used"]) == (copied.name, True, True)
    assert 20_000_000 < found["bytes"] < 30_000_000
    assert "intact" in run("list").output


def test_the_list_says_what_to_do_about_altered_files(run: Run, copied: Path) -> None:
    (copied / "model.onnx").write_bytes(b"altered")

    (found,) = listed(run("list", "--json"))

    assert found["is_intact"] is False
    assert "rapport models build --force" in run("list").output


def test_the_list_says_when_nothing_was_built(run: Run) -> None:
    assert "run `rapport models build`" in run("list").output


def test_the_list_shows_the_endpoint_in_use_without_its_key(
    run: Run, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_EMBEDDINGS_BASE_URL", "https://models.example/v1")
    monkeypatch.setenv("RAPPORT_EMBEDDINGS_MODEL", "large")
    monkeypatch.setenv("RAPPORT_EMBEDDINGS_API_KEY", KEY)

    here, there = listed(run("list", "--json"))

    assert (here["is_used"], there["is_used"], there["name"]) == (False, True, "large")
    assert there["has_key"]
    assert KEY not in run("list").output


async def test_an_endpoint_that_is_fit_is_told_how_to_be_used(
    run: Run, provider: ModelsSimulator
) -> None:
    done = await added(run, provider)

    assert done.exit_code == 0, done.output
    assert "makes 64 numbers a text" in done.output
    assert f"RAPPORT_EMBEDDINGS_BASE_URL={provider.base_url}" in done.output
    assert "RAPPORT_EMBEDDINGS_MODEL=embed-small" in done.output
    assert KEY not in done.output


async def test_a_key_is_read_from_a_file(
    run: Run, provider: ModelsSimulator, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("sk-wrong\n")

    done = await added(run, provider, "--key-file", str(tmp_path / "key"))

    assert (done.exit_code, "check the key" in done.output) == (1, True)
    assert "sk-wrong" not in done.output


async def test_what_is_wrong_is_said(
    run: Run, provider: ModelsSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = {"data": [{"index": n, "embedding": [1.0, 0.0]} for n in range(3)]}
    alone = {"data": [{"index": 0, "embedding": [1.0, 0.0]}]}
    provider.next(*[Garbage(json.dumps(body), "application/json") for body in (same, alone)])
    one_for_all = await added(run, provider)
    unknown = await added(run, provider, "--model", "unknown")
    monkeypatch.setenv("RAPPORT_EGRESS_ALLOW", "[]")
    private = await added(run, provider, "--json")

    assert "Different texts have the same vector" in one_for_all.output
    assert "the model's name" in unknown.output
    assert "not on the public internet" in private.output
    assert {r.exit_code for r in (one_for_all, unknown, private)} == {1}
    assert json.loads(private.output.splitlines()[-1])["faults"] != []
