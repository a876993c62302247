"""Row 4: nobody makes us write to others, and nobody speaks through us."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from rapport.channels.email.sending.acknowledgement import acknowledge
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.make.answers import Desk, open_desk
from tests.make.mail import letter, receive

ATTACK = "BUY-CHEAP-PILLS"
VICTIM = "victim@home.example"
TALKS, TIMES = 10, 100


@pytest.fixture
async def desk(
    database: Database, workspace: UUID, clock: Clock, settings: Settings
) -> AsyncIterator[Desk]:
    async with open_desk(database, workspace, clock, settings) as desk:
        await desk.change(acknowledge=True)
        yield desk


def attack(desk: Desk, number: int, *, is_proved: bool) -> bytes:
    return letter(
        desk.clock,
        f"{ATTACK} {number}",
        sender=f"{ATTACK} <{VICTIM}>",
        to=desk.mailbox.address,
        subject=f"{ATTACK} {number}",
        is_proved=is_proved,
        html=f"<p>{ATTACK}</p>",
        files=[(f"{ATTACK}.txt", "text/plain", ATTACK.encode())],
    )


async def test_row_04_a_thousand_mails_in_somebodys_name_bring_them_none(desk: Desk) -> None:
    await bomb(desk, is_proved=False)

    assert desk.sink.taken == []


async def test_row_04_a_thousand_proved_mails_bring_their_sender_one_without_their_words(
    desk: Desk,
) -> None:
    await bomb(desk, is_proved=True)

    (sent,) = desk.sink.taken
    assert sent.recipients == (VICTIM,)
    assert ATTACK.encode() not in sent.content
    assert "PILLS" not in str(sent.mail["Subject"])


async def bomb(desk: Desk, *, is_proved: bool) -> None:
    """Send a thousand times, as far as what may bring about an answer is concerned."""
    talks = [
        await desk.get(raw=attack(desk, number, is_proved=is_proved)) for number in range(TALKS)
    ]
    await desk.listen()
    for talk in talks:
        async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
            for _ in range(TIMES):
                await acknowledge(ctx, talk)
    await desk.work()


async def test_row_04_a_thousand_forms_filled_in_with_an_address_bring_it_none(
    desk: Desk,
) -> None:
    """Forms of a web site write from our own address, which is proved; anybody types the rest."""
    form = {"sender": f"Shop <{desk.mailbox.address}>", "Reply_To": f"{ATTACK} <{VICTIM}>"}
    talks = [
        await desk.get(f"{ATTACK} {number}", subject=f"{ATTACK} {number}", **form)
        for number in range(TALKS)
    ]
    await desk.listen()
    for talk in talks:
        async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
            for _ in range(TIMES):
                await acknowledge(ctx, talk)
    await desk.work()

    assert len({*talks}) == TALKS
    assert desk.sink.taken == []


@pytest.mark.parametrize("way", ["mails", "forms"])
async def test_row_04_the_assistant_answers_who_may_not_have_asked_once_and_without_their_words(
    desk: Desk, way: str
) -> None:
    await desk.change(quoting=True)
    form = {"sender": f"Shop <{desk.mailbox.address}>", "Reply_To": f"{ATTACK} <{VICTIM}>"}
    for number in range(TALKS):
        if way == "forms":
            talk = await desk.get(f"{ATTACK} {number}", subject=f"{ATTACK} {number}", **form)
        else:
            talk = await desk.get(raw=attack(desk, number, is_proved=False))
        await desk.machine_says(talk)
        await desk.listen()
        await desk.work()
        desk.clock.forward(hours=1)

    (sent,) = desk.sink.taken
    assert sent.recipients == (VICTIM,)
    assert ATTACK.encode() not in sent.content
    assert "PILLS" not in str(sent.mail["Subject"])
    withheld = [it.reason for it in await desk.deliveries() if it.state == "failed"]
    assert withheld == ["not_proved"] * (TALKS - 1)


async def test_row_04_who_answers_a_mail_of_ours_has_asked(desk: Desk) -> None:
    talk = await desk.get("Hello?", is_proved=False, sender=VICTIM)
    await desk.machine_says(talk, "Hello.")
    await desk.listen()
    await desk.work()

    for number in range(3):
        ours = desk.sink.taken[-1].id
        await desk.get(f"And {number}?", is_proved=False, sender=VICTIM, References=ours)
        await desk.machine_says(talk, f"Yes, {number}.")
        await desk.listen()
        await desk.work()

    subjects = [str(it.mail["Subject"]) for it in desk.sink.taken]
    assert len(subjects) == 4
    assert "My parcel" not in subjects[0]
    assert set(subjects[1:]) == {"Re: My parcel"}


async def test_row_04_a_chat_makes_us_write_to_nobody(desk: Desk) -> None:
    raw = letter(desk.clock, is_proved=False, sender=VICTIM, to=desk.mailbox.address)
    await receive(desk.database, desk.workspace, desk.mailbox, raw)
    await desk.machine_says((await desk.talks())[0])

    await desk.listen()
    await desk.work()

    assert {it.recipients for it in desk.sink.taken} <= {(VICTIM,)}
    assert all(b"Where is my parcel" not in it.content for it in desk.sink.taken)
