"""What only SendGrid does."""

from rapport.kernel.database.engine import Database
from tests.channels.email.receiving.hooks.conftest import Open, Send
from tests.channels.email.receiving.hooks.simulators import SendGrid, multipart
from tests.conftest import Clock
from tests.make.mailboxes import kept


async def test_the_address_it_got_the_message_from_is_kept(
    database: Database, send: Send, open_box: Open, clock: Clock
) -> None:
    sendgrid = SendGrid(clock)
    box = await open_box(sendgrid)

    await send(box, sendgrid.message(b"Subject: Hi\r\n\r\n", box.address), to="sendgrid")

    (row,) = await kept(database, box)
    assert row.envelope["client_ip"] == "198.51.100.7"


async def test_a_parsed_message_says_what_to_switch_on(
    send: Send, open_box: Open, clock: Clock
) -> None:
    sendgrid = SendGrid(clock)
    box = await open_box(sendgrid)
    parsed = multipart(sendgrid.fields(box.address) | {"text": "Hello"})

    answer = await send(box, sendgrid.signed(*parsed), to="sendgrid")

    assert answer.status_code == 422
    assert "POST the raw, full MIME message" in answer.json()["detail"]


async def test_the_key_may_be_given_with_its_frame(
    send: Send, open_box: Open, clock: Clock
) -> None:
    sendgrid = SendGrid(clock)
    framed = f"-----BEGIN PUBLIC KEY-----\n{sendgrid.secret}\n-----END PUBLIC KEY-----\n"
    box = await open_box(sendgrid, secrets={"webhook_secret": framed})
    post = sendgrid.message(b"Subject: Hi\r\n\r\n", box.address)

    good = await send(box, post, to="sendgrid")
    bad = await send(box, post.altered(b"Hi", b"Ho"), to="sendgrid")

    assert [good.status_code, bad.status_code] == [200, 401]


async def test_the_public_key_is_no_password(send: Send, open_box: Open, clock: Clock) -> None:
    sendgrid = SendGrid(clock)
    box = await open_box(sendgrid)
    unsigned = sendgrid.unsigned(sendgrid.message(b"Subject: Hi\r\n\r\n", box.address))
    headers = unsigned.headers | {"authorization": f"Bearer {sendgrid.secret}"}

    answer = await send(box, type(unsigned)(headers, unsigned.content), to="sendgrid")

    assert answer.status_code == 401
