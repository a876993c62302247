"""Trying again, the next model, and leaving alone what fails."""

import asyncio
from uuid import UUID

import pytest

from rapport.inference.errors import ChatBusy, ChatDeclined, ChatRefused, ChatUnreachable
from rapport.inference.gateway.breaker import Breaker
from rapport.inference.ports import ChatMessage
from tests.inference.gateway.conftest import Desk, Time
from tests.models_simulator import Fail, Garbage, Hang, Say
from tests.models_simulator.script import Answer

QUESTION = [ChatMessage("user", "Where is my parcel?")]


@pytest.mark.parametrize("failure", [Fail(429, retry_after=1), Fail(503), Garbage()], ids=str)
async def test_what_may_pass_is_tried_again(desk: Desk, failure: Answer) -> None:
    await desk.set_up("tiny")
    desk.simulator.next(failure, failure, Say("In Graz."))
    chat = await desk.chat()

    assert (await chat.reply(QUESTION)).text == "In Graz."

    call = await desk.call()
    assert (call.outcome, call.retries, call.model) == ("answered", 2, "tiny")


async def test_waits_grow_with_chance_in_them_and_last_as_long_as_asked_for(desk: Desk) -> None:
    await desk.set_up("tiny")
    desk.simulator.next(Fail(503), Fail(429, retry_after=3), Say())

    await (await desk.chat()).reply(QUESTION)

    assert desk.time.waits == [0.25, 3.5]


async def test_nobody_waits_longer_than_they_would(desk: Desk) -> None:
    await desk.set_up("tiny")
    desk.simulator.next(Fail(429, retry_after=60))
    chat = await desk.chat(within_s=5)

    with pytest.raises(ChatBusy) as raised:
        await chat.reply(QUESTION)

    assert raised.value.retry_after == 60
    assert desk.time.waits == []
    assert (await desk.call()).outcome == "busy"


@pytest.mark.parametrize("failure", [Fail(401), Fail(400), Fail(404)], ids=str)
async def test_what_will_not_pass_is_not_tried_again(desk: Desk, failure: Fail) -> None:
    await desk.set_up("tiny")
    desk.simulator.next(failure)
    chat = await desk.chat()

    with pytest.raises(ChatRefused):
        await chat.reply(QUESTION)

    assert len(desk.simulator.asked) == 1
    assert (await desk.call()).outcome == "refused"


@pytest.mark.parametrize(
    "failures",
    [
        (Fail(503), Fail(503), Fail(503)),
        (Fail(429, retry_after=60),),
        (Fail(401),),
        (Say(refusal="I cannot help with that."),),
    ],
    ids=str,
)
@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
async def test_the_next_model_answers_when_one_does_not(
    desk: Desk, failures: tuple[Answer, ...], is_streamed: bool
) -> None:
    await desk.set_up("tiny", "claude-tiny")
    desk.simulator.next(*failures, Say("In Graz."))
    chat = await desk.chat()

    if is_streamed:
        said = "".join([piece async for piece in chat.stream(QUESTION)])
    else:
        said = (await chat.reply(QUESTION)).text

    assert said == "In Graz."
    assert desk.simulator.asked[-1].path == "/v1/messages"
    call = await desk.call()
    assert (call.outcome, call.model, call.retries) == ("answered", "claude-tiny", len(failures))


async def test_a_model_that_hangs_leaves_time_to_the_next(desk: Desk) -> None:
    await desk.set_up("tiny", "large")
    desk.simulator.next(Hang(), Say("In Graz."))
    chat = await desk.chat(within_s=1)

    async with asyncio.timeout(10):
        assert (await chat.reply(QUESTION)).text == "In Graz."

    assert (await desk.call()).latency_ms >= 400


async def test_when_none_answers_the_last_one_says_why(desk: Desk) -> None:
    await desk.set_up("tiny", "large")
    desk.simulator.next(Fail(401), Say(refusal="No."))
    chat = await desk.chat()

    with pytest.raises(ChatDeclined):
        await chat.reply(QUESTION)

    call = await desk.call()
    assert (call.outcome, call.model) == ("declined", "large")


