import pytest

from rapport.ai.autopilot.rewording import is_proved, reworded
from rapport.inference.fake import FakeChat
from rapport.inference.ports import Chat
from rapport.kernel.errors import Unreachable
from tests.ai.autopilot.conftest import Desk

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


async def test_a_proved_wording_is_used() -> None:
    chat = FakeChat(lambda _: "A return costs €3.50.")

    assert await reworded(chat, "costs?", QUOTE, "en") == "A return costs €3.50."
    assert QUOTE in chat.asked[0][-1].text


async def test_an_invented_wording_is_not() -> None:
    chat = FakeChat(lambda _: "Returns are always free, I promise a full refund of €500.")

    assert await reworded(chat, "costs?", QUOTE, "en") == QUOTE


async def test_a_link_or_an_image_of_the_model_never_arrives() -> None:
    chat = FakeChat(lambda _: "A return costs ![€3.50](https://evil.test/x.png).")

    assert "evil" not in await reworded(chat, "costs?", QUOTE, "en")


async def test_a_model_that_fails_leaves_the_quote() -> None:
    def fail(_: object) -> str:
        raise Unreachable

    assert await reworded(FakeChat(fail), "costs?", QUOTE, "en") == QUOTE


async def test_with_a_model_the_assistant_speaks_its_proved_words(desk: Desk) -> None:
    said = "Choose **Return items** and print the label."
    desk.database.ports.provide(Chat, FakeChat(lambda _: said))

    await desk.ask(QUESTION)

    assert (await desk.said())[1].body.startswith(said)
