from collections.abc import AsyncIterator

import httpx
import pytest

from rapport.inference.errors import ChatBusy, ChatRefused, ChatUnreachable
from rapport.inference.openai_chat import OpenAIChat
from rapport.inference.ports import ChatMessage, Tool, ToolCall
from rapport.kernel.errors import RapportError
from tests.inference.openai_simulator import KEY, OpenAISimulator

QUESTION = [ChatMessage("system", "Be brief."), ChatMessage("user", "Where is my parcel?")]
TRACK = Tool(
    "track_parcel",
    "Where a parcel is.",
    {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
)


@pytest.fixture
def simulator() -> OpenAISimulator:
    return OpenAISimulator()


@pytest.fixture
async def http(simulator: OpenAISimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with simulator.client() as client:
        yield client


@pytest.fixture
def chat(http: httpx.AsyncClient) -> OpenAIChat:
    return OpenAIChat(http, base_url="http://models.test/v1", model="tiny", api_key=KEY)


async def streamed_text(chat: OpenAIChat) -> str:
    return "".join([piece async for piece in chat.stream(QUESTION)])


async def test_an_answer_comes_with_its_cost(chat: OpenAIChat, simulator: OpenAISimulator) -> None:
    simulator.says = "On its way."

    reply = await chat.reply(QUESTION, max_tokens=50)

    assert (reply.text, reply.tool_calls) == ("On its way.", ())
    assert (reply.model, reply.input_tokens, reply.output_tokens) == ("tiny", 11, 7)
    (request,) = simulator.requests
    assert [m["role"] for m in request["messages"]] == ["system", "user"]
    assert 50 in (request.get("max_tokens"), request.get("max_completion_tokens"))


async def test_a_streamed_answer_arrives_in_pieces(
    chat: OpenAIChat, simulator: OpenAISimulator
) -> None:
    simulator.says = "It arrives tomorrow morning."

    pieces = [piece async for piece in chat.stream(QUESTION)]

    assert len(pieces) > 1
    assert "".join(pieces).strip() == "It arrives tomorrow morning."


async def test_a_tool_is_offered_called_and_answered(
    chat: OpenAIChat, simulator: OpenAISimulator
) -> None:
    simulator.calls = [{"name": "track_parcel", "arguments": '{"number": "Z-1"}'}]
    asked = await chat.reply(QUESTION, tools=[TRACK])
    simulator.calls = []

    await chat.reply(
        [
            *QUESTION,
            ChatMessage("assistant", tool_calls=asked.tool_calls),
            ChatMessage("tool", "In Graz.", tool_call_id="call_0", tool_name="track_parcel"),
        ],
        tools=[TRACK],
    )

    assert asked.tool_calls == (ToolCall("call_0", "track_parcel", {"number": "Z-1"}),)
    offered, answered = simulator.requests
    assert offered["tools"][0]["function"]["name"] == "track_parcel"
    assert [m["role"] for m in answered["messages"]] == ["system", "user", "assistant", "tool"]
    assert answered["messages"][-1]["content"] == "In Graz."


async def test_arguments_that_are_not_json_count_as_none(
    chat: OpenAIChat, simulator: OpenAISimulator
) -> None:
    simulator.calls = [{"name": "track_parcel", "arguments": "number is Z-1"}]

    reply = await chat.reply(QUESTION, tools=[TRACK])

    assert reply.tool_calls[0].arguments == {}


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (429, ChatBusy),
        (500, ChatUnreachable),
        (503, ChatUnreachable),
        ("timeout", ChatUnreachable),
        ("garbage", ChatUnreachable),
        (400, ChatRefused),
        (404, ChatRefused),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_each_failure_says_whether_trying_again_helps(
    chat: OpenAIChat,
    simulator: OpenAISimulator,
    failure: int | str,
    error: type[RapportError],
    streamed: bool,
) -> None:
    simulator.failures = [failure]

    with pytest.raises(error) as raised:
        await (streamed_text(chat) if streamed else chat.reply(QUESTION))

    assert raised.value.retryable is (error is not ChatRefused)
    assert len(simulator.requests) <= 1, "a failed request is never sent again by itself"


async def test_a_busy_model_says_when_to_come_back(
    chat: OpenAIChat, simulator: OpenAISimulator
) -> None:
    simulator.failures = [429]

    with pytest.raises(ChatBusy) as raised:
        await chat.reply(QUESTION)

    assert raised.value.retry_after == 7


async def test_a_wrong_key_is_refused_and_not_repeated_in_the_message(
    http: httpx.AsyncClient,
) -> None:
    chat = OpenAIChat(http, base_url="http://models.test/v1", model="tiny", api_key="sk-stolen")

    with pytest.raises(ChatRefused) as raised:
        await chat.reply(QUESTION)

    assert "sk-stolen" not in raised.value.detail
