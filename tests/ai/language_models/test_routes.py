"""Setting language models up, as administrators do."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.ai.language_models.routes import router
from rapport.inference.gateway import service
from rapport.inference.gateway.adapter import Gateway
from rapport.inference.gateway.endpoints import Connector
from rapport.inference.ports import ChatMessage
from rapport.kernel.audit import service as audit
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.knowledge import service as knowledge
from rapport.knowledge.schemas import ArticleIn
from tests.conftest import Begin, Clock
from tests.make.auth import browser, person, routes_alone
from tests.models_simulator import KEY, Fail, Garbage, ModelsSimulator, Say
from tests.models_simulator.fixtures import simulator
from tests.models_simulator.script import Answer

__all__ = ["simulator"]

URL = "/v1/assistant/models"


@pytest.fixture
def app(database: Database, simulator: ModelsSimulator) -> FastAPI:
    """The routes alone."""
    database.ports.provide(Connector, Connector([simulator.pair]))
    return routes_alone(database, router)


@pytest.fixture
async def client(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's browser."""
    async with browser(app, await person(database, workspace)) as client:
        yield client


@pytest.fixture
def model(simulator: ModelsSimulator) -> dict[str, Any]:
    """A model as somebody types it in."""
    url = simulator.base_url
    return {"protocol": "openai", "base_url": url, "model": "tiny", "api_key": KEY}


async def configured(client: httpx.AsyncClient, *models: Any, **limits: Any) -> dict[str, Any]:
    """Set models up; what is told of it."""
    answer = await client.put(URL, json={"models": models, "limits": limits})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_models_are_set_up_in_their_order_and_keys_never_told(
    client: httpx.AsyncClient, model: dict[str, Any], simulator: ModelsSimulator
) -> None:
    claude = {"protocol": "anthropic", "base_url": simulator.anthropic_url, "model": "claude-tiny"}

    told = await configured(
        client, model, claude | {"input_price": "2.5"}, day_cost="9.99", currency="EUR"
    )

    assert told == (await client.get(URL)).json()
    assert [(it["model"], it["has_key"]) for it in told["models"]] == [
        ("tiny", True),
        ("claude-tiny", False),
    ]
    assert told["models"][1]["input_price"] == 2.5
    assert told["limits"]["day_cost"] == 9.99
    assert told["has_default"] is False
    assert KEY not in str(told)


async def test_a_key_lies_sealed_and_stays_when_the_order_changes(
    client: httpx.AsyncClient, model: dict[str, Any], database_url: str, begin: Begin
) -> None:
    first = await configured(client, model, model | {"model": "large", "api_key": "sk-other"})
    kept = [{"id": it["id"]} | model | {"model": it["model"]} for it in first["models"]]
    for one in kept:
        del one["api_key"]

    told = await configured(client, *reversed(kept))

    assert [it["id"] for it in told["models"]] == [it["id"] for it in reversed(first["models"])]
    async with begin() as ctx:
        assert [it.api_key for it in await service.endpoints(ctx)] == ["sk-other", KEY]
    with psycopg.connect(database_url) as owner:
        rows = owner.execute("SELECT api_key FROM language_models").fetchall()
        assert not any(KEY in str(row) for row in rows)
    told = await configured(client, kept[0])
    assert [it["id"] for it in told["models"]] == [kept[0]["id"]]


async def test_a_kept_key_follows_to_no_other_address(
    client: httpx.AsyncClient, model: dict[str, Any], simulator: ModelsSimulator
) -> None:
    told = await configured(client, model)
    moved = {"id": told["models"][0]["id"], "protocol": "openai", "model": "tiny"}
    moved["base_url"] = "https://models.evil.example/v1"

    refused = [
        await client.put(URL, json={"models": [moved], "limits": {}}),
        await client.post(f"{URL}/test", json=moved),
    ]

    assert [(it.status_code, it.json()["code"]) for it in refused] == [
        (422, "model_key_needed")
    ] * 2
    assert (await client.get(URL)).json() == told


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "ftp://models.example"},
        {"base_url": "https://😍/v1"},
        {"api_key": "clé"},
        {"base_url": "https://user:pass@models.example/v1"},
        {"base_url": "https://models.example/v1?key=secret"},
        {"protocol": "gopher"},
        {"model": ""},
        {"input_price": "-1"},
        {"workspace_id": "x"},
    ],
)
async def test_what_does_not_fit_changes_nothing(
    client: httpx.AsyncClient, model: dict[str, Any], change: dict[str, str]
) -> None:
    answer = await client.put(URL, json={"models": [model | change], "limits": {}})

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert (await client.get(URL)).json()["models"] == []


