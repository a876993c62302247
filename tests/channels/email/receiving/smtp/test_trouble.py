"""When something is away, too much, or too slow: nothing is acknowledged that is not kept."""

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path
from uuid import UUID

import aiosmtplib
import psycopg
import pytest

from rapport.channels.email.receiving.smtp.dialogue import MAX_RECIPIENTS
from rapport.channels.email.receiving.smtp.listener import Certificate, Listener
from rapport.channels.email.receiving.smtp.reception import MAX_UNKNOWN, Reception
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.channels.email.receiving.smtp.broken import without_mail
from tests.channels.email.receiving.smtp.wire import Wire
from tests.make.mailboxes import Box, kept, mailbox

MAIL = b"From: ada@home.example\r\nMessage-ID: <1@home.example>\r\n\r\nWhere is it?"
SENDER = "ada@home.example"


async def test_what_cannot_be_kept_is_to_be_sent_again(
    database: Database, database_url: str, listener: Listener, box: Box, stranger: UUID
) -> None:
    other = await mailbox(database, stranger)
    async with Wire(listener.smtp_port) as wire:
        await wire.begin(SENDER, [box.address, other.address])
        with without_mail(database_url, other):
            refused = await wire.send(MAIL)
        await wire.begin(SENDER, [box.address, other.address])
        taken = await wire.send(MAIL)

    assert refused.startswith("451 4.3.0 ")
    assert taken.startswith("250 ")
    assert len(await kept(database, box)) == 1
    assert len(await kept(database, other)) == 1


async def test_without_a_database_every_recipient_is_put_off(settings: Settings) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    async with (
        Listener(away, settings, smtp_port=0, lmtp_port=None) as listener,
        Wire(listener.smtp_port) as wire,
    ):
        await wire.say("EHLO client.example")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        answer = await wire.say("RCPT TO:<support@shop.example>")
    await away.dispose()

    assert answer.startswith("451 4.3.0 ")


async def test_a_database_that_stands_still_is_not_waited_for_for_ever(
    database: Database, database_url: str, settings: Settings, box: Box
) -> None:
    reception = Reception(database, keep_s=0.3)
    async with (
        Listener(database, settings, smtp_port=0, lmtp_port=None, reception=reception) as listener,
        Wire(listener.smtp_port) as wire,
    ):
        await wire.begin(SENDER, [box.address])
        with psycopg.connect(database_url) as owner:
            owner.execute("LOCK TABLE email_raw IN ACCESS EXCLUSIVE MODE")
            answer = await wire.send(MAIL)

    assert answer.startswith("451 4.3.0 ")
    assert await kept(database, box) == []


async def test_a_client_that_leaves_in_the_middle_leaves_nothing(
    database: Database, listener: Listener, box: Box
) -> None:
    async with Wire(listener.smtp_port) as wire:
        await wire.begin(SENDER, [box.address])
        wire.writer.write(MAIL)
        await wire.writer.drain()
    async with Wire(listener.smtp_port) as wire:
        await wire.say("NOOP")

    assert await kept(database, box) == []


async def test_there_are_only_so_many_connections(database: Database, settings: Settings) -> None:
    reception = Reception(database, max_connections=3)
    async with Listener(
        database, settings, smtp_port=0, lmtp_port=None, reception=reception
    ) as listener:
        wires = [Wire(listener.smtp_port) for _ in range(4)]
        greetings = [(await wire.__aenter__()).greeting[:3] for wire in wires]
        wires[0].writer.close()
        await wires[0].writer.wait_closed()
        async with asyncio.timeout(5):
            while (again := await _greeting(listener)) == "421":
                pass
        for wire in wires:
            wire.writer.close()

    assert greetings == ["220", "220", "220", "421"]
    assert again == "220"


async def test_one_who_guesses_addresses_is_sent_away(listener: Listener, box: Box) -> None:
    async with Wire(listener.smtp_port) as wire:
        await wire.say("EHLO client.example")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        guesses = [f"RCPT TO:<nobody-{number}@{box.domain}>" for number in range(MAX_UNKNOWN)]
        answers = [await wire.say(guess) for guess in guesses]
        rest = await wire.hear()

    assert {answer[:3] for answer in answers[:-1]} == {"550"}
    assert answers[-1].startswith("421 ")
    assert rest == ""


