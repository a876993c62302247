"""What models may cost, and what of it is written down."""

import asyncio
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import rapport.inference.gateway.privacy
import rapport.kernel.secrets.privacy  # noqa: F401 - both take part in erasures
from rapport.inference.errors import BudgetSpent
from rapport.inference.gateway import jobs, trace
from rapport.inference.gateway.adapter import Gateway
from rapport.inference.gateway.endpoints import Connector, Endpoint
from rapport.inference.ports import ChatMessage
from rapport.kernel import personal
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.privacy import forgetting
from rapport.kernel.secrets import vault
from tests.conftest import Begin, Clock
from tests.inference.gateway.conftest import Desk, Spent, Time
from tests.models_simulator import KEY, Fail, Hang, ModelsSimulator, Say

QUESTION = [ChatMessage("user", "Where is my parcel?")]


async def test_what_a_call_cost_is_counted_for_the_day_and_the_month(
    desk: Desk, spent: Spent, clock: Clock
) -> None:
    await desk.set_up("tiny", price="2")
    desk.simulator.otherwise = Say(input_tokens=500_000, output_tokens=10)

    await (await desk.chat()).reply(QUESTION)

    assert await spent() == {
        "2026-01-05": (500_010, Decimal(1)),
        "2026-01": (500_010, Decimal(1)),
    }
    call = await desk.call()
    assert (call.input_tokens, call.output_tokens, call.cost) == (500_000, 10, Decimal(1))
    assert (call.purpose, call.endpoint, call.is_cached) == ("test", desk.simulator.pair, False)
    assert call.created_at == clock()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"day_tokens": 300}, "tokens for today"),
        ({"month_tokens": 300}, "tokens for this month"),
        ({"day_cost": "0.0001"}, "money for today"),
        ({"month_cost": "0.0001"}, "money for this month"),
    ],
)
async def test_a_call_that_a_budget_does_not_allow_for_is_not_made(
    desk: Desk, limits: dict[str, Any], words: str, spent: Spent
) -> None:
    await desk.set_up("tiny", price="10", **limits)
    chat = await desk.chat()

    with pytest.raises(BudgetSpent, match=words) as raised:
        await chat.reply(QUESTION)

    assert raised.value.fields == {"budget": next(iter(limits))}
    assert desk.simulator.asked == []
    assert await spent() == {}
    assert (await desk.call()).outcome == "over_budget"


async def test_a_new_day_has_a_new_budget(desk: Desk, clock: Clock) -> None:
    await desk.set_up("tiny", day_tokens=200)
    desk.simulator.otherwise = Say(input_tokens=100, output_tokens=90)
    await (await desk.chat()).reply(QUESTION, max_tokens=100)
    with pytest.raises(BudgetSpent) as raised:
        await (await desk.chat()).reply([ChatMessage("user", "And now?")], max_tokens=100)
    assert raised.value.retry_after == 15 * 3_600

    clock.forward(hours=15)

    assert (await (await desk.chat()).reply(QUESTION, max_tokens=100)).text


async def test_two_processes_together_spend_no_more_than_the_budget(
    desk: Desk, database: Database, simulator: ModelsSimulator, spent: Spent
) -> None:
    await desk.set_up("tiny", day_tokens=1_000)
    simulator.otherwise = Say(input_tokens=20, output_tokens=100, after_s=0.05)
    other = Gateway(database, Connector([simulator.pair]), pace=Time().pace)

    async def ask(number: int) -> bool:
        gateway = desk.gateway if number % 2 else other
        async with desk.begin() as ctx:
            chat = await gateway.open(ctx, "test")
        assert chat is not None
        try:
            await chat.reply([ChatMessage("user", f"Question {number}")], max_tokens=100)
        except BudgetSpent:
            return False
        return True

    answered = sum(await asyncio.gather(*(ask(number) for number in range(16))))

    tokens, _ = (await spent())["2026-01-05"]
    assert 4 <= answered < 16
    assert tokens == 120 * answered <= 1_000


async def test_a_failure_costs_nothing_and_a_time_out_the_most_it_may_have(
    desk: Desk, spent: Spent
) -> None:
    await desk.set_up("tiny", "large")
    desk.simulator.next(Fail(401), Say(input_tokens=11, output_tokens=7))
    await (await desk.chat()).reply(QUESTION)
    assert (await spent())["2026-01-05"][0] == 18

    desk.simulator.next(Hang(), Say(input_tokens=11, output_tokens=7))
    await (await desk.chat(within_s=1)).reply([ChatMessage("user", "And now?")], max_tokens=50)

    assert 18 + 18 + 50 < (await spent())["2026-01-05"][0] < 150
    assert (await desk.calls())[1].output_tokens == 50 + 7


