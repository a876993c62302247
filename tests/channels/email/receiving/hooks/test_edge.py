"""The whole application takes a message of a provider, although it is longer than other bodies."""

import httpx
from fastapi import FastAPI

from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from tests.channels.email.receiving.hooks.conftest import Open
from tests.channels.email.receiving.hooks.simulators import Bearer
from tests.conftest import Clock
from tests.make.mailboxes import content, kept

MAIL = b"From: ada@home.example\r\n\r\n" + b"x" * 3_000_000


async def test_a_long_message_comes_in_and_a_longer_one_does_not(
    app: FastAPI, database: Database, settings: Settings, open_box: Open, clock: Clock
) -> None:
    bearer = Bearer(clock)
    box = await open_box(bearer)
    post = bearer.message(MAIL, box.address)
    url = f"/hooks/email/raw/{box.key}"
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://rapport.test") as http:
        taken = await http.post(url, headers=post.headers, content=post.content)
        announced = {"content-length": str(2 * settings.max_mail_bytes)}
        refused = await http.post(url, headers=post.headers | announced, content=b"")

    assert taken.status_code == 200
    assert refused.status_code == 413
    (row,) = await kept(database, box)
    assert await content(database, row) == MAIL
