"""Mail as other servers bring it: what is taken, what is not, and what is answered."""

import asyncio
from uuid import UUID

import pytest

from rapport.channels.email.receiving.smtp.listener import Listener
from rapport.conversations.inboxes import service as inboxes
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.channels.email.receiving.smtp.wire import Wire
from tests.make.mailboxes import Box, content, kept, mailbox

MAIL = b"From: ada@home.example\r\nMessage-ID: <1@home.example>\r\nSubject: Hi\r\n\r\nWhere is it?"
SENDER = "ada@home.example"


async def test_a_message_is_kept_as_it_came_before_it_is_acknowledged(
    database: Database, listener: Listener, box: Box
) -> None:
    async with Wire(listener.smtp_port) as wire:
        await wire.begin(SENDER, [box.address])
        answer = await wire.send(MAIL + b"\r\n..\r\n.. and a dot")
        rows = await kept(database, box)

    assert answer.startswith("250 ")
    assert len(rows) == 1
    assert rows[0].state == "received"
    assert rows[0].size_bytes == len(MAIL) + 18
    assert await content(database, rows[0]) == MAIL + b"\r\n.\r\n. and a dot\r\n"


async def test_the_envelope_is_kept_with_it(
    database: Database, listener: Listener, box: Box
) -> None:
    async with Wire(listener.smtp_port) as wire:
        await wire.begin("", [box.tagged("token")])
        await wire.send(MAIL)

    (row,) = await kept(database, box)
    # The address of this machine says nothing about the sender.
    assert row.envelope == {
        "mail_from": "",
        "rcpt_to": [box.tagged("token")],
        "helo": "client.example",
    }


async def test_a_recipient_is_taken_only_when_an_inbox_has_the_address(
    listener: Listener, box: Box
) -> None:
    answers = {}
    async with Wire(listener.smtp_port) as wire:
        await wire.say("EHLO client.example")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        for address in (
            box.address,
            box.address.upper(),
            box.tagged("anything"),
            f"help@{box.domain}",
            f"nobody@{box.domain}",
            f"nobody+support@{box.domain}",
            f"+support@{box.domain}",
            "support@elsewhere.example",
        ):
            answers[address] = (await wire.say(f"RCPT TO:<{address}>"))[:3]

    assert list(answers.values()) == ["250"] * 4 + ["550"] * 4


async def test_an_inbox_that_is_off_takes_nothing(
    database: Database, listener: Listener, box: Box
) -> None:
    async with database.begin(box.workspace_id, SYSTEM) as ctx:
        await inboxes.change_inbox(ctx, box.inbox_id, is_enabled=False)

    async with Wire(listener.smtp_port) as wire:
        await wire.say("EHLO client.example")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        answer = await wire.say(f"RCPT TO:<{box.address}>")

    assert answer.startswith("550 ")


async def test_several_inboxes_get_one_message_each_and_do_not_hear_of_one_another(
    database: Database, listener: Listener, box: Box, stranger: UUID
) -> None:
    other = await mailbox(database, stranger)
    async with Wire(listener.smtp_port) as wire:
        await wire.begin(SENDER, [box.address, other.address, f"help@{box.domain}"])
        answer = await wire.send(MAIL)

    assert answer.startswith("250 ")
    (mine,), (theirs,) = await kept(database, box), await kept(database, other)
    assert mine.envelope["rcpt_to"] == [box.address, f"help@{box.domain}"]
    assert theirs.envelope["rcpt_to"] == [other.address]


async def test_a_message_that_is_sent_again_is_kept_once(
    database: Database, listener: Listener, box: Box
) -> None:
    for _ in range(3):
        async with Wire(listener.smtp_port) as wire:
            await wire.begin(SENDER, [box.address])
            assert (await wire.send(MAIL)).startswith("250 ")

    assert len(await kept(database, box)) == 1


async def test_messages_that_carry_nothing_of_their_own_are_all_kept(
    database: Database, listener: Listener, box: Box
) -> None:
    async with Wire(listener.smtp_port) as wire:
        for _ in range(2):
            await wire.begin(SENDER, [box.address])
            await wire.send(b"Subject: Disk full\r\n\r\nAgain.")

    assert len(await kept(database, box)) == 2


async def test_fifty_at_once_bringing_the_same_message_make_one(
    database: Database, listener: Listener, box: Box
) -> None:
    async def bring() -> str:
        async with Wire(listener.smtp_port) as wire:
            await wire.begin(SENDER, [box.address])
            return await wire.send(MAIL)

    answers = await asyncio.gather(*(bring() for _ in range(50)))

    assert {answer[:3] for answer in answers} == {"250"}
    assert len(await kept(database, box)) == 1


