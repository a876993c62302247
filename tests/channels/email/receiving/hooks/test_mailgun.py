"""What only Mailgun does."""

from uuid import UUID

from rapport.kernel.database.engine import Database
from tests.channels.email.receiving.hooks.conftest import Open, Send
from tests.channels.email.receiving.hooks.simulators import Mailgun
from tests.conftest import Clock
from tests.make.mailboxes import kept

MAIL = b"Message-ID: <1@home.example>\r\nSubject: Hi\r\n\r\nHello"


async def test_a_token_that_was_seen_brings_nothing_else(
    database: Database, send: Send, open_box: Open, clock: Clock, workspace: UUID
) -> None:
    mailgun = Mailgun(clock)
    box, sibling = await open_box(mailgun), await open_box(mailgun)
    proof = mailgun.proof()
    fields = {"recipient": box.address, "sender": "ada@home.example", **proof}

    good = await send(box, mailgun.form(fields | {"body-mime": MAIL}), to="mailgun")
    forged = await send(box, mailgun.form(fields | {"body-mime": b"Forged"}), to="mailgun")
    moved = await send(sibling, mailgun.form(fields | {"body-mime": b"Forged"}), to="mailgun")

    assert [good.status_code, forged.status_code, moved.status_code] == [200, 200, 200]
    assert len(await kept(database, box)) == 1
    assert await kept(database, sibling) == []


async def test_a_route_that_sends_no_whole_message_is_told_where_to_forward(
    send: Send, open_box: Open, clock: Clock
) -> None:
    mailgun = Mailgun(clock)
    box = await open_box(mailgun)
    parsed = {"recipient": box.address, "body-plain": "Hello", **mailgun.proof()}

    answer = await send(box, mailgun.form(parsed), to="mailgun")

    assert answer.status_code == 422
    assert "/mime" in answer.json()["detail"]


async def test_the_time_and_the_token_are_both_signed(
    database: Database, send: Send, open_box: Open, clock: Clock
) -> None:
    mailgun = Mailgun(clock)
    box = await open_box(mailgun)
    proof = mailgun.proof()
    wrong = (
        {"timestamp": str(int(proof["timestamp"]) + 1)},
        {"timestamp": proof["timestamp"][:-1], "token": proof["timestamp"][-1] + proof["token"]},
        {"token": ""},
        {"token": "x" * 1_000},
        {"signature": proof["signature"].upper()},
        {"signature": ""},
        {"timestamp": ""},
        {"timestamp": "١٧٦٧"},
    )
    statuses = []
    for change in wrong:
        fields = {"recipient": box.address, "body-mime": MAIL} | proof | change
        statuses.append((await send(box, mailgun.form(fields), to="mailgun")).status_code)

    assert statuses == [401] * len(wrong)
    assert await kept(database, box) == []
