"""What holds for all providers: what is proved is kept once, what is not is refused."""

import asyncio
from typing import NoReturn
from uuid import UUID

from obstore.store import MemoryStore

from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable
from rapport.kernel.files.store import FileStore
from rapport.kernel.settings.process import Settings
from tests.channels.email.receiving.hooks.conftest import Open, Send
from tests.channels.email.receiving.hooks.simulators import (
    SENDER,
    Amazon,
    Bearer,
    Mailgun,
    Post,
    SendGrid,
    SendGridPassword,
    Simulator,
)
from tests.conftest import Clock
from tests.make.mailboxes import content, kept

MAIL = (
    b"From: ada@home.example\r\nMessage-ID: <1@home.example>\r\nSubject: =?utf-8?q?=C3=A9?=\r\n\r\n"
    b"Where + is & it? 100%25 %zz = \xc3\xa9\r\n--xYzZ\r\n.\r\n"
)


async def test_a_message_is_kept_as_it_came(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)

    answer = await send(box, simulator.message(MAIL, box.tagged("token")), to=simulator.name)

    assert answer.status_code == 200, answer.text
    (row,) = await kept(database, box)
    assert await content(database, row) == MAIL
    assert row.envelope["mail_from"] == SENDER
    assert row.envelope["rcpt_to"] == [box.tagged("token")]
    assert row.source.startswith(f"{simulator.name}:")