async def test_a_line_may_be_as_long_as_the_message(
    database: Database, listener: Listener, box: Box
) -> None:
    long = MAIL + b"\r\n" + b"x" * 3_000_000
    async with Wire(listener.smtp_port) as wire:
        await wire.begin(SENDER, [box.address])
        answer = await wire.send(long)

    assert answer.startswith("250 ")
    (row,) = await kept(database, box)
    assert await content(database, row) == long + b"\r\n"


@pytest.mark.parametrize(
    "end", [b"\n.\r\n", b"\n.\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r\r\n.\n", b"\r\n\x00.\r\n"]
)
async def test_nothing_but_a_dot_between_real_line_ends_ends_a_message(
    database: Database, listener: Listener, box: Box, end: bytes
) -> None:
    smuggled = MAIL + end + b"MAIL FROM:<evil@home.example>\r\nRCPT TO:<x@y.example>\r\nDATA"
    async with Wire(listener.smtp_port) as wire:
        await wire.begin(SENDER, [box.address])
        answer = await wire.send(smuggled)
        then = await wire.say("NOOP")

    assert answer.startswith("250 ")
    assert then.startswith("250 ")
    (row,) = await kept(database, box)
    assert await content(database, row) == smuggled + b"\r\n"


async def test_a_client_may_send_everything_without_waiting(
    database: Database, listener: Listener, box: Box
) -> None:
    async with Wire(listener.smtp_port) as wire:
        await wire.say("EHLO client.example")
        wire.writer.write(
            f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{box.address}>\r\nDATA\r\n".encode()
            + MAIL
            + b"\r\n.\r\nNOOP\r\n"
        )
        answers = [(await wire.hear())[:3] for _ in range(5)]

    assert answers == ["250", "250", "354", "250", "250"]


async def test_a_message_may_be_empty(database: Database, listener: Listener, box: Box) -> None:
    async with Wire(listener.smtp_port) as wire:
        await wire.begin(SENDER, [box.address])
        answer = await wire.say(b".")

    assert answer.startswith("250 ")
    (row,) = await kept(database, box)
    assert row.size_bytes == 0


async def test_what_is_announced_too_large_is_refused_at_once(
    listener: Listener, settings: Settings
) -> None:
    async with Wire(listener.smtp_port) as wire:
        hello = await wire.say("EHLO client.example")
        answer = await wire.say(f"MAIL FROM:<{SENDER}> SIZE={settings.max_mail_bytes + 1}")

    assert f"SIZE {settings.max_mail_bytes}" in hello
    assert answer.startswith("552 ")


async def test_what_turns_out_too_large_is_refused_and_the_next_is_taken(
    database: Database, settings: Settings, box: Box
) -> None:
    small = settings.model_copy(update={"max_mail_bytes": 200_000})
    async with (
        Listener(database, small, smtp_port=0, lmtp_port=None) as listener,
        Wire(listener.smtp_port) as wire,
    ):
        await wire.begin(SENDER, [box.address])
        refused = await wire.send(b"x" * 78 + b"\r\n" + b"y" * 1_000_000)
        await wire.begin(SENDER, [box.address])
        taken = await wire.send(MAIL)

    assert refused.startswith("552 5.3.4 ")
    assert taken.startswith("250 ")
    assert len(await kept(database, box)) == 1


async def test_addresses_may_be_in_any_script(
    database: Database, listener: Listener, workspace: UUID
) -> None:
    box = await mailbox(database, workspace, aliases=["почта"])
    async with Wire(listener.smtp_port) as wire:
        await wire.say("EHLO client.example")
        await wire.say("MAIL FROM:<иван@пример.example> SMTPUTF8 BODY=8BITMIME")
        known = await wire.say(f"RCPT TO:<почта@{box.domain}>")
        broken = await wire.say(b"RCPT TO:<\xff\xfe@home.example>")
        await wire.say("DATA")
        answer = await wire.send("Subject: Привіт\r\n\r\nЩит".encode())

    assert known.startswith("250 ")
    assert broken[:1] in "45"
    assert answer.startswith("250 ")
    (row,) = await kept(database, box)
    assert row.envelope["mail_from"] == "иван@пример.example"


async def test_nobody_can_sign_in_or_ask_who_is_here(listener: Listener, box: Box) -> None:
    async with Wire(listener.smtp_port) as wire:
        hello = await wire.say("EHLO client.example")
        tried = await wire.say("AUTH PLAIN AGFkYQBzZWNyZXQ=")
        known = await wire.say(f"VRFY {box.address}")
        unknown = await wire.say("VRFY nobody@elsewhere.example")

    assert "AUTH" not in hello
    assert tried[:1] == "5"
    assert known == unknown
