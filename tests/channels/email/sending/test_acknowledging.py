"""What machines of ours send: seldom, to who is proved, and never to another machine."""

from typing import Any

import pytest

from rapport.channels.email.parsing import parse
from rapport.channels.email.sending import acknowledgement
from rapport.conversations import service as conversations
from rapport.kernel.context import SYSTEM
from tests.make.answers import Desk
from tests.make.mail import letter, receive

ATTACK = "BUY-CHEAP-PILLS"


@pytest.fixture
async def telling(desk: Desk) -> Desk:
    """A desk that tells who writes that their mail arrived."""
    await desk.change(acknowledge=True)
    return desk


async def listen(desk: Desk) -> None:
    await desk.listen()
    await desk.work()


async def test_who_writes_is_told_that_it_arrived_in_their_language(telling: Desk) -> None:
    talk = await telling.get(
        "Guten Tag, ich habe am Montag ein Paket bestellt, und es ist noch nicht angekommen. "
        "Können Sie bitte nachsehen?",
        message_id="<one@home.example>",
    )

    await listen(telling)

    (sent,) = telling.sink.taken
    async with telling.database.begin(telling.workspace, SYSTEM) as ctx:
        number = (await conversations.get(ctx, talk)).number
    assert sent.recipients == ("ada@home.example",)
    assert sent.mail["Subject"] == f"Wir haben Ihre Nachricht erhalten [#{number}]"
    assert sent.mail["Auto-Submitted"] == "auto-replied"
    assert sent.mail["In-Reply-To"] == "<one@home.example>"
    assert "Vielen Dank" in parse(sent.content).text


async def test_the_inbox_may_say_it_in_its_own_words(telling: Desk) -> None:
    await telling.change(acknowledgement="Hello! Your number is **{number}**.")
    await telling.get()

    await listen(telling)

    assert "Your number is" in parse(telling.sink.taken[0].content).text


async def test_it_is_no_message_of_the_conversation(telling: Desk) -> None:
    talk = await telling.get()

    await listen(telling)

    async with telling.database.begin(telling.workspace, SYSTEM) as ctx:
        assert (await conversations.get(ctx, talk)).last_seq == 1
    answer = await telling.get("One more thing", In_Reply_To=telling.sink.taken[0].id)
    assert answer == talk


@pytest.mark.parametrize(
    "mail",
    [
        {"is_proved": False},
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.home.example>"},
        {"sender": "noreply@home.example"},
        {"sender": "MAILER-DAEMON@home.example"},
        {"sender": "do-not-reply+x@home.example"},
    ],
    ids=str,
)
async def test_the_unproved_and_machines_are_told_nothing(
    telling: Desk, mail: dict[str, Any]
) -> None:
    await telling.get(**mail)

    await listen(telling)

    assert telling.sink.taken == []


async def test_nobody_is_told_where_it_is_switched_off(desk: Desk) -> None:
    await desk.get()

    await listen(desk)

    assert desk.sink.taken == []


async def test_an_address_is_told_once_in_a_day(telling: Desk) -> None:
    for number in range(5):
        await telling.get(subject=f"Number {number}")
    await listen(telling)
    assert len(telling.sink.taken) == 1

    telling.clock.forward(hours=24)
    await telling.get(subject="The next day")
    await listen(telling)
    assert len(telling.sink.taken) == 2


async def test_mail_that_is_fetched_late_is_not_acknowledged(telling: Desk) -> None:
    raw = letter(telling.clock, to=telling.mailbox.address)
    telling.clock.forward(days=3)
    await receive(telling.database, telling.workspace, telling.mailbox, raw)

    await listen(telling)

    assert telling.sink.taken == []


async def test_an_inbox_acknowledges_no_more_than_its_share(telling: Desk) -> None:
    many = acknowledgement.OF_INBOX.times + 10
    for number in range(many):
        await telling.get(sender=f"ada{number}@home.example")

    await listen(telling)

    assert len(telling.sink.taken) == acknowledgement.OF_INBOX.times


async def test_the_assistants_answers_say_that_a_machine_wrote(desk: Desk) -> None:
    talk = await desk.get()
    await desk.machine_says(talk)

    await listen(desk)

    (sent,) = desk.sink.taken
    assert sent.mail["Auto-Submitted"] == "auto-replied"
    assert sent.mail["X-Auto-Response-Suppress"] == "All"
    assert (await desk.last()).is_automatic


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Precedence": "bulk"}, "auto_reply"),
        ({"sender": "noreply@home.example"}, "no_person"),
    ],
)
async def test_no_machine_answers_a_machine(desk: Desk, mail: dict[str, Any], reason: str) -> None:
    talk = await desk.get(**mail)
    await desk.machine_says(talk)

    await listen(desk)

    assert desk.sink.taken == []
    withheld = await desk.last()
    assert (withheld.state, withheld.reason) == ("failed", reason)


async def test_an_agent_may_answer_a_machine(desk: Desk) -> None:
    talk = await desk.get(sender="noreply@home.example", Auto_Submitted="auto-generated")

    sent = await desk.sent(talk)

    assert sent.recipients == ("noreply@home.example",)


async def test_the_question_of_a_stranger_in_a_thread_waits_for_a_person(desk: Desk) -> None:
    talk = await desk.get()
    sent = await desk.sent(talk)
    await desk.get("And me?", sender="mallory@else.example", In_Reply_To=sent.id)
    await desk.machine_says(talk)

    await listen(desk)

    assert (await desk.last()).reason == "stranger"
    assert desk.sink.to("mallory@else.example") == []


async def test_what_is_written_by_the_ordinary_door_goes_by_mail_too(desk: Desk) -> None:
    talk = await desk.get()
    async with desk.database.begin(desk.workspace, desk.agent) as ctx:
        await conversations.reply(ctx, talk, "By the API")

    await listen(desk)
    await listen(desk)

    (sent,) = desk.sink.taken
    assert parse(sent.content).text == "By the API"
    assert "Auto-Submitted" not in sent.mail
