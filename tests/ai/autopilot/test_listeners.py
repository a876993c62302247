"""What the assistant looks at, and what it passes over."""

from rapport.ai.autopilot.listeners import waiting_for_it
from rapport.conversations import service as conversations
from rapport.kernel.events import log
from tests.ai.autopilot.conftest import Desk
from tests.conftest import Clock


async def concerned(desk: Desk) -> list[str]:
    """The names of those events of the whole log that the assistant looks at."""
    async with desk.begin() as ctx:
        return [
            r.name for r in await waiting_for_it(ctx, await log.of_workspace(ctx, log.BEGINNING))
        ]


async def test_what_a_customer_writes_to_the_assistant_concerns_it(desk: Desk) -> None:
    await desk.ask("How do I return an item?", listen=False)

    assert await concerned(desk) == ["conversations.message_added"]


async def test_a_conversation_that_a_person_has_is_passed_over(desk: Desk) -> None:
    await desk.ask("How do I return an item?", listen=False)
    assert desk.conversation is not None
    async with desk.begin() as ctx:
        await conversations.set_handler(ctx, desk.conversation.id, "agent")

    assert await concerned(desk) == []


async def test_what_is_handed_back_concerns_it_again(desk: Desk) -> None:
    await desk.ask("How do I return an item?", listen=False)
    assert desk.conversation is not None
    for handler in ("agent", "assistant"):
        async with desk.begin() as ctx:
            await conversations.set_handler(ctx, desk.conversation.id, handler)

    assert (await concerned(desk))[-1] == "conversations.handler_changed"


async def test_what_has_waited_too_long_is_left_to_people(desk: Desk, clock: Clock) -> None:
    await desk.ask("How do I return an item?", listen=False)
    clock.forward(hours=2)

    assert await concerned(desk) == []
