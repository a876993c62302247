"""What is somebody's never leaves the machine, and comes back in what is answered."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.inference.gateway.covering import Uncovering
from rapport.inference.personal.service import Cover
from rapport.inference.ports import ChatMessage, Tool, ToolCall
from tests.inference.gateway.conftest import Desk
from tests.models_simulator import Asked, Call, Say

TEXT = "I am Ada Lovelace, ada@home.example, IBAN DE89 3704 0044 0532 0130 00."
SECRETS = ("Ada", "Lovelace", "home.example", "3704")
PROTOCOLS = pytest.mark.parametrize("model", ["tiny", "claude-tiny"])


def echo(asked: Asked) -> Say:
    """Repeats what the user said last."""
    return Say(asked.last)


@PROTOCOLS
async def test_values_stay_here_and_come_back(desk: Desk, model: str) -> None:
    await desk.set_up(model)
    desk.simulator.otherwise = echo
    chat = await desk.chat(names=["Ada Lovelace"])

    reply = await chat.reply([ChatMessage("system", f"About {TEXT}"), ChatMessage("user", TEXT)])

    assert reply.text == TEXT
    (asked,) = desk.simulator.asked
    assert asked.last == "I am [NAME_1], [EMAIL_1], IBAN [IBAN_1]."
    assert not any(secret in asked.said for secret in SECRETS)
    assert (await desk.call()).covered == {"NAME": 1, "EMAIL": 1, "IBAN": 1}


@PROTOCOLS
@pytest.mark.parametrize("chunk", [1, 3, 5, 1_000])
async def test_values_come_back_in_streams_wherever_they_are_cut(
    desk: Desk, model: str, chunk: int
) -> None:
    await desk.set_up(model)
    desk.simulator.otherwise = lambda asked: Say(f"{asked.last} [1]", chunk=chunk)
    chat = await desk.chat(names=["Ada Lovelace"])

    pieces = [piece async for piece in chat.stream([ChatMessage("user", TEXT)])]

    assert "".join(pieces) == f"{TEXT} [1]"
    assert not any("[NAME" in piece or "_1]" in piece for piece in pieces)
    assert not any(secret in desk.simulator.asked[0].said for secret in SECRETS)


@PROTOCOLS
async def test_tools_are_called_with_the_values_and_their_answers_covered(
    desk: Desk, model: str
) -> None:
    await desk.set_up(model)
    desk.simulator.next(
        Say(calls=(Call("find", '{"who": {"mail": "[EMAIL_1]", "n": 3}}'),)), Say("Sent.")
    )
    chat, tools = await desk.chat(), [Tool("find", "Finds people.")]

    asked = await chat.reply([ChatMessage("user", TEXT)], tools=tools)
    (call,) = asked.tool_calls
    await chat.reply(
        [
            ChatMessage("user", TEXT),
            ChatMessage("assistant", tool_calls=(call,)),
            ChatMessage("tool", "bob@home.example", tool_call_id=call.id, tool_name="find"),
        ],
        tools=tools,
    )

    assert call == ToolCall(call.id, "find", {"who": {"mail": "ada@home.example", "n": 3}})
    said = desk.simulator.asked[1].said
    assert "[EMAIL_1]" in said
    assert "[EMAIL_2]" in said
    assert "home.example" not in said


@PROTOCOLS
async def test_values_are_put_back_into_an_object_whatever_they_hold(
    desk: Desk, model: str
) -> None:
    schema = {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}
    await desk.set_up(model)
    desk.simulator.otherwise = Say(json.dumps({"who": "[NAME_1]"}))
    chat = await desk.chat(names=['Ada "Countess" O\\Neil'])

    found = await chat.structured([ChatMessage("user", 'Ada "Countess" O\\Neil wrote.')], schema)

    assert found == {"who": 'Ada "Countess" O\\Neil'}


async def test_a_repeated_question_for_an_object_keeps_the_names(desk: Desk) -> None:
    schema = {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}
    await desk.set_up("tiny")
    desk.simulator.next(Say("It was [EMAIL_1]."), Say('{"who": "[EMAIL_1]"}'))
    chat = await desk.chat()

    found = await chat.structured([ChatMessage("user", TEXT)], schema)

    assert found == {"who": "ada@home.example"}
    assert "[TEXT_" not in desk.simulator.asked[1].said
    assert "home.example" not in desk.simulator.asked[1].said


@given(st.lists(st.integers(1, 7), max_size=60), st.text(alphabet="a[]_1EMAIL ", max_size=60))
def test_pieces_of_any_length_make_the_same_text(cuts: list[int], around: str) -> None:
    cover = Cover()
    cover.cover("ada@home.example")
    text = f"{around}[EMAIL_1]{around}[email_1]{around}"
    showing, shown, at = Uncovering(cover), "", 0
    for cut in [*cuts, len(text)]:
        shown += showing.take(text[at : at + cut])
        at += cut

    assert shown + showing.rest() == cover.uncover(text)