async def test_a_message_goes_to_so_many_at_once_and_the_rest_later(
    listener: Listener, box: Box
) -> None:
    async with Wire(listener.smtp_port) as wire:
        await wire.say("EHLO client.example")
        await wire.say(f"MAIL FROM:<{SENDER}>")
        answers = [
            (await wire.say(f"RCPT TO:<{box.tagged(str(n))}>"))[:3]
            for n in range(MAX_RECIPIENTS + 1)
        ]

    assert answers == ["250"] * MAX_RECIPIENTS + ["452"]


async def test_nonsense_is_refused_and_then_ended(listener: Listener) -> None:
    async with Wire(listener.smtp_port) as wire:
        long = await wire.say("NOOP " + "x" * 500_000)
        answers = [await wire.say("GET / HTTP/1.1") for _ in range(5)]

    assert long.startswith("500 ")
    assert answers[0].startswith("500 ")
    assert answers[-1].startswith("502 ")


async def test_a_process_that_goes_answers_what_it_has_begun(
    database: Database, settings: Settings, box: Box
) -> None:
    listener = Listener(database, settings, smtp_port=0, lmtp_port=None)
    await listener.__aenter__()
    async with Wire(listener.smtp_port) as busy, Wire(listener.smtp_port) as idle:
        await idle.say("EHLO client.example")
        await busy.begin(SENDER, [box.address])
        busy.writer.write(MAIL)
        leaving = asyncio.create_task(listener.__aexit__(None, None, None))
        told = await idle.hear()
        answer = await busy.send(b"")
        await leaving

    assert told.startswith("421 ")
    assert answer.startswith("250 ")
    assert len(await kept(database, box)) == 1


async def test_a_port_that_is_taken_is_said(database: Database, settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        listener = Listener(database, settings, smtp_port=0, lmtp_port=other.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            await listener.__aenter__()


async def test_two_processes_share_the_ports(
    database: Database, settings: Settings, listener: Listener
) -> None:
    second = Listener(database, settings, smtp_port=listener.smtp_port, lmtp_port=None)
    async with second:
        greetings = {await _greeting(listener) for _ in range(20)}

    assert greetings == {"220"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    _make_certificate(folder / "both.pem", "mx.shop.example")
    return folder / "both.pem"


async def test_a_connection_can_be_encrypted_when_there_is_a_certificate(
    database: Database, settings: Settings, box: Box, certificate: Path
) -> None:
    secured = settings.model_copy(update={"smtp_certificate": certificate})
    trusting = ssl.create_default_context(cafile=str(certificate))
    trusting.check_hostname = False
    async with Listener(database, secured, smtp_port=0, lmtp_port=None) as listener:
        client = aiosmtplib.SMTP(
            hostname="127.0.0.1", port=listener.smtp_port, start_tls=True, tls_context=trusting
        )
        async with client:
            encrypted = client.get_transport_info("cipher")
            await client.sendmail(SENDER, [box.address], MAIL)

    assert encrypted
    assert len(await kept(database, box)) == 1


async def test_what_was_said_before_encryption_is_forgotten(
    database: Database, settings: Settings, box: Box, certificate: Path
) -> None:
    secured = settings.model_copy(update={"smtp_certificate": certificate})
    async with (
        Listener(database, secured, smtp_port=0, lmtp_port=None) as listener,
        Wire(listener.smtp_port) as wire,
    ):
        await wire.say("EHLO client.example")
        # A command that somebody slipped in before the handshake must not be obeyed after it.
        ready = await wire.say("STARTTLS\r\nMAIL FROM:<evil@home.example>")
        context = ssl.create_default_context(cafile=str(certificate))
        context.check_hostname = False
        await wire.writer.start_tls(context)
        answer = await wire.say(f"RCPT TO:<{box.address}>")

    assert ready.startswith("220 ")
    assert answer.startswith("503 ")


def test_a_renewed_certificate_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "both.pem"
    _make_certificate(path, "one.example")
    certificate = Certificate(path, None)
    before = certificate.current()
    same = certificate.current()
    _make_certificate(path, "two.example")
    after = certificate.current()
    path.write_text("half of")
    still = certificate.current()

    assert same is before
    assert after is not before
    assert still is after


async def _greeting(listener: Listener) -> str:
    async with Wire(listener.smtp_port) as wire:
        return wire.greeting[:3]


def _make_certificate(path: Path, name: str) -> None:
    key = path.with_suffix(".key")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        f"-subj /CN={name} -addext subjectAltName=DNS:{name} -keyout {key} -out {path}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
