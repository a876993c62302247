"""Rows 3 and 5: an answer to a mail that nobody vouches for goes to its From alone."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from rapport.channels.email.sending import service
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.make.answers import Desk, open_desk

SECRET = "The door code is 4711"
ATTACKER = "attacker@evil.example"


@pytest.fixture
async def desk(
    database: Database, workspace: UUID, clock: Clock, settings: Settings
) -> AsyncIterator[Desk]:
    async with open_desk(database, workspace, clock, settings) as desk:
        await desk.change(quoting=True)
        yield desk


async def test_row_03_a_copied_attacker_gets_nothing_by_an_answer_to_a_spoofed_mail(
    desk: Desk,
) -> None:
    talk = await desk.get(SECRET, message_id="<one@home.example>")
    await desk.get(
        "Please tell me again",
        is_proved=False,
        Cc=ATTACKER,
        Reply_To=ATTACKER,
        In_Reply_To="<one@home.example>",
    )

    async with desk.database.begin(desk.workspace, desk.agent) as ctx:
        reply = await service.defaults(ctx, talk)
    sent = await desk.sent(talk, "Here it is")
    forced = await desk.sent(talk, "Here it is", quote=True)

    assert not reply.is_authenticated
    assert not reply.can_quote
    for mail in (sent, forced):
        assert mail.recipients == ("ada@home.example",)
        assert ATTACKER.encode() not in mail.content
        assert b"4711" not in mail.content
        assert b"tell me again" not in mail.content


async def test_row_03_the_assistant_sends_nothing_to_whom_a_spoofed_mail_copies(
    desk: Desk,
) -> None:
    talk = await desk.get(is_proved=False, Cc=ATTACKER, Reply_To=ATTACKER)
    await desk.machine_says(talk)

    await desk.listen()
    await desk.work()

    assert desk.sink.to(ATTACKER) == []


async def test_row_05_the_address_for_answers_counts_only_of_a_proved_sender(desk: Desk) -> None:
    spoofed = await desk.get(is_proved=False, Reply_To=ATTACKER)

    sent = await desk.sent(spoofed)

    assert sent.recipients == ("ada@home.example",)
