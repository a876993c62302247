"""Providers that send our mail under ids of their own, and the answers that name those."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.channels.delivery import ports
from rapport.channels.delivery.ports import Line
from rapport.channels.email import threading
from rapport.channels.email.models import Known
from rapport.channels.email.sending import renaming
from rapport.channels.email.sending.adapter import EmailSender
from rapport.channels.email.sending.smtp import SmtpLine
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.make.answers import Desk
from tests.make.mail import letter
from tests.renaming_sinks import ALL, Amazon, Elsewhere, Outlook, Postmark, Renaming


class ByLoopback(EmailSender):
    """Finds every mail server on this machine, whatever it is called."""

    def line(self, database: Database, workspace_id: UUID, inbox_id: UUID) -> Line:
        async def here(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        return SmtpLine(database, workspace_id, inbox_id, resolve=here)


@asynccontextmanager
async def sending_by(desk: Desk, provider: Renaming) -> AsyncIterator[None]:
    """Let the desk send by the server of a provider."""
    usual = ports.sender_of("email")
    assert usual is not None
    ports.register(ByLoopback())
    try:
        async with provider:
            found = desk.database.ports.get(Settings)
            pair = f"{provider.host}:{provider.port}"
            desk.database.ports.provide(Settings, found.model_copy(update={"egress_allow": [pair]}))
            desk.sink = provider
            await desk.change(outgoing={**provider.outgoing, "host": provider.host})
            yield
    finally:
        ports.register(usual)


def answering(desk: Desk, id_: str, **given: Any) -> bytes:
    """What a customer answers whose program knows no more of our mail than its id."""
    said = letter(desk.clock, "Thank you!", subject="Aw: hello", **given)
    return f"References: <{id_}>\r\n".encode() + said


def bounce(id_: str) -> bytes:
    """What the provider's own server writes about a mail to Ada (RFC 3464)."""
    report = (
        "From: MAILER-DAEMON@eu-west-1.amazonses.com",
        "To: support@shop.example",
        "Subject: Delivery Status Notification (Failure)",
        "Message-ID: <report@eu-west-1.amazonses.com>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b\r\nContent-Type: text/plain\r\n\r\nAn error occurred.",
        "--b\r\nContent-Type: message/delivery-status\r\n",
        "Reporting-MTA: dns; a1-1.smtp-out.eu-west-1.amazonses.com\r\n",
        "Final-Recipient: rfc822; ada@home.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id_}>\r\n",
        "--b--\r\n",
    )
    return "\r\n".join(report).encode()


@pytest.mark.parametrize("provider", ALL, ids=lambda it: it.__name__)
async def test_an_answer_that_names_only_the_providers_id_finds_its_conversation(
    desk: Desk, provider: Callable[[], Renaming]
) -> None:
    talk = await desk.get()
    async with sending_by(desk, server := provider()):
        sent = await desk.sent(talk)

        there = await desk.get(raw=answering(desk, server.ids[0]))

    assert sent.id == f"<{server.ids[0]}>"
    assert (await desk.last()).state == "sent"
    assert there == talk


async def test_an_answer_that_names_ours_finds_it_too(desk: Desk) -> None:
    talk = await desk.get()
    async with sending_by(desk, server := Amazon()):
        await desk.sent(talk)

        ours = (await desk.last()).reference
        assert ours is not None
        there = await desk.get(raw=answering(desk, ours))

    assert ours not in server.ids
    assert there == talk


async def test_a_stranger_who_learned_the_id_begins_a_conversation(desk: Desk) -> None:
    talk = await desk.get()
    async with sending_by(desk, server := Amazon()):
        await desk.sent(talk)

        there = await desk.get(
            raw=answering(desk, server.ids[0], sender="Eve <eve@elsewhere.example>")
        )

    assert there != talk


async def test_what_we_write_next_refers_to_the_id_its_readers_know(desk: Desk) -> None:
    talk = await desk.get()
    async with sending_by(desk, server := Amazon()):
        await desk.sent(talk, "One")

        second = await desk.sent(talk, "Two")

    assert f"<{server.ids[0]}>" in second.mail["References"]


