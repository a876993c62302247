"""The adapter for embeddings endpoints, against a simulator on the loopback."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest

from rapport.inference.errors import (
    EmbeddingsBusy,
    EmbeddingsRefused,
    EmbeddingsUnreachable,
    EmbeddingsUnusable,
)
from rapport.inference.openai_embeddings import ATTEMPTS, REST_S, Endpoint, OpenAIEmbeddings
from rapport.kernel import egress
from tests.models_simulator import KEY, Fail, Garbage, Hang, ModelsSimulator
from tests.models_simulator.embeddings import vector


class Time:
    """A clock that moves only by the pauses that are made."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


class Counting(httpx.AsyncBaseTransport):
    """Answers each request after some rounds of the event loop."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(10):
            await asyncio.sleep(0)
        self.now -= 1
        return httpx.Response(200, text=answer([1.0, 0.0]).body)


@pytest.fixture
async def provider() -> AsyncIterator[ModelsSimulator]:
    async with ModelsSimulator() as simulator:
        yield simulator


@pytest.fixture
async def http(provider: ModelsSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with egress.client(allow=[provider.pair]) as client:
        yield client


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def model(provider: ModelsSimulator, http: httpx.AsyncClient, time: Time) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(http, endpoint(provider), pause=time.pause, clock=time)


def endpoint(provider: ModelsSimulator, **changes: Any) -> Endpoint:
    known = {"base_url": provider.base_url, "model": "embed-small", "api_key": KEY}
    return Endpoint(**{**known, **changes})


def answer(*vectors: list[float] | str) -> Garbage:
    """A whole answer, right or wrong."""
    data = [{"index": n, "embedding": given} for n, given in enumerate(vectors)]
    return Garbage(json.dumps({"data": data}), "application/json")


def sent(provider: ModelsSimulator) -> list[list[str]]:
    return [asked.body["input"] for asked in provider.asked]


async def test_vectors_come_in_the_order_of_the_texts(
    provider: ModelsSimulator, model: OpenAIEmbeddings
) -> None:
    provider.shuffled = True
    texts = [f"text number {n}" for n in range(20)]

    found = await model.embed(texts)

    assert np.allclose(found, [vector(text) for text in texts], atol=1e-6)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert (found.dtype.name, model.dimensions) == ("float32", 64)
    assert provider.asked[0].body["encoding_format"] == "base64"
    assert provider.asked[0].headers["authorization"] == f"Bearer {KEY}"


async def test_vectors_of_any_length_become_unit_vectors(
    provider: ModelsSimulator, model: OpenAIEmbeddings
) -> None:
    provider.next(answer([3.0, 4.0]))

    assert np.allclose(await model.embed(["a"]), [[0.6, 0.8]])


async def test_an_endpoint_without_base64_is_asked_for_digits_from_then_on(
    provider: ModelsSimulator, model: OpenAIEmbeddings
) -> None:
    provider.next(Fail(400))

    first = await model.embed(["one"])
    await model.embed(["two"])

    forms = [asked.body["encoding_format"] for asked in provider.asked]
    assert forms == ["base64", "float", "float"]
    assert np.allclose(first, [vector("one")], atol=1e-6)


async def test_long_calls_are_sent_in_portions(
    provider: ModelsSimulator, model: OpenAIEmbeddings
) -> None:
    many = [f"word {n}" for n in range(150)]
    long = [("long " * 1_000)[:5_000]] * 20

    found = await model.embed([*many, *long])

    assert found.shape == (170, 64)
    assert max(len(texts) for texts in sent(provider)) == 64
    assert max(sum(map(len, texts)) for texts in sent(provider)) <= 60_000
    assert [text for texts in sent(provider) for text in texts] == [
        *many,
        *(text.strip() for text in long),
    ]


async def test_what_exceeds_the_window_is_cut_off(
    provider: ModelsSimulator, http: httpx.AsyncClient
) -> None:
    model = OpenAIEmbeddings(http, endpoint(provider, max_chars=10))

    await model.embed(["abcdefghijKLM", "", "\ud83d"])

    assert sent(provider) == [["abcdefghij", "-", "?"]]


async def test_what_is_somebodys_does_not_leave_the_machine(
    provider: ModelsSimulator, model: OpenAIEmbeddings
) -> None:
    await model.embed(["Write to ada@example.com", "I am ben@example.org, +43 664 1234567"])

    assert "example" not in provider.asked[0].said
    assert "664" not in provider.asked[0].said
    assert sent(provider)[0][0] == "Write to [EMAIL_1]"


async def test_shorter_vectors_are_asked_for(
    provider: ModelsSimulator, http: httpx.AsyncClient
) -> None:
    model = OpenAIEmbeddings(http, endpoint(provider, dimensions=16))

    assert (await model.embed(["one"])).shape == (1, 16)
    assert model.name == f"embed-small@{provider.pair}/v1#16"


async def test_no_text_asks_nobody(provider: ModelsSimulator, model: OpenAIEmbeddings) -> None:
    assert (await model.embed([])).shape == (0, 0)
    assert provider.connections == 0


async def test_a_passing_failure_is_tried_again(
    provider: ModelsSimulator, model: OpenAIEmbeddings, time: Time
) -> None:
    provider.next(Fail(503), Garbage(), Fail(429, retry_after=2))

    found = await model.embed(["one"])

    assert np.allclose(found, [vector("one")], atol=1e-6)
    assert time.pauses == [0.5, 1, 2]


async def test_it_gives_up_after_some_attempts_and_lets_the_endpoint_rest(
    provider: ModelsSimulator, model: OpenAIEmbeddings, time: Time
) -> None:
    provider.otherwise = Fail(500)
    with pytest.raises(EmbeddingsUnreachable) as failed:
        await model.embed(["one"])
    assert failed.value.detail == "The embeddings endpoint answered 500."
    assert provider.connections == ATTEMPTS

    for background in (False, True):  # the next ones go on without it at once
        with pytest.raises(EmbeddingsUnreachable):
            await model.embed(["two"], background=background)
    assert provider.connections == ATTEMPTS


async def test_after_its_rest_it_is_asked_again(
    provider: ModelsSimulator, model: OpenAIEmbeddings, time: Time
) -> None:
    provider.next(*[Fail(500)] * ATTEMPTS)
    with pytest.raises(EmbeddingsUnreachable):
        await model.embed(["one"])

    time.now += REST_S + 1

    assert (await model.embed(["two"])).shape == (1, 64)


async def test_who_is_told_to_wait_longer_than_there_is_time_gives_up_at_once(
    provider: ModelsSimulator, model: OpenAIEmbeddings, time: Time
) -> None:
    provider.next(Fail(429, retry_after=30))
    with pytest.raises(EmbeddingsBusy) as busy:
        await model.embed(["one"])
    assert (busy.value.retry_after, time.pauses) == (30, [])

    time.now += REST_S
    provider.next(Fail(429, retry_after=20))
    await model.embed(["one"], background=True)
    assert time.pauses == [20]


async def test_an_endpoint_that_hangs_is_waited_for_within_the_deadline(
    provider: ModelsSimulator, time: Time
) -> None:
    provider.otherwise = Hang()
    async with egress.client(allow=[provider.pair], max_seconds=0.1) as http:
        model = OpenAIEmbeddings(http, endpoint(provider), pause=time.pause, clock=time)
        with pytest.raises(EmbeddingsUnreachable):
            await model.embed(["one"])

    assert provider.connections == ATTEMPTS


@pytest.mark.parametrize(("background", "most"), [(False, 8), (True, 2)])
async def test_few_requests_are_under_way_at_a_time(
    provider: ModelsSimulator, background: bool, most: int
) -> None:
    counting = Counting()
    async with httpx.AsyncClient(transport=counting) as http:
        model = OpenAIEmbeddings(http, endpoint(provider))
        calls = [model.embed([f"text {n}"], background=background) for n in range(20)]
        found = await asyncio.gather(*calls)

    assert counting.most == most
    assert np.concatenate(found).shape == (20, 2)


async def test_a_caller_who_leaves_is_not_waited_for(
    provider: ModelsSimulator, model: OpenAIEmbeddings
) -> None:
    provider.otherwise = Hang()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await model.embed(["one"])

    provider.otherwise = Garbage(answer([1.0, 0.0]).body, "application/json")
    assert (await model.embed(["two"])).shape == (1, 2)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"api_key": "sk-wrong"}, "check the key"),
        ({"api_key": None}, "check the key"),
        ({"model": "unknown"}, "the model's name"),
        ({"base_url": "{base}/no"}, "ends in /v1"),
        ({"api_key": "sk-schlüßel"}, "address or key"),
    ],
)
async def test_a_refusal_says_what_to_check_and_never_the_key(
    provider: ModelsSimulator, http: httpx.AsyncClient, changes: dict[str, Any], says: str
) -> None:
    if "base_url" in changes:
        changes = {"base_url": f"{provider.base_url}/no"}
    model = OpenAIEmbeddings(http, endpoint(provider, **changes))

    with pytest.raises(EmbeddingsRefused) as refused:
        await model.embed(["one"])

    assert says in refused.value.detail
    assert "sk" not in refused.value.detail.replace("ask", "")


async def test_private_addresses_are_refused_unless_they_are_allowed(
    provider: ModelsSimulator,
) -> None:
    async with egress.client() as http:
        with pytest.raises(egress.AddressRefused):
            await OpenAIEmbeddings(http, endpoint(provider)).embed(["one"])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (answer([1.0, 0.0]), "left texts out"),
        (answer([1.0, 0.0], [1.0]), "1, 2 numbers"),
        (answer([1.0, 0.0], [0.0, 0.0]), "without a direction"),
        (
            Garbage('{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1]}]}'),
            "without a direction",
        ),
    ],
)
async def test_vectors_that_cannot_be_used_are_refused(
    provider: ModelsSimulator, model: OpenAIEmbeddings, wrong: Garbage, says: str
) -> None:
    provider.next(wrong)

    with pytest.raises(EmbeddingsUnusable, match=says):
        await model.embed(["one", "two"])


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '{"data": 1}',
        '{"data": [{"embedding": [1]}]}',
        '{"data": [{"index": 0, "embedding": "!"}]}',
        '{"data": [{"index": 0, "embedding": ["x"]}]}',
        '{"data": [{"index": 0, "embedding": [[1]]}]}',
        '{"data": [{"index": 0, "embedding": "AAA="}]}',
    ],
)
async def test_an_answer_in_another_form_is_no_answer(
    provider: ModelsSimulator, model: OpenAIEmbeddings, body: str
) -> None:
    provider.otherwise = Garbage(body)

    with pytest.raises(EmbeddingsUnreachable, match="could not be read"):
        await model.embed(["one"])


async def test_a_model_whose_vectors_change_their_length_is_refused(
    provider: ModelsSimulator, model: OpenAIEmbeddings
) -> None:
    await model.embed(["one"])
    provider.next(answer([1.0, 0.0]))

    with pytest.raises(EmbeddingsUnusable, match="2 numbers a text instead of 64"):
        await model.embed(["two"])


async def test_it_says_which_languages_it_understands(
    provider: ModelsSimulator, http: httpx.AsyncClient
) -> None:
    some = OpenAIEmbeddings(http, endpoint(provider, languages=frozenset({"en", "de"})))

    assert [some.speaks(x) for x in ("en-GB", "DE_at", "fr")] == [True, True, False]
    assert OpenAIEmbeddings(http, endpoint(provider)).speaks("ja")
    assert KEY not in repr(endpoint(provider))
