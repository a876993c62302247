"""Mail from the server in front of us, which is told of each recipient by itself."""

from uuid import UUID

from rapport.channels.email.receiving.smtp.listener import Listener
from rapport.kernel.database.engine import Database
from tests.channels.email.receiving.smtp.broken import without_mail
from tests.channels.email.receiving.smtp.wire import Wire
from tests.make.mailboxes import Box, kept, mailbox

MAIL = b"From: ada@home.example\r\nMessage-ID: <1@home.example>\r\n\r\nWhere is it?"
SENDER = "ada@home.example"


async def test_each_recipient_is_answered_by_itself(
    database: Database, listener: Listener, box: Box
) -> None:
    async with Wire(listener.lmtp_port) as wire:
        unknown = f"nobody@{box.domain}"
        await wire.begin(
            SENDER, [box.address, unknown, f"help@{box.domain}", box.address], hello="LHLO"
        )
        answers = [await wire.send(MAIL), await wire.hear(), await wire.hear()]
        then = await wire.say("NOOP")

    assert [answer[:3] for answer in answers] == ["250"] * 3
    assert then.startswith("250 ")
    assert len(await kept(database, box)) == 1


async def test_one_that_cannot_be_kept_now_does_not_hold_up_the_others(
    database: Database, database_url: str, listener: Listener, box: Box, stranger: UUID
) -> None:
    other = await mailbox(database, stranger)
    async with Wire(listener.lmtp_port) as wire:
        await wire.begin(SENDER, [box.address, other.address], hello="LHLO")
        with without_mail(database_url, other):
            first, second = await wire.send(MAIL), await wire.hear()
        await wire.begin(SENDER, [other.address], hello="LHLO")
        again = await wire.send(MAIL)

    assert first.startswith("250 ")
    assert second.startswith("451 4.3.0 ")
    assert again.startswith("250 ")
    assert len(await kept(database, box)) == 1
    assert len(await kept(database, other)) == 1


async def test_what_is_too_large_is_refused_for_each(listener: Listener, box: Box) -> None:
    async with Wire(listener.lmtp_port) as wire:
        await wire.say("LHLO client.example")
        answer = await wire.say(f"MAIL FROM:<{SENDER}> SIZE=99999999")

    assert answer.startswith("552 ")


async def test_smtps_greetings_are_not_understood(listener: Listener) -> None:
    async with Wire(listener.lmtp_port) as wire:
        answers = [await wire.say("EHLO client.example"), await wire.say("HELO client.example")]

    assert {answer[:3] for answer in answers} == {"500"}