async def test_without_proof_nothing_is_taken(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    unsigned = simulator.unsigned(simulator.message(MAIL, box.address))

    answer = await send(box, unsigned, to=simulator.name)

    assert answer.status_code == 401, answer.text
    assert await kept(database, box) == []


async def test_what_was_changed_on_the_way_is_refused(
    database: Database, send: Send, open_box: Open, signing: Simulator
) -> None:
    box = await open_box(signing)
    post = signing.message(MAIL, box.address)
    match signing:
        case Mailgun():  # only these are signed; that a token counts once is tried below
            tampered = post.altered(b"1767", b"1768")
        case Amazon(is_base64=True):
            tampered = post.altered(b"BASE64", b"BASE63")
        case _:
            tampered = post.altered(b"Where", b"There")

    answer = await send(box, tampered, to=signing.name)

    assert answer.status_code == 401, answer.text
    assert await kept(database, box) == []


async def test_the_secret_of_another_opens_nothing(
    database: Database, send: Send, open_box: Open, simulator: Simulator, stranger: UUID
) -> None:
    mine = {
        "sendgrid": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmgmjvPAR/Lmwn2teL2WJUDIx35PqsnLKjPhPbrKkfM"
        "g6vK4NZQB1VeFSKbV7whQbEJRFHjF8+1zJxsXRP1GbWw==",
        "ses": "arn:aws:sns:us-east-1:123456789012:another",
    }
    secret = mine.get(simulator.name, "whsec_b3RoZXIgc2VjcmV0")
    box = await open_box(simulator, secrets={"webhook_secret": secret})

    answer = await send(box, simulator.message(MAIL, box.address), to=simulator.name)

    assert answer.status_code == 401, answer.text
    assert await kept(database, box) == []


async def test_a_mailbox_without_a_secret_takes_nothing(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator, secrets=None)

    answer = await send(box, simulator.message(MAIL, box.address), to=simulator.name)

    assert answer.status_code == 401, answer.text
    assert await kept(database, box) == []


async def test_the_same_call_again_is_thanked_for_and_kept_once(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    post = simulator.message(MAIL, box.address)

    first = await send(box, post, to=simulator.name)
    again = await asyncio.gather(*(send(box, post, to=simulator.name) for _ in range(12)))

    assert {answer.status_code for answer in [first, *again]} == {200}
    assert len(await kept(database, box)) == 1


async def test_twenty_at_once_bringing_the_same_make_one(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    post = simulator.message(MAIL, box.address)

    answers = await asyncio.gather(*(send(box, post, to=simulator.name) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert len(await kept(database, box)) == 1


async def test_an_address_we_never_gave_is_not_found(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    post = simulator.message(MAIL, box.address)
    others = {"postmark", "mailgun", "sendgrid", "ses", "raw"} - {simulator.name}

    unknown = await send(box, post, to=simulator.name, key="nothing")
    elsewhere = [(await send(box, post, to=other)).status_code for other in sorted(others)]
    nobody = await send(box, post, to="smoke-signals")

    assert unknown.status_code == nobody.status_code == 404
    assert elsewhere == [404] * 4
    assert await kept(database, box) == []


async def test_what_was_signed_long_ago_is_refused(
    database: Database, send: Send, open_box: Open, signing: Simulator, clock: Clock
) -> None:
    box = await open_box(signing)
    post, late = signing.message(MAIL, box.address), signing.message(MAIL, box.address)
    goes_on_for_days = isinstance(signing, SendGrid | Amazon)

    clock.forward(days=3) if goes_on_for_days else clock.forward(minutes=4)
    in_time = await send(box, late, to=signing.name)
    clock.forward(days=2) if goes_on_for_days else clock.forward(minutes=2)
    too_late = await send(box, post, to=signing.name)

    assert in_time.status_code == 200, in_time.text
    assert too_late.status_code == 401, too_late.text
    assert len(await kept(database, box)) == 1


async def test_what_was_signed_in_the_future_is_refused(
    send: Send, open_box: Open, signing: Simulator, clock: Clock
) -> None:
    box = await open_box(signing)
    clock.forward(minutes=10)
    post = signing.message(MAIL, box.address)
    clock.forward(minutes=-10)

    answer = await send(box, post, to=signing.name)

    assert answer.status_code == 401, answer.text


async def test_what_is_too_large_is_refused(
    database: Database, settings: Settings, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    small = settings.model_copy(update={"max_mail_bytes": 10_000})
    database.ports.provide(Settings, small)

    in_form = await send(
        box, simulator.message(MAIL + b"x" * 20_000, box.address), to=simulator.name
    )
    as_body = await send(
        box, simulator.message(MAIL + b"x" * 1_100_000, box.address), to=simulator.name
    )
    fitting = await send(box, simulator.message(MAIL, box.address), to=simulator.name)

    assert in_form.status_code == as_body.status_code == 413
    assert fitting.status_code == 200
    assert len(await kept(database, box)) == 1


async def test_what_could_not_be_kept_is_sent_again_and_kept(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    post = simulator.message(MAIL, box.address)
    good = database.ports.get(FileStore)

    database.ports.provide(FileStore, Away(MemoryStore()))
    refused = await send(box, post, to=simulator.name)
    database.ports.provide(FileStore, good)
    taken = await send(box, post, to=simulator.name)

    assert refused.status_code == 502
    assert taken.status_code == 200
    assert len(await kept(database, box)) == 1


async def test_an_inbox_that_fetches_its_mail_takes_only_reports(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator, incoming={"kind": "imap", "webhook": simulator.name})
    report = simulator.report("bounced", "gone@home.example", "1@shop.example")

    message = await send(box, simulator.message(MAIL, box.address), to=simulator.name)

    assert message.status_code == 422
    assert message.json()["code"] == "not_received_here"
    assert await kept(database, box) == []
    if report is not None:
        assert (await send(box, report, to=simulator.name)).status_code == 200


NONSENSE = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b'{"Type":"Notification"}',
    b'{"RecordType":"Inbound","RawEmail":7}',
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b"--xYzZY\r\n",
    b"&" * 5_000,
    b"email=%" + b"%4" * 1_000,
)
KINDS = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=xYzZY",
    "",
)


async def test_nonsense_is_refused_in_words(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    headers = simulator.message(MAIL, box.address).headers
    faults = []
    for body in NONSENSE:
        for kind in KINDS:
            post = Post(headers | {"content-type": kind}, body)
            answer = await send(box, post, to=simulator.name)
            if answer.status_code not in {200, 401, 422} or not answer.json():
                faults.append(f"{kind} {body[:20]!r} → {answer.status_code}")

    assert faults == []
    is_trusted = isinstance(simulator, Bearer | SendGridPassword)  # what they send is mail
    assert is_trusted or await kept(database, box) == []


class Away(FileStore):
    """A file store that does not answer."""

    async def put(self, path: str, content: bytes, *, is_durable: bool = False) -> NoReturn:
        raise Unreachable
