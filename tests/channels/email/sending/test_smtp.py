"""What the mail server says, and what becomes of a mail because of it."""

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rapport.channels.delivery import service as deliveries
from rapport.kernel.context import SYSTEM
from rapport.kernel.settings.process import Settings
from tests.make.answers import Desk
from tests.sink import Sink, Taken

TO_THREE: dict[str, Any] = {
    "to": [{"address": "ada@home.example"}],
    "cc": [{"address": "bob@home.example"}, {"address": "cleo@home.example"}],
}


async def test_who_is_refused_is_noted_and_the_others_get_it(desk: Desk) -> None:
    talk = await desk.get()
    desk.sink.answers["bob@home.example"] = "550 5.7.1 Not for you"

    await desk.sent(talk, **TO_THREE)

    delivery = await desk.last()
    assert (delivery.state, delivery.refused) == ("sent", ["bob@home.example"])
    assert desk.sink.taken[-1].recipients == ("ada@home.example", "cleo@home.example")


async def test_who_is_put_off_gets_the_same_mail_later_and_nobody_else_again(desk: Desk) -> None:
    talk = await desk.get()
    desk.sink.answers["bob@home.example"] = "451 4.7.1 Greylisted"
    first = await desk.sent(talk, **TO_THREE)
    assert (await desk.last()).state == "queued"
    desk.sink.answers.clear()
    desk.clock.forward(minutes=2)

    await desk.work()

    second = desk.sink.taken[-1]
    assert (second.recipients, second.content) == (("bob@home.example",), first.content)
    assert ((await desk.last()).state, len(desk.sink.taken)) == ("sent", 2)


@pytest.mark.parametrize(
    ("where", "said", "state", "reason"),
    [
        ("DATA", "554 5.7.1 Spam", "failed", "message_refused"),
        ("DATA", "451 4.3.0 Try later", "queued", "try_later"),
        ("DATA", "421 Closing", "queued", "server_busy"),
        ("MAIL", "553 Not your address", "failed", "sender_refused"),
        ("MAIL", "450 Busy", "queued", "try_later"),
        ("ada@home.example", "550 5.1.1 Unknown", "failed", "recipients_refused"),
        ("ada@home.example", "452 4.2.2 Full", "queued", "try_later"),
    ],
)
async def test_a_refusal_is_for_good_or_for_now(
    desk: Desk, where: str, said: str, state: str, reason: str
) -> None:
    talk = await desk.get()
    desk.sink.answers[where] = said

    await desk.answer(talk)
    await desk.work()

    delivery = await desk.last()
    assert (delivery.state, delivery.reason) == (state, reason)
    assert said in (delivery.response or "")
    desk.sink.answers.clear()
    desk.clock.forward(minutes=10)
    await desk.work()
    assert (await desk.last()).state == ("sent" if state == "queued" else "failed")


async def test_mails_in_a_row_go_over_one_connection(desk: Desk) -> None:
    talk = await desk.get()
    for number in range(5):
        await desk.answer(talk, f"Number {number}")

    await desk.work()

    assert (len(desk.sink.taken), desk.sink.connections) == (5, 1)


async def test_a_server_that_is_away_is_waited_for(desk: Desk) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _allow(desk, f"127.0.0.1:{port}")
    await desk.change(outgoing={**desk.sink.outgoing, "port": port})
    talk = await desk.get()
    await desk.answer(talk)

    await desk.work()

    waits = await desk.last()
    assert (waits.state, waits.reason, waits.attempts) == ("queued", "connection_refused", 0)
    async with Sink(port=port) as sink:
        desk.clock.forward(minutes=2)
        await desk.work()
    assert len(sink.taken) == 1
    assert (await desk.last()).state == "sent"


async def test_a_host_on_a_private_address_must_be_allowed(desk: Desk) -> None:
    _allow(desk)
    talk = await desk.get()
    await desk.answer(talk)

    await desk.work()

    waits = await desk.last()
    assert (waits.state, waits.reason) == ("queued", "address_refused")
    assert desk.sink.connections == 0


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_wrong_password_leaves_the_mails_waiting_until_it_is_right(desk: Desk) -> None:
    desk.sink.password = "right"
    wrong = {"outgoing": {**desk.sink.outgoing, "user": "shop"}, "secrets": {"smtp_password": "x"}}
    mailbox = await desk.set_up(address="login@shop.example", **wrong)
    talk = await desk.get(mailbox=mailbox)
    await desk.answer(talk)

    await desk.work()

    waits = await desk.last()
    assert (waits.state, waits.reason, waits.attempts) == ("queued", "login_refused", 0)
    desk.sink.password = "x"
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        await deliveries.resume(ctx, mailbox.id)
    await desk.work()
    assert (await desk.last()).state == "sent"
    assert set(desk.sink.logins) == {"shop"}


