"""What only Postmark does."""

import base64

from rapport.kernel.database.engine import Database
from tests.channels.email.receiving.hooks.conftest import Open, Send
from tests.channels.email.receiving.hooks.simulators import Postmark
from tests.conftest import Clock
from tests.make.mailboxes import content, kept


async def test_a_call_without_the_message_says_what_to_switch_on(
    database: Database, send: Send, open_box: Open, clock: Clock
) -> None:
    postmark = Postmark(clock)
    box = await open_box(postmark)

    answer = await send(box, postmark.post(postmark.payload(box.address)), to="postmark")

    assert answer.status_code == 422
    assert answer.json()["code"] == "mail_not_included"
    assert "Include raw email content" in answer.json()["detail"]
    assert await kept(database, box) == []


async def test_user_and_password_may_both_be_part_of_the_secret(
    database: Database, send: Send, open_box: Open, clock: Clock
) -> None:
    postmark = Postmark(clock)
    box = await open_box(postmark, secrets={"webhook_secret": "ada:lovelace"})
    post = postmark.message(b"Subject: Hi\r\n\r\n", box.address)
    statuses = []
    for pair in ("ada:lovelace", "bob:lovelace", "lovelace", ":lovelace", "ada:", ""):
        packed = base64.b64encode(pair.encode()).decode()
        headers = post.headers | {"authorization": f"Basic {packed}"}
        answer = await send(box, type(post)(headers, post.content), to="postmark")
        statuses.append(answer.status_code)

    assert statuses == [200, 401, 401, 401, 401, 401]


async def test_a_message_of_any_characters_is_kept(
    database: Database, send: Send, open_box: Open, clock: Clock
) -> None:
    postmark = Postmark(clock)
    box = await open_box(postmark)
    whole = postmark.payload(box.address)
    post = postmark.post(whole | {"RawEmail": "Subject: \u00e9\u0000\r\n\r\n\U0001f600 \\ud800"})

    answer = await send(box, post, to="postmark")

    assert answer.status_code == 200
    (row,) = await kept(database, box)
    assert (await content(database, row)).startswith("Subject: é\0\r\n\r\n😀".encode())
