import pytest

from rapport.ai.autopilot import service
from rapport.ai.autopilot.rewording import is_proved, reworded
from rapport.ai.autopilot.schemas import AnswerOut
from rapport.inference.fake import FakeChat
from rapport.inference.gateway.adapter import Gateway
from rapport.inference.gateway.endpoints import Connector, Endpoint
from rapport.inference.gateway.repository import CallRepository
from rapport.inference.ports import Chats
from rapport.kernel.errors import Unreachable
from tests.ai.autopilot.conftest import Desk
from tests.models_simulator import KEY, ModelsSimulator, Say
from tests.models_simulator.fixtures import simulator

__all__ = ["simulator"]

QUOTE = "A return costs €3.50, which we deduct from the refund. It is free for members."
QUESTION = "How do I return an item?"


@pytest.mark.parametrize(
    "said",
    [
        QUOTE,
        "A return costs €3.50.",
        "The return is free for members.",
        "1. A return costs €3.50.\n2. Free for members.",
    ],
)
def test_what_the_quote_says_is_proved(said: str) -> None:
    assert is_proved(said, QUOTE)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "A return costs €4.50.",
        "A return costs €3.50. We also give you a voucher for your next holiday in Paris.",
        "A return does not cost €3.50.",
        "Please contact our lawyers at once.",
        "It is free for members until 2030.",
    ],
)
def test_what_it_does_not_say_is_not(said: str) -> None:
    assert not is_proved(said, QUOTE)


async def how(desk: Desk) -> AnswerOut:
    """What is told of the one answer."""
    assert desk.conversation is not None
    async with desk.begin() as ctx:
        (answer,) = await service.answers_in(ctx, desk.conversation.id)
    return answer


async def test_a_proved_wording_is_used() -> None:
    chat = FakeChat(lambda _: "A return costs €3.50.")

    said = await reworded(chat, "costs?", QUOTE, "en")

    assert said is not None
    assert (said.text, said.model) == ("A return costs €3.50.", chat.name)
    assert QUOTE in chat.asked[0][-1].text


async def test_an_invented_wording_is_not() -> None:
    chat = FakeChat(lambda _: "Returns are always free, I promise a full refund of €500.")

    assert await reworded(chat, "costs?", QUOTE, "en") is None


async def test_a_link_or_an_image_of_the_model_never_arrives() -> None:
    chat = FakeChat(lambda _: "A return costs ![€3.50](https://evil.test/x.png).")

    said = await reworded(chat, "costs?", QUOTE, "en")

    assert said is None or "evil" not in said.text


async def test_a_model_that_fails_leaves_the_quote() -> None:
    def fail(_: object) -> str:
        raise Unreachable

    assert await reworded(FakeChat(fail), "costs?", QUOTE, "en") is None


async def test_with_a_model_the_assistant_speaks_its_proved_words(desk: Desk) -> None:
    said = "Choose **Return items** and print the label."
    desk.database.ports.provide(Chats, FakeChat(lambda _: said))

    await desk.ask(QUESTION)

    assert (await desk.said())[1].body.startswith(said)
    answer = await how(desk)
    assert (answer.wording, answer.model) == ("configured", "fake-chat")
    assert set(answer.timings) == {"retrieve_ms", "compose_ms", "model_ms"}


async def test_without_a_model_the_answer_says_that_it_is_in_the_articles_own_words(
    desk: Desk,
) -> None:
    await desk.ask(QUESTION)

    answer = await how(desk)

    assert (answer.mode, answer.wording, answer.model) == ("hybrid", "embedded", None)
    assert set(answer.timings) == {"retrieve_ms", "compose_ms"}
    assert all(ms >= 0 for ms in answer.timings.values())


async def test_words_of_a_model_that_are_not_used_are_not_said_to_be(desk: Desk) -> None:
    desk.database.ports.provide(Chats, FakeChat(lambda _: "We pay you €500."))

    await desk.ask(QUESTION)

    answer = await how(desk)
    assert (answer.wording, answer.model) == ("embedded", None)
    assert "model_ms" in answer.timings


async def test_nothing_is_worded_where_it_is_handed_over(desk: Desk) -> None:
    await desk.ask("Who won the world cup in 1954?")

    answer = await how(desk)

    assert (answer.decision, answer.wording) == ("handed_over", None)
    assert set(answer.timings) == {"retrieve_ms", "compose_ms"}


async def test_the_model_learns_neither_the_customers_name_nor_their_address(
    desk: Desk, simulator: ModelsSimulator
) -> None:
    allowed = Connector([simulator.pair])
    endpoint = Endpoint("openai", simulator.base_url, "tiny", KEY)
    chats = Gateway(desk.database, allowed, default=endpoint)
    desk.database.ports.provide(Chats, chats)
    simulator.otherwise = Say("Choose **Return items** and print the label.")

    await desk.ask("I am Ada Lovelace, ada@home.example. How do I return an item?")

    (asked,) = simulator.asked
    assert "I am [NAME_1], [EMAIL_1]." in asked.said
    assert (await desk.said())[1].body.startswith("Choose **Return items**")
    async with desk.begin() as ctx:
        (call,) = await ctx.session.scalars(CallRepository(ctx).select())
    assert desk.conversation is not None
    assert (call.purpose, call.conversation_id) == ("answer", desk.conversation.id)


async def test_a_model_that_is_gone_leaves_the_quote(
    desk: Desk, simulator: ModelsSimulator
) -> None:
    nowhere = Endpoint("openai", "http://127.0.0.1:9/v1", "tiny", KEY)
    gone = Gateway(desk.database, Connector(["127.0.0.1:9"]), default=nowhere)
    await desk.ask(QUESTION)
    without = (await desk.said())[1].body
    desk.conversation = None
    desk.database.ports.provide(Chats, gone)

    await desk.ask(QUESTION)

    assert (await desk.said())[1].body == without
