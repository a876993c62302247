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


async def test_row_04_a_chat_makes_us_write_to_nobody(desk: Desk) -> None:
    raw = letter(desk.clock, is_proved=False, sender=VICTIM, to=desk.mailbox.address)
    await receive(desk.database, desk.workspace, desk.mailbox, raw)
    await desk.machine_says((await desk.talks())[0])

    await desk.listen()
    await desk.work()

    assert {it.recipients for it in desk.sink.taken} <= {(VICTIM,)}
    assert all(b"Where is my parcel" not in it.content for it in desk.sink.taken)