async def test_keys_go_by_https_but_to_what_the_administrator_allowed(
    client: httpx.AsyncClient, model: dict[str, Any]
) -> None:
    plain = model | {"base_url": "http://models.example/v1"}

    refused = [
        await client.put(URL, json={"models": [plain], "limits": {}}),
        await client.post(f"{URL}/test", json=plain),
    ]

    assert [it.json()["code"] for it in refused] == ["model_address_plain"] * 2
    assert (await client.get(URL)).json()["models"] == []


async def test_a_model_that_answers_is_said_to_work(
    client: httpx.AsyncClient, model: dict[str, Any], simulator: ModelsSimulator
) -> None:
    simulator.next(Say("ready"))

    told = (await client.post(f"{URL}/test", json=model)).json()

    assert (told["ok"], told["said"], told["cost"]) == (True, "ready", 0)
    assert (told["input_tokens"], told["output_tokens"]) == (11, 7)
    assert (await client.get(URL)).json()["models"] == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Fail(429, "insufficient_quota"), "no credit left"),
        (Fail(429, retry_after=2), "takes no more requests"),
        (Fail(503), "answered 503"),
        (Garbage(), "could not be read"),
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_model_is_said_in_words(
    client: httpx.AsyncClient,
    model: dict[str, Any],
    simulator: ModelsSimulator,
    answer: Answer,
    words: str,
) -> None:
    simulator.next(answer)

    told = (await client.post(f"{URL}/test", json=model)).json()

    assert not told["ok"]
    assert words in told["said"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"api_key": "sk-wrong"}, "does not know this key"),
        ({"model": "huge"}, "no model of this name"),
        ({"base_url": "https://127.0.0.1:9/v1"}, "not on the public internet"),
    ],
)
async def test_what_is_wrong_with_the_settings_is_said_in_words(
    client: httpx.AsyncClient, model: dict[str, Any], change: dict[str, str], words: str
) -> None:
    told = (await client.post(f"{URL}/test", json=model | change)).json()

    assert not told["ok"]
    assert words in told["said"]
    assert "sk-wrong" not in told["said"]


async def test_usage_is_told_by_day_and_purpose(
    client: httpx.AsyncClient,
    model: dict[str, Any],
    simulator: ModelsSimulator,
    database: Database,
    begin: Begin,
    clock: Clock,
) -> None:
    await configured(client, model | {"input_price": "10"}, currency="EUR")
    gateway = Gateway(database, database.ports.get(Connector))
    simulator.otherwise = Say(input_tokens=1_000_000, output_tokens=5)
    for purpose in ("answer", "answer", "draft"):
        async with begin() as ctx:
            chat = await gateway.open(ctx, purpose)
        assert chat is not None
        await chat.reply([ChatMessage("user", "Hello")])
        clock.forward(days=1)

    told = (await client.get("/v1/assistant/usage")).json()

    assert [(it["day"], it["purpose"], it["cached"]) for it in told] == [
        ("2026-01-07", "draft", 1),
        ("2026-01-06", "answer", 1),
        ("2026-01-05", "answer", 0),
    ]
    assert (told[2]["calls"], told[2]["cost"], told[2]["input_tokens"]) == (1, 10, 1_000_000)
    assert told[2]["currency"] == "EUR"
    assert (await client.get("/v1/assistant/usage", params={"days": 2})).json() == told[:1]


async def ask(database: Database, begin: Begin, question: str, **about: Any) -> None:
    """A question to the workspace's models for the purpose `answer`."""
    gateway = Gateway(database, database.ports.get(Connector))
    async with begin() as ctx:
        chat = await gateway.open(ctx, "answer", **about)
    assert chat is not None
    with suppress(RapportError):
        await chat.reply([ChatMessage("user", question)])