async def test_the_same_question_is_answered_from_memory_for_ten_minutes(
    desk: Desk, stranger: UUID
) -> None:
    await desk.set_up("tiny")
    await desk.set_up("tiny", workspace_id=stranger)
    desk.simulator.otherwise = lambda asked: Say(f"{asked.last} No {len(desk.simulator.asked)}")

    first = await (await desk.chat()).reply(QUESTION)
    second = await (await desk.chat()).reply(QUESTION)
    streamed = "".join([piece async for piece in (await desk.chat()).stream(QUESTION)])
    theirs = await (await desk.chat(workspace_id=stranger)).reply(QUESTION)

    assert first == second
    assert streamed == first.text
    assert theirs.text != first.text
    assert [call.is_cached for call in await desk.calls()] == [False, True, True]
    assert [call.cost for call in await desk.calls()] == [0, 0, 0]
    desk.time.now += 601
    assert (await (await desk.chat()).reply(QUESTION)).text != first.text


async def test_a_remembered_answer_has_the_values_of_whoever_asks(desk: Desk) -> None:
    await desk.set_up("tiny")
    desk.simulator.otherwise = lambda asked: Say(asked.last)

    said = [
        (await (await desk.chat()).reply([ChatMessage("user", f"Write to {mail}")])).text
        for mail in ("ada@home.example", "bob@home.example")
    ]

    assert said == ["Write to ada@home.example", "Write to bob@home.example"]
    assert len(desk.simulator.asked) == 1


async def test_an_answer_that_was_cut_short_is_not_remembered(desk: Desk) -> None:
    await desk.set_up("tiny")
    desk.simulator.next(Say("In", finish="length"), Say("In Graz."))

    await (await desk.chat()).reply(QUESTION)

    assert (await (await desk.chat()).reply(QUESTION)).text == "In Graz."


async def test_words_are_kept_only_where_that_is_wanted_and_go_with_the_customer(
    desk: Desk, begin: Begin
) -> None:
    conversation_id, text = new_id(), [ChatMessage("user", "I am ada@home.example")]
    await desk.set_up("tiny")
    await (await desk.chat(conversation_id=conversation_id)).reply(text)
    assert (await desk.call()).words is None

    await desk.set_up("tiny", keeps_words=True)
    desk.simulator.otherwise = Say("Hello [EMAIL_1].")
    await (await desk.chat(conversation_id=conversation_id)).reply(text, max_tokens=9)
    sealed = (await desk.calls())[1].words
    assert sealed is not None
    async with begin() as ctx:
        opened = await vault.open(ctx, trace.PURPOSE, sealed)
    assert opened is not None
    words = json.loads(opened)
    assert words["prompt"][0]["text"] == "I am [EMAIL_1]"
    assert words["answer"] == "Hello [EMAIL_1]."

    async with begin() as ctx:
        await forgetting.erase_all(ctx, personal.rooms, frozenset({conversation_id}))

    assert [(it.words, it.conversation_id) for it in await desk.calls()] == [(None, None)] * 2
    async with begin() as ctx:
        assert await vault.open(ctx, trace.PURPOSE, sealed) is None


async def test_old_calls_are_forgotten(
    desk: Desk, database: Database, clock: Clock, workspace: UUID
) -> None:
    await desk.set_up("tiny", keep_days=2)
    await (await desk.chat()).reply(QUESTION)
    clock.forward(days=1)
    await (await desk.chat()).reply(QUESTION, max_tokens=9)
    clock.forward(days=1, minutes=1)

    assert await jobs.forget(database, workspace) == 1
    assert len(await desk.calls()) == 1


async def test_a_workspace_without_models_uses_that_of_the_server(
    desk: Desk, database: Database, simulator: ModelsSimulator, begin: Begin
) -> None:
    default = Endpoint("openai", simulator.base_url, "tiny", KEY)
    gateway = Gateway(database, Connector([simulator.pair]), default=default)

    async with begin() as ctx:
        chat = await gateway.open(ctx, "test")
        none = await desk.gateway.open(ctx, "test")

    assert none is None
    assert chat is not None
    assert (await chat.reply(QUESTION)).model == chat.name == "tiny"


async def test_a_stranger_sees_no_calls_and_shares_no_budget(
    desk: Desk, stranger: UUID, spent: Spent
) -> None:
    await desk.set_up("tiny", day_tokens=2_000)
    await (await desk.chat()).reply(QUESTION)

    assert await desk.calls(workspace_id=stranger) == []
    async with desk.begin(workspace_id=stranger) as ctx:
        assert await desk.gateway.open(ctx, "test") is None
