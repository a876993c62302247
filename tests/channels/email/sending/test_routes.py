"""Mail by the API, and the page by which others ask for no more."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.channels.email.sending.unsubscribing import Wish, token_for
from rapport.kernel.auth.roles import Role
from rapport.kernel.ids import new_id
from rapport.kernel.secrets.keyring import KeyRing
from rapport.kernel.settings.process import Settings
from tests.make.answers import Desk
from tests.make.auth import browser, person


@pytest.fixture
async def http(app: FastAPI, desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, await person(desk.database, desk.workspace)) as client:
        yield client


def mail(body: str = "On its way.", **more: object) -> dict[str, object]:
    return {"client_id": str(new_id()), "body": body, **more}


async def test_an_answer_is_held_listed_and_taken_back(http: httpx.AsyncClient, desk: Desk) -> None:
    await desk.change(undo_s=10)
    talk = await desk.get()

    defaults = (await http.get(f"/v1/conversations/{talk}/mail/reply")).json()
    held = await http.post(f"/v1/conversations/{talk}/mail", json=mail("**Hi**", resolve=True))
    listed = (await http.get(f"/v1/conversations/{talk}/deliveries")).json()["items"]
    back = await http.post(f"/v1/deliveries/{held.json()['id']}/cancel")

    assert defaults["from"] == {"name": "The Shop", "address": "support@shop.example"}
    assert defaults["to"] == [{"name": "Ada Lovelace", "address": "ada@home.example"}]
    assert (defaults["undo_s"], defaults["why_not"], defaults["warnings"]) == (10, None, [])
    assert held.status_code == 201, held.text
    assert listed == [held.json()]
    assert held.json()["draft"]["html"] == "<p><strong>Hi</strong></p>\n"
    assert held.json()["author"]["name"] == "Agnes Agent"
    assert (back.status_code, back.json()["body"]) == (200, "**Hi**")
    again = await http.post(f"/v1/deliveries/{held.json()['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "delivery_under_way")


async def test_an_answer_can_go_at_once_or_later(http: httpx.AsyncClient, desk: Desk) -> None:
    await desk.change(undo_s=10)
    talk = await desk.get()
    tomorrow = desk.clock().replace(day=6).isoformat()

    held = (await http.post(f"/v1/conversations/{talk}/mail", json=mail(send_at=tomorrow))).json()
    assert held["due_at"].startswith("2026-01-06T09:00:00")
    now = await http.post(f"/v1/deliveries/{held['id']}/send")
    await desk.work()

    assert now.status_code == 200
    assert len(desk.sink.taken) == 1
    listed = (await http.get(f"/v1/conversations/{talk}/deliveries")).json()["items"]
    assert (listed[0]["state"], listed[0]["seq"]) == ("sent", 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": [{"address": "nobody"}]},
        {"to": [{"address": "a@b.example\r\nBcc: c@d.example"}]},
        {"to": [{"address": "a@b.example", "name": "A\r\nBcc: c@d.example"}]},
        {"subject": "Hi\r\nBcc: c@d.example"},
        {"to": [{"address": f"a{n}@b.example"} for n in range(51)]},
        {"send_at": "2026-01-06T09:00:00"},
        {"send_at": "2036-01-06T09:00:00Z"},
        {"from": "else@b.example"},
    ],
    ids=str,
)
async def test_what_no_mail_can_say_is_refused(
    http: httpx.AsyncClient, desk: Desk, wrong: dict[str, Any]
) -> None:
    talk = await desk.get()

    answer = await http.post(f"/v1/conversations/{talk}/mail", json=mail(**wrong))

    assert answer.status_code == 422
    assert await desk.deliveries() == []


async def test_light_agents_answer_nobody(app: FastAPI, desk: Desk) -> None:
    talk = await desk.get()
    light = await person(desk.database, desk.workspace, Role.LIGHT_AGENT)

    async with browser(app, light) as client:
        answers = [
            await client.post(f"/v1/conversations/{talk}/mail", json=mail()),
            await client.post(f"/v1/deliveries/{new_id()}/cancel"),
            await client.post(f"/v1/deliveries/{new_id()}/send"),
        ]

    assert [it.status_code for it in answers] == [403, 403, 403]


async def test_who_wants_no_mail_gets_only_answers(
    http: httpx.AsyncClient, app: FastAPI, desk: Desk
) -> None:
    settings = desk.database.ports.get(Settings)
    begin: dict[str, Any] = {
        "inbox_id": str(desk.mailbox.id),
        "to": [{"address": "grace@home.example"}],
        "subject": "News",
    }
    begun = await http.post("/v1/mails", json=mail(**begin))
    assert begun.status_code == 201, begun.text
    public = settings.model_copy(update={"public_url": "https://help.example"})
    desk.database.ports.provide(Settings, public)
    await desk.work()
    desk.database.ports.provide(Settings, settings)
    link, by_mail = str(desk.sink.taken[0].mail["List-Unsubscribe"]).split(", ")
    path = link.strip("<>").removeprefix("https://help.example")

    async with browser(app) as stranger:
        looked = await stranger.get(path)
        clicked = await stranger.post(path, data={"List-Unsubscribe": "One-Click"})
    refused = await http.post("/v1/mails", json=mail(**begin))

    assert by_mail == "<mailto:support@shop.example?subject=unsubscribe>"
    assert "<form" in looked.text
    assert clicked.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (422, "recipient_unsubscribed")
    talk = await desk.get(sender="grace@home.example")
    await desk.sent(talk)
    assert len(desk.sink.to("grace@home.example")) == 2


async def test_a_link_that_is_not_ours_unsubscribes_nobody(app: FastAPI, desk: Desk) -> None:
    keys = desk.database.ports.get(KeyRing)
    good = token_for(keys, Wish(desk.workspace, UUID(int=1)))

    async with browser(app) as stranger:
        answers = [
            await stranger.post(f"/mail/unsubscribe/{token}")
            for token in ("x", "a.b.c", good[:-1], "B" + good[1:])
        ]
        unknown = await stranger.post(f"/mail/unsubscribe/{good}")

    assert [it.status_code for it in answers] == [422] * 4
    assert unknown.status_code == 200