async def test_every_recipient_may_get_it_under_another_id(desk: Desk) -> None:
    both: dict[str, Any] = {
        "to": [{"address": "ada@home.example"}],
        "cc": [{"address": "bob@home.example"}],
    }
    talk = await desk.get()
    async with sending_by(desk, server := Amazon()):
        server.answers["bob@home.example"] = "451 4.7.1 Greylisted"
        await desk.answer(talk, **both)
        await desk.work()
        server.answers.clear()
        desk.clock.forward(minutes=2)
        await desk.work()

        bob = "Bob <bob@home.example>"
        places = [
            await desk.get(raw=answering(desk, server.ids[0])),
            await desk.get(raw=answering(desk, server.ids[1], sender=bob)),
        ]

    assert len(set(server.ids)) == 2
    assert places == [talk, talk]


async def test_a_bounce_that_names_the_providers_id_is_tied_to_the_mail(desk: Desk) -> None:
    talk = await desk.get()
    async with sending_by(desk, server := Amazon()):
        await desk.sent(talk)

        there = await desk.get(raw=bounce(server.ids[0]))

    assert there == talk
    delivery = await desk.last()
    assert (delivery.state, delivery.refused) == ("failed", ["ada@home.example"])


async def test_only_servers_that_are_known_to_rename_are_listened_to(desk: Desk) -> None:
    talk = await desk.get()
    async with sending_by(desk, Elsewhere()):
        await desk.sent(talk)

    assert len(await known(desk)) == 1


async def test_a_server_that_keeps_our_id_teaches_nothing(desk: Desk) -> None:
    talk = await desk.get()
    async with sending_by(desk, server := Postmark()):
        await desk.sent(talk)

    assert server.ids == [(await desk.last()).reference]
    assert len(await known(desk)) == 1


async def test_only_postmark_is_asked_to_keep_it(desk: Desk) -> None:
    talk = await desk.get()
    async with sending_by(desk, Outlook()):
        sent = await desk.sent(talk)

    assert "X-PM-KeepID" not in sent.mail


async def test_the_id_is_kept_as_a_hash_beside_ours(desk: Desk) -> None:
    talk = await desk.get()
    async with sending_by(desk, server := Amazon()):
        await desk.sent(talk)

    ours, theirs = await known(desk)
    assert theirs.message_hash == threading.message_hash(server.ids[0])
    assert (theirs.conversation_id, theirs.seq) == (talk, ours.seq)
    assert theirs.participants == ours.participants


async def known(desk: Desk) -> list[Known]:
    """The ids that went out, ours first."""
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        rows = list(await ctx.session.scalars(select(Known).where(Known.direction == "out")))
    reference = (await desk.last()).reference or ""
    return sorted(rows, key=lambda row: row.message_hash != threading.message_hash(reference))


@pytest.mark.parametrize(
    ("host", "answer", "id_"),
    [
        (
            "email-smtp.us-east-1.amazonaws.com",
            "Ok 0100018f0a1b2c3d-496e8b33-5be4-4f63-9316-3e7be15c2fe2-000000",
            "0100018f0a1b2c3d-496e8b33-5be4-4f63-9316-3e7be15c2fe2-000000@email.amazonses.com",
        ),
        (
            "EMAIL-SMTP-FIPS.us-gov-west-1.amazonaws.com.",
            "2.0.0 Ok 0109018f0a1b2c3d-496e8b33-000000",
            "0109018f0a1b2c3d-496e8b33-000000@us-gov-west-1.amazonses.com",
        ),
        ("email-smtp.eu-west-1.amazonaws.com", "Ok", None),
        ("email-smtp.eu-west-1.amazonaws.com", "Ok <script>@evil.example 12345678901234567", None),
        ("email-smtp.eu-west-1.amazonaws.com.evil.example", "Ok 0102018f0a1b2c3d-496e8b33", None),
        (
            "smtp.office365.com",
            "2.0.0 OK <a@b.example> [Hostname=X.PROD.OUTLOOK.COM]",
            "a@b.example",
        ),
        ("smtp.office365.com", "2.0.0 OK <no id>", None),
        ("smtp.gmail.com", "2.0.0 OK <a@b.example> gsmtp", None),
        ("", "2.0.0 OK <a@b.example>", None),
    ],
)
def test_an_id_is_read_from_what_the_servers_that_rename_answer(
    host: str, answer: str, id_: str | None
) -> None:
    assert renaming.id_given(host, answer) == id_