async def test_no_password_goes_in_the_clear_over_the_internet(desk: Desk) -> None:
    _allow(desk)
    await desk.change(outgoing={**desk.sink.outgoing, "user": "shop"})
    talk = await desk.get()
    await desk.answer(talk)

    await desk.work()

    assert (await desk.last()).reason == "plain_refused"


async def test_a_certificate_nobody_vouches_for_is_not_believed(desk: Desk, tmp_path: Path) -> None:
    desk.sink.tls = _self_signed(tmp_path)
    await desk.change(outgoing=desk.sink.outgoing)
    talk = await desk.get()
    await desk.answer(talk)

    await desk.work()

    waits = await desk.last()
    assert (waits.state, waits.reason) == ("queued", "certificate_refused")
    assert desk.sink.taken == []


async def test_a_mail_the_server_would_not_take_is_not_offered(desk: Desk) -> None:
    desk.sink.size_limit = 1_000
    talk = await desk.get()

    await desk.answer(talk, "word " * 1_000)
    await desk.work()

    delivery = await desk.last()
    assert (delivery.state, delivery.reason) == ("failed", "too_large")
    assert "1,000 bytes" in (delivery.response or "")


@pytest.mark.parametrize("knows_utf8", [True, False])
async def test_letters_beyond_ascii_need_a_server_that_knows_them(
    desk: Desk, knows_utf8: bool
) -> None:
    desk.sink.knows_utf8 = knows_utf8
    talk = await desk.get()

    await desk.answer(talk, to=[{"address": "jürgen@müller.example"}])
    await desk.work()

    delivery = await desk.last()
    if knows_utf8:
        assert desk.sink.taken[0].recipients == ("jürgen@xn--mller-kva.example",)
    else:
        assert (delivery.state, delivery.reason) == ("failed", "address_not_supported")


async def test_a_mail_is_sent_again_with_the_same_bytes_when_nobody_knows(desk: Desk) -> None:
    talk = await desk.get()

    async def hang_up(_: Taken) -> None:
        desk.sink.on_taken = None
        raise ConnectionResetError

    desk.sink.on_taken = hang_up
    await desk.answer(talk)
    await desk.work()
    desk.clock.forward(minutes=5)
    await desk.work()

    assert (await desk.last()).state == "sent"
    assert len(desk.sink.effects) == 1
    assert len({it.content for it in desk.sink.taken}) == 1


async def test_a_mailbox_sends_no_faster_than_its_provider_takes(desk: Desk) -> None:
    await desk.change(outgoing={**desk.sink.outgoing, "per_minute": 20})
    talk = await desk.get()
    for number in range(12):
        await desk.answer(talk, f"Number {number}")
    sent = []

    for _ in range(40):
        await desk.work()
        sent.append(len(desk.sink.taken))
        desk.clock.forward(seconds=3)

    assert sent[0] <= 3
    assert sent[-1] == 12
    assert sent[10] <= 13
    assert {it.state for it in await desk.deliveries()} == {"sent"}


async def test_dkim_proves_that_a_mail_is_ours(desk: Desk) -> None:
    import dkim  # noqa: PLC0415

    key, public = await asyncio.to_thread(_dkim_key)
    signing = {"domain": "shop.example", "selector": "rapport", "public_key": public, "is_on": True}
    mailbox = await desk.set_up(
        address="signed@shop.example", dkim=signing, secrets={"dkim_private_key": key}
    )
    talk = await desk.get(mailbox=mailbox)

    sent = await desk.sent(talk, "Signed, with umlauts: äöü")

    def record(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"rapport._domainkey.shop.example."
        return f"v=DKIM1; k=rsa; p={public}".encode()

    assert dkim.verify(sent.content, dnsfunc=record)
    assert not dkim.verify(sent.content.replace(b"Signed", b"Forged"), dnsfunc=record)
    assert not dkim.verify(
        sent.content.replace(b"\r\nTo:", b"\r\nCc: x@y.example\r\nTo:"), dnsfunc=record
    )


def _allow(desk: Desk, *pairs: str) -> None:
    settings = desk.database.ports.get(Settings)
    allowed = settings.model_copy(update={"egress_allow": list(pairs)})
    desk.database.ports.provide(Settings, allowed)


def _dkim_key() -> tuple[str, str]:
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        capture_output=True,
        check=True,
    ).stdout
    public = subprocess.run(
        ["openssl", "pkey", "-pubout"], input=made, capture_output=True, check=True
    ).stdout.decode()
    return made.decode(), "".join(public.strip().split("\n")[1:-1])


def _self_signed(folder: Path) -> ssl.SSLContext:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    where = ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, *where], capture_output=True, check=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
