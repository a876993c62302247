"""`rapport models add` and `list` for the language models of a workspace."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from rapport.inference.gateway import service
from rapport.kernel.audit import service as audit
from rapport.server.commands import models
from tests.conftest import Begin
from tests.models_simulator import KEY, Fail, ModelsSimulator, Say

Run = Callable[..., Result]


@pytest.fixture
async def provider(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModelsSimulator]:
    async with ModelsSimulator() as simulator:
        monkeypatch.setenv("RAPPORT_EGRESS_ALLOW", json.dumps([simulator.pair]))
        yield simulator


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workspace: UUID) -> Run:
    """The command line, about the test's workspace; `typed` comes in by the standard input."""
    monkeypatch.setenv("RAPPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("RAPPORT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("THE_KEY", KEY)

    def invoke(*arguments: str, typed: str = "") -> Result:
        command = [*arguments, "--workspace", str(workspace)]
        return CliRunner().invoke(models.app, command, input=typed)

    return invoke


@pytest.fixture
def add(run: Run, provider: ModelsSimulator) -> Callable[..., Any]:
    """`rapport models add` beside the provider's event loop."""

    async def added(*more: str, model: str = "tiny", url: str = "", typed: str = "") -> Result:
        command = ("add", url or provider.base_url, "--model", model, *more)
        return await asyncio.to_thread(run, *command, typed=typed)

    return added


def last(done: Result) -> Any:
    return json.loads(done.stdout.splitlines()[-1])


async def test_a_model_that_answers_is_saved_with_what_the_trial_cost(
    add: Callable[..., Any], provider: ModelsSimulator, begin: Begin
) -> None:
    provider.next(Say("ready", input_tokens=20, output_tokens=5))

    done = await add(
        *("--key-env", "THE_KEY", "--input-price", "100", "--output-price", "200"),
        *("--currency", "eur", "--day-cost", "5", "--month-tokens", "1000", "--json"),
    )

    assert done.exit_code == 0, done.output
    told = last(done)
    assert (told["ok"], told["saved"], told["place"]) == (True, True, 1)
    assert (told["trial"]["said"], told["trial"]["cost"]) == ("ready", 0.003)
    async with begin() as ctx:
        known = await service.configured(ctx)
        deeds = await audit.page(ctx, audit.Wanted(), before=None, limit=10)
    assert [(it.model, it.has_key) for it in known.models] == [("tiny", True)]
    limits = known.limits
    assert (limits.currency, limits.day_cost, limits.month_tokens) == ("EUR", 5, 1000)
    assert "models.configured" in {deed.verb for deed in deeds}
    assert KEY not in done.output + str(deeds)


async def test_models_are_asked_in_the_order_in_which_they_were_added_unless_one_goes_first(
    add: Callable[..., Any], run: Run, provider: ModelsSimulator
) -> None:
    await add("--key-env", "THE_KEY")
    done = await add(
        *("--protocol", "anthropic", "--key-stdin", "--first"),
        model="claude-tiny",
        url=provider.anthropic_url,
        typed=f"{KEY}\n",
    )
    again = await add("--key-env", "THE_KEY", "--seconds", "3")

    assert "asked as number 1" in done.output
    assert "asked as number 2" in again.output
    chats = [it for it in last(await asyncio.to_thread(run, "list", "--json")) if it["workspace"]]
    assert [(it["name"], it["protocol"], it["has_key"]) for it in chats] == [
        ("claude-tiny", "anthropic", True),
        ("tiny", "openai", True),
    ]
    shown = (await asyncio.to_thread(run, "list")).output
    assert "key set" in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    ("answer", "more", "words"),
    [
        (None, {"model": "huge"}, "no model of this name"),
        (Fail(429, "insufficient_quota"), {}, "no credit left"),
        (Fail(503), {}, "answered 503"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_saved(
    add: Callable[..., Any],
    provider: ModelsSimulator,
    begin: Begin,
    answer: Any,
    more: dict[str, str],
    words: str,
) -> None:
    provider.next(*[answer] if answer else [])

    done = await add("--key-env", "THE_KEY", **more)

    assert (done.exit_code, words in done.output) == (1, True), done.output
    async with begin() as ctx:
        assert (await service.configured(ctx)).models == []


async def test_a_wrong_key_is_not_told_and_what_is_not_tried_is_saved(
    add: Callable[..., Any], provider: ModelsSimulator, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("sk-wrong\n")
    file = ("--key-file", str(tmp_path / "key"))

    refused, saved = await add(*file), await add(*file, "--no-try", "--json")

    assert "does not know this key" in refused.output
    assert "sk-wrong" not in refused.output + saved.output
    assert (last(saved)["saved"], last(saved)["trial"]) == (True, None)
    assert provider.asked == []


async def test_what_does_not_fit_is_refused_before_anything_is_asked(
    add: Callable[..., Any], provider: ModelsSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THE_KEY")

    unset = await add("--key-env", "THE_KEY")
    twice = await add("--key-env", "THE_KEY", "--key-stdin")
    price = await add("--input-price", "much")
    unnamed = await add("--no-try", "--input-price", "1")

    assert "THE_KEY is not set" in unset.output
    assert "one place for the key" in twice.output
    assert "input_price" in price.output
    assert type(unnamed.exception).__name__ == "CurrencyNeeded"
    assert {it.exit_code == 0 for it in (unset, twice, price, unnamed)} == {False}
    assert provider.asked == []
