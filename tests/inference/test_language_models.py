"""The same behaviour of both protocols, against a simulator of the providers."""

from collections.abc import Callable

import httpx
import pytest

from rapport.inference.anthropic_chat import AnthropicChat
from rapport.inference.errors import ChatBusy, ChatDeclined, ChatRefused, ChatUnreachable
from rapport.inference.openai_chat import OpenAIChat
from rapport.inference.ports import ChatMessage, ChatReply, LanguageModel, Tool, ToolCall
from rapport.kernel import egress
from rapport.kernel.errors import RapportError
from tests.models_simulator import KEY, Call, Fail, Garbage, Hang, ModelsSimulator, Say
from tests.models_simulator.fixtures import http, simulator
from tests.models_simulator.script import Answer
from tests.scale.servers import free_port

__all__ = ["http", "simulator"]

QUESTION = [ChatMessage("system", "Be brief."), ChatMessage("user", "Where is my parcel?")]
NUMBER = {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]}
TRACK = Tool("track_parcel", "Where a parcel is.", NUMBER)
Make = Callable[..., LanguageModel]


@pytest.fixture(params=["openai", "anthropic"])
def make(
    request: pytest.FixtureRequest, http: httpx.AsyncClient, simulator: ModelsSimulator
) -> Make:
    """Make a model of one protocol, in some way wrong when a test says so."""

    def of(
        model: str = "tiny", key: str = KEY, timeout_s: float = 10, http: httpx.AsyncClient = http
    ) -> LanguageModel:
        if request.param == "openai":
            url = simulator.base_url
            return OpenAIChat(http, base_url=url, model=model, api_key=key, timeout_s=timeout_s)
        url = simulator.anthropic_url
        return AnthropicChat(http, base_url=url, model=model, api_key=key, timeout_s=timeout_s)

    return of


@pytest.fixture
def model(make: Make) -> LanguageModel:
    return make()


async def streamed(model: LanguageModel) -> tuple[list[str], ChatReply]:
    """The pieces of a streamed answer, and the whole at its end."""
    *pieces, whole = [piece async for piece in model.stream(QUESTION)]
    assert isinstance(whole, ChatReply)
    return [str(piece) for piece in pieces], whole


async def test_an_answer_comes_with_its_cost(
    model: LanguageModel, simulator: ModelsSimulator
) -> None:
    simulator.next(Say("On its way.", input_tokens=23, output_tokens=5))

    reply = await model.reply(QUESTION, max_tokens=50)

    assert reply == ChatReply("On its way.", (), "tiny", 23, 5)
    (asked,) = simulator.asked
    assert asked.last == "Where is my parcel?"
    assert "Be brief." in asked.said
    assert asked.body["temperature"] == 0
    assert asked.body["max_tokens"] == 50


async def test_a_streamed_answer_arrives_in_pieces_and_ends_with_the_whole(
    model: LanguageModel, simulator: ModelsSimulator
) -> None:
    simulator.next(Say("It arrives tomorrow morning.", input_tokens=23, output_tokens=5))

    pieces, whole = await streamed(model)

    assert len(pieces) > 1
    assert "".join(pieces) == whole.text == "It arrives tomorrow morning."
    assert (whole.model, whole.input_tokens, whole.output_tokens) == ("tiny", 23, 5)


async def test_a_tool_is_offered_called_and_answered(
    model: LanguageModel, simulator: ModelsSimulator
) -> None:
    simulator.next(Say(calls=(Call("track_parcel", '{"number": "Z-1"}'),)), Say("In Graz."))

    asked = await model.reply(QUESTION, tools=[TRACK])
    (call,) = asked.tool_calls
    answered = await model.reply(
        [
            *QUESTION,
            ChatMessage("assistant", tool_calls=asked.tool_calls),
            ChatMessage("tool", "Graz depot", tool_call_id=call.id, tool_name=call.name),
        ],
        tools=[TRACK],
    )

    assert call == ToolCall(call.id, "track_parcel", {"number": "Z-1"})
    assert answered.text == "In Graz."
    assert "Graz depot" in simulator.asked[1].said


async def test_two_tools_called_at_once_are_answered_together(
    model: LanguageModel, simulator: ModelsSimulator
) -> None:
    call = Call("track_parcel", '{"number": "Z-1"}')
    simulator.next(Say(calls=(call, call)), Say("Both in Graz."))

    asked = await model.reply(QUESTION, tools=[TRACK])
    results = [
        ChatMessage("tool", "Graz", tool_call_id=it.id, tool_name=it.name)
        for it in asked.tool_calls
    ]
    answer = await model.reply(
        [*QUESTION, ChatMessage("assistant", tool_calls=asked.tool_calls), *results], tools=[TRACK]
    )

    assert len({it.id for it in asked.tool_calls}) == 2
    assert answer.text == "Both in Graz."