async def test_a_stream_that_broke_off_is_not_begun_anew(desk: Desk) -> None:
    await desk.set_up("tiny", "large")
    desk.simulator.next(Say("In Graz, I think.", cut_after=2))
    pieces = (await desk.chat()).stream(QUESTION)

    assert [await anext(pieces), await anext(pieces)] == ["In", " Graz,"]
    with pytest.raises(ChatUnreachable):
        await anext(pieces)

    call = await desk.call()
    assert (call.outcome, call.retries) == ("unreachable", 0)
    assert call.input_tokens > 0
    assert call.output_tokens > 0


async def test_whoever_stops_reading_a_stream_is_written_down(desk: Desk) -> None:
    await desk.set_up("tiny")
    pieces = (await desk.chat()).stream(QUESTION)

    await anext(pieces)
    await pieces.aclose()  # type: ignore[attr-defined]

    call = await desk.call()
    assert call.outcome == "given_up"
    assert call.output_tokens > 0


async def test_a_model_that_fails_five_times_is_left_alone_for_a_while(desk: Desk) -> None:
    await desk.set_up("tiny")
    desk.simulator.otherwise = Fail(503)
    chat = await desk.chat()
    for _ in range(2):
        with pytest.raises(ChatUnreachable):
            await chat.reply(QUESTION)
    assert len(desk.simulator.asked) == 5, "the sixth try was not made"

    with pytest.raises(ChatUnreachable, match="failed too often") as raised:
        await (await desk.chat()).reply(QUESTION)

    assert len(desk.simulator.asked) == 5
    assert 0 < (raised.value.retry_after or 0) <= 30

    desk.time.now += 30
    desk.simulator.otherwise = Say("In Graz.")
    assert (await chat.reply(QUESTION)).text == "In Graz."


async def test_another_model_is_asked_while_one_is_left_alone(desk: Desk) -> None:
    await desk.set_up("tiny", "large")
    desk.simulator.otherwise = lambda asked: (
        Fail(503) if asked.body["model"] == "tiny" else Say("In Graz.")
    )
    for number in range(4):
        question = [ChatMessage("user", f"Question {number}")]
        assert (await (await desk.chat()).reply(question)).text == "In Graz."

    assert [it.body["model"] for it in desk.simulator.asked].count("tiny") == 5


async def test_a_wrong_key_of_one_workspace_does_not_stop_another(
    desk: Desk, stranger: UUID
) -> None:
    await desk.set_up("tiny")
    await desk.set_up("tiny", workspace_id=stranger)
    desk.simulator.otherwise = Fail(503)
    for _ in range(3):
        with pytest.raises(ChatUnreachable):
            await (await desk.chat()).reply(QUESTION)

    desk.simulator.otherwise = Say("In Graz.")

    theirs = await desk.chat(workspace_id=stranger)
    assert (await theirs.reply(QUESTION)).text == "In Graz."


async def test_an_object_that_is_asked_for_again_and_again_takes_no_longer(desk: Desk) -> None:
    schema = {"type": "object", "properties": {}, "required": ["place"]}
    await desk.set_up("tiny")
    desk.simulator.otherwise = Say("In Graz.", after_s=0.4)
    chat = await desk.chat(within_s=1)

    async with asyncio.timeout(10):
        with pytest.raises(ChatUnreachable):
            await chat.structured(QUESTION, schema)

    assert sum(call.latency_ms for call in await desk.calls()) < 3_000


class TestBreaker:
    async def test_half_of_the_last_twenty_open_it(self) -> None:
        breaker = Breaker(Time().monotonic)
        for number in range(20):
            assert not breaker.is_open
            (breaker.failed if number % 2 else breaker.succeeded)()

        assert breaker.is_open
        assert not breaker.admits()

    async def test_one_call_is_admitted_after_the_rest_and_each_failure_doubles_it(self) -> None:
        time = Time()
        breaker = Breaker(time.monotonic)
        for _ in range(5):
            breaker.failed()
        time.now = 30

        assert [breaker.admits(), breaker.admits()] == [True, False]
        breaker.failed()
        time.now += 59
        assert not breaker.admits()
        time.now += 1
        assert breaker.admits()
        breaker.succeeded()
        assert not breaker.is_open
        assert breaker.admits()
        assert breaker.admits()

    async def test_a_call_that_its_caller_ended_proves_nothing(self) -> None:
        time = Time()
        breaker = Breaker(time.monotonic)
        for _ in range(5):
            breaker.failed()
        time.now = 30
        assert breaker.admits()

        breaker.released()

        assert breaker.is_open
        assert breaker.admits()