async def test_calls_are_told_the_latest_first_without_their_words(
    app: FastAPI,
    client: httpx.AsyncClient,
    model: dict[str, Any],
    simulator: ModelsSimulator,
    database: Database,
    begin: Begin,
    clock: Clock,
    stranger: UUID,
) -> None:
    await configured(client, model | {"input_price": "10"}, currency="EUR", keeps_words=True)
    simulator.next(Say(input_tokens=1_000, output_tokens=5), Fail(400))
    await ask(database, begin, "Write to ada@example.com")
    clock.forward(seconds=1)
    await ask(database, begin, "And again?")

    first = (await client.get("/v1/assistant/calls", params={"limit": 1})).json()
    query = {"limit": 1, "cursor": first["next"]}
    second = (await client.get("/v1/assistant/calls", params=query)).json()

    assert [it["outcome"] for it in first["items"] + second["items"]] == ["refused", "answered"]
    (call,) = second["items"]
    assert (call["cost"], call["currency"], call["input_tokens"]) == (0.01, "EUR", 1_000)
    assert (call["covered"], call["has_words"]) == ({"EMAIL": 1}, True)
    assert second["next"] is None
    assert "ada@" not in str(second)
    async with browser(app, await person(database, stranger)) as other:
        assert (await other.get("/v1/assistant/calls")).json() == {"items": [], "next": None}


async def test_what_was_spent_of_the_budgets_is_told(
    client: httpx.AsyncClient,
    model: dict[str, Any],
    simulator: ModelsSimulator,
    database: Database,
    begin: Begin,
    clock: Clock,
) -> None:
    await configured(client, model | {"input_price": "10"}, currency="EUR")
    simulator.otherwise = Say(input_tokens=100_000, output_tokens=0)
    await ask(database, begin, "One")
    clock.forward(days=1)
    await ask(database, begin, "Two")

    assert (await client.get(URL)).json()["spent"] == {
        "day_tokens": 100_000,
        "month_tokens": 200_000,
        "day_cost": 1,
        "month_cost": 2,
    }


async def test_costs_have_one_currency_which_stays_while_they_are_remembered(
    app: FastAPI,
    client: httpx.AsyncClient,
    model: dict[str, Any],
    database: Database,
    workspace: UUID,
    begin: Begin,
    clock: Clock,
) -> None:
    priced = model | {"input_price": "10"}
    unnamed = [
        await client.put(URL, json={"models": [priced], "limits": {}}),
        await client.put(URL, json={"models": [], "limits": {"day_cost": "1"}}),
    ]
    assert [it.json()["code"] for it in unnamed] == ["currency_needed"] * 2
    assert (await client.get(URL)).json()["models"] == []
    await configured(client, priced, currency="EUR")
    told = await configured(client, priced, currency="USD")
    assert told["limits"]["currency"] == "USD"
    await ask(database, begin, "One")

    in_use = await client.put(URL, json={"models": [priced], "limits": {"currency": "EUR"}})
    kept = await configured(client, priced, keep_days=40)
    clock.forward(days=45)
    async with browser(app, await person(database, workspace)) as later:
        after = await configured(later, priced, currency="EUR")

    assert (in_use.status_code, in_use.json()["code"]) == (409, "currency_in_use")
    assert kept["limits"]["currency"] == "USD"
    assert after["limits"]["currency"] == "EUR"


async def test_the_languages_a_model_does_not_understand_are_told(
    client: httpx.AsyncClient, begin: Begin
) -> None:
    async with begin() as ctx:
        for locale in ("en", "de", "de"):
            made = ArticleIn(title="Returns", body="Send it back.", locale=locale)
            await knowledge.publish(ctx, (await knowledge.create_article(ctx, made)).id)

    told = (await client.get("/v1/assistant/embeddings")).json()

    assert told["place"] == ""
    assert [(it["locale"], it["articles"]) for it in told["locales"]] == [("de", 2), ("en", 1)]


async def test_changes_are_recorded_without_the_key(
    client: httpx.AsyncClient, model: dict[str, Any], begin: Begin
) -> None:
    await configured(client, model, day_tokens=5)

    async with begin() as ctx:
        deeds = await audit.page(ctx, audit.Wanted(), before=None, limit=10)

    assert {"models.configured", "settings.changed"} <= {deed.verb for deed in deeds}
    assert KEY not in str(deeds)


async def test_only_admins_set_models_up_and_strangers_see_none(
    app: FastAPI,
    client: httpx.AsyncClient,
    database: Database,
    workspace: UUID,
    stranger: UUID,
    model: dict[str, Any],
) -> None:
    await configured(client, model)

    async with browser(app, await person(database, workspace, Role.AGENT)) as agent:
        assert (await agent.get(URL)).status_code == 403
        assert (await agent.get("/v1/assistant/calls")).status_code == 403
        assert (await agent.get("/v1/assistant/usage")).status_code == 200
        assert (await agent.get("/v1/assistant/embeddings")).status_code == 200
    async with browser(app, await person(database, stranger)) as other:
        assert (await other.get(URL)).json()["models"] == []
        assert (await other.get("/v1/assistant/usage")).json() == []