async def test_arguments_that_are_not_json_count_as_none(
    model: LanguageModel, simulator: ModelsSimulator
) -> None:
    simulator.next(Say(calls=(Call("track_parcel", "number is Z-1"),)))

    reply = await model.reply(QUESTION, tools=[TRACK])

    assert reply.tool_calls[0].arguments == {}


async def test_an_answer_by_a_schema_is_its_text(
    model: LanguageModel, simulator: ModelsSimulator
) -> None:
    simulator.next(Say('{"number": "Z-1"}'))

    reply = await model.reply(QUESTION, schema=NUMBER)

    assert reply.text == '{"number": "Z-1"}'
    assert reply.tool_calls == ()
    assert "number" in str(simulator.asked[0].body)


async def test_an_answer_that_was_too_long_says_so(
    model: LanguageModel, simulator: ModelsSimulator
) -> None:
    simulator.next(Say("And then", finish="length"), Say("And then", finish="length"))

    assert not (await model.reply(QUESTION)).is_whole
    assert not (await streamed(model))[1].is_whole


FAILURES: list[tuple[Answer, type[RapportError]]] = [
    (Fail(429, retry_after=7), ChatBusy),
    (Fail(500), ChatUnreachable),
    (Fail(503), ChatUnreachable),
    (Fail(529), ChatUnreachable),
    (Garbage(), ChatUnreachable),
    (Garbage("{}", "application/json"), ChatUnreachable),
    (Hang(), ChatUnreachable),
    (Fail(400), ChatRefused),
    (Fail(401), ChatRefused),
    (Fail(404), ChatRefused),
    (Fail(429, "insufficient_quota"), ChatRefused),
    (Say(refusal="I cannot help with that."), ChatDeclined),
    (Say(finish="content_filter"), ChatDeclined),
]


@pytest.mark.parametrize(("failure", "error"), FAILURES, ids=str)
@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
async def test_each_failure_says_whether_trying_again_helps(
    make: Make,
    simulator: ModelsSimulator,
    failure: Answer,
    error: type[RapportError],
    is_streamed: bool,
) -> None:
    simulator.next(failure)
    model = make(timeout_s=0.5 if failure == Hang() else 10)

    with pytest.raises(error) as raised:
        await (streamed(model) if is_streamed else model.reply(QUESTION))

    assert type(raised.value) is error
    assert raised.value.retryable is (error in {ChatBusy, ChatUnreachable})
    assert len(simulator.asked) == 1, "a failed request is never sent again by itself"


@pytest.mark.parametrize(
    "answer", [Say("One two three", cut_after=1), Say("a b", stumbles_after=1)]
)
async def test_a_stream_that_breaks_off_is_no_answer(
    model: LanguageModel, simulator: ModelsSimulator, answer: Say
) -> None:
    simulator.next(answer)
    stream = aiter(model.stream(QUESTION))

    first = await anext(stream)

    assert first == answer.pieces[0]
    with pytest.raises(ChatUnreachable):
        await anext(stream)


@pytest.mark.parametrize("failure", [Fail(429, retry_after=7), Fail(503, retry_after=7)], ids=str)
async def test_a_busy_model_says_when_to_come_back(
    model: LanguageModel, simulator: ModelsSimulator, failure: Fail
) -> None:
    simulator.next(failure)

    with pytest.raises(RapportError) as raised:
        await model.reply(QUESTION)

    assert raised.value.retry_after == 7


async def test_a_wrong_key_is_refused_and_not_repeated_in_the_message(make: Make) -> None:
    with pytest.raises(ChatRefused, match="does not know this key") as raised:
        await make(key="sk-stolen").reply(QUESTION)

    assert "sk-stolen" not in raised.value.detail


async def test_a_name_that_no_model_has_is_said(make: Make) -> None:
    with pytest.raises(ChatRefused, match="no model of this name"):
        await make(model="huge").reply(QUESTION)


async def test_a_private_address_is_said_to_be_one(make: Make) -> None:
    async with egress.client() as nowhere:
        with pytest.raises(ChatRefused, match="not on the public internet"):
            await make(http=nowhere).reply(QUESTION)


async def test_nobody_at_the_address_is_unreachable(make: Make, simulator: ModelsSimulator) -> None:
    simulator.port = free_port()

    async with egress.client(allow=[simulator.pair]) as http:
        with pytest.raises(ChatUnreachable):
            await make(http=http).reply(QUESTION)


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
async def test_a_model_that_takes_no_temperature_is_asked_without(
    http: httpx.AsyncClient, simulator: ModelsSimulator, is_streamed: bool
) -> None:
    url = simulator.anthropic_url
    model = AnthropicChat(http, base_url=url, model="claude-new", api_key=KEY)

    first = (await streamed(model))[1] if is_streamed else await model.reply(QUESTION)
    second = await model.reply(QUESTION)

    assert first.text == second.text == "Hello from the model."
    assert [asked.body.get("temperature") for asked in simulator.asked] == [None, None]
    assert simulator.connections == 3, "it is found out once"
