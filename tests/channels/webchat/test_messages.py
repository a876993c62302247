"""Security rows 13, 14, 22, 23 and 32: whose messages they are, once each."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp

from rapport.channels.webchat.lane import WidgetLane
from rapport.conversations import service as conversations
from rapport.conversations.ports import NewMessage, Stored
from rapport.conversations.schemas import VisitorMessage
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Overloaded
from rapport.kernel.ids import new_id
from tests.channels.webchat.conftest import Visit
from tests.conftest import Begin, Clock
from tests.make.auth import browser
from tests.make.files import picture
from tests.make.webchat import Browser, Chat, chat


async def begun(visitor: Browser, **more: Any) -> str:
    answer = await visitor.begin(**more)
    assert answer.status_code == 201, answer.text
    conversation_id: str = answer.json()["conversation"]["id"]
    return conversation_id


async def test_a_conversation_begins_with_its_first_message(visit: Visit) -> None:
    visitor = await visit()

    answer = (await visitor.begin("**Where** is my parcel?", client_id="c-1")).json()

    message, conversation = answer["message"], answer["conversation"]
    assert (message["seq"], message["client_id"], message["author"]["kind"]) == (1, "c-1", "me")
    assert message["html"] == "<p><strong>Where</strong> is my parcel?</p>\n"
    assert (conversation["status"], conversation["preview"]) == ("open", "Where is my parcel?")


async def test_a_message_written_offline_and_sent_twice_is_stored_once(visit: Visit) -> None:
    visitor = await visit()
    first = await visitor.begin("Hello", client_id="c-1")
    again = await visitor.begin("Hello", client_id="c-1")
    conversation = first.json()["conversation"]["id"]

    sent = [await visitor.say(conversation, "More", client_id="c-2") for _ in range(3)]
    sent += await asyncio.gather(
        *(visitor.say(conversation, "Even more", client_id="c-3") for _ in range(50))
    )

    assert again.json()["conversation"]["id"] == conversation
    assert {answer.status_code for answer in sent} == {201}
    assert [m["body"] for m in await visitor.messages(conversation)] == [
        "Hello",
        "More",
        "Even more",
    ]


async def test_fifty_beginnings_at_once_are_one_conversation(visit: Visit) -> None:
    visitor = await visit()

    answers = await asyncio.gather(*(visitor.begin("Hello", client_id="c-1") for _ in range(50)))

    assert len({answer.json()["conversation"]["id"] for answer in answers}) == 1
    assert len((await visitor.call("GET", "/conversations")).json()["items"]) == 1


@pytest.mark.parametrize(
    "message",
    [
        {"client_id": "c-1", "body": "<script>alert(1)</script> **bold**"},
        {"client_id": "c-1", "body": "Zoë says 👋\nhttps://shop.example/a", "attachment_ids": []},
    ],
)
async def test_the_hot_lane_answers_what_its_route_documents(
    visit: Visit, api: FastAPI, message: dict[str, Any]
) -> None:
    visitor = await visit()
    conversation = await begun(visitor)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://rapport.test"
    ) as http:
        slow = Browser(http, visitor.chat)
        slow.token = visitor.token

        hot = await visitor.call("POST", f"/conversations/{conversation}/messages", json=message)
        documented = await slow.call(
            "POST", f"/conversations/{conversation}/messages", json=message
        )

    assert hot.json() == documented.json()
    assert list(hot.json()) == list(VisitorMessage.model_fields)
    assert hot.status_code == documented.status_code == 201
    path = api.openapi()["paths"]["/widget/v1/conversations/{conversation_id}/messages"]
    assert "201" in path["post"]["responses"]


REFUSED: list[tuple[object, int]] = [
    (b"", 422),
    (b"not json", 422),
    (b"[]", 422),
    (b"null", 422),
    (b'{"client_id": "c"', 422),
    (b"\xff\xfe", 422),
    ({}, 422),
    ({"client_id": "c"}, 422),
    ({"body": "x"}, 422),
    ({"client_id": "", "body": "x"}, 422),
    ({"client_id": "c" * 101, "body": "x"}, 422),
    ({"client_id": "c c", "body": "x"}, 422),
    ({"client_id": 7, "body": "x"}, 422),
    ({"client_id": "c", "body": 7}, 422),
    ({"client_id": "c", "body": None}, 422),
    ({"client_id": "c", "body": ""}, 422),
    ({"client_id": "c", "body": " \n\t"}, 422),
    ({"client_id": "c", "body": "a\x00b"}, 422),
    ({"client_id": "c", "body": "x" * 10_001}, 422),
    ({"client_id": "c", "body": "x", "attachment_ids": "x"}, 422),
    ({"client_id": "c", "body": "x", "attachment_ids": [1]}, 422),
    ({"client_id": "c", "body": "x", "attachment_ids": [str(new_id())] * 11}, 422),
    ({"client_id": "c", "body": "x", "attachment_ids": [str(new_id())]}, 404),
    ({"client_id": "c", "body": "x", "author_kind": "agent"}, 422),
    ({"client_id": "c", "body": "x", "workspace_id": str(new_id())}, 422),
    ({"client_id": "c", "body": "x", "__proto__": {}}, 422),
    (b'{"client_id": "c", "body": "\\ud800"}', 422),
    (b'{"client_id": "c", "body": "' + b"x" * 70_000 + b'"}', 413),
]


@pytest.mark.parametrize(("body", "status"), REFUSED)
async def test_a_misshapen_message_is_refused_with_a_reason_and_changes_nothing(
    visit: Visit, body: object, status: int
) -> None:
    visitor = await visit()
    conversation = await begun(visitor)
    sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
    headers = {"content-type": "application/json"}

    answer = await visitor.call(
        "POST", f"/conversations/{conversation}/messages", headers=headers, **sent
    )

    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert set(answer.json()) == {"code", "title", "status", "detail", "fields"}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert len(await visitor.messages(conversation)) == 1


async def test_a_file_goes_with_its_message_and_belongs_to_its_sender(visit: Visit) -> None:
    ada, eve = await visit(), await visit()
    conversation = await begun(ada)
    file = (await ada.upload("photo.png", picture(), "image/png")).json()
    stolen = await eve.say(await begun(eve), "", attachment_ids=[file["id"]])

    sent = await ada.say(conversation, "", attachment_ids=[file["id"]], client_id="c-1")
    again = await ada.say(conversation, "", attachment_ids=[file["id"]], client_id="c-1")

    assert (stolen.status_code, stolen.json()["code"]) == (404, "file_not_found")
    assert sent.status_code == again.status_code == 201, again.text
    assert [f["id"] for f in sent.json()["attachments"]] == [file["id"]]
    assert again.json() == sent.json()


async def test_forbidden_files_are_refused(visit: Visit) -> None:
    visitor = await visit()

    for name, content in (("a.svg", b"<svg onload=alert(1)>"), ("a.txt", b"<script>x</script>")):
        answer = await visitor.upload(name, content, "image/png")
        assert (answer.status_code, answer.json()["code"]) == (422, "file_kind_forbidden")


async def test_two_visitors_see_nothing_of_each_other(visit: Visit) -> None:
    ada, eve = await visit(), await visit()
    adas, eves = await begun(ada, body="Ada's secret"), await begun(eve, body="Eve's")
    one = f"/conversations/{adas}"

    answers = [
        await eve.call("GET", f"{one}/messages"),
        await eve.say(adas, "I am Ada"),
        await eve.say(adas, "", attachment_ids=[(await eve.upload()).json()["id"]]),
        await eve.call("PUT", f"{one}/seen", json={"seq": 1}),
    ]
    listed = (await eve.call("GET", "/conversations")).json()["items"]

    assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "conversation_not_found")}
    assert [c["id"] for c in listed] == [eves]
    assert [m["body"] for m in await ada.messages(adas)] == ["Ada's secret"]


async def test_the_same_ids_in_two_browsers_are_two_messages(visit: Visit) -> None:
    ada, eve = await visit(), await visit()

    adas = await begun(ada, body="Ada's", client_id="c-1")
    eves = await begun(eve, body="Eve's", client_id="c-1")
    await ada.say(adas, "Ada's too", client_id="c-2")
    await eve.say(eves, "Eve's too", client_id="c-2")

    assert adas != eves
    assert [m["body"] for m in await ada.messages(adas)] == ["Ada's", "Ada's too"]
    assert [m["body"] for m in await eve.messages(eves)] == ["Eve's", "Eve's too"]


async def test_two_workspaces_see_nothing_of_each_other(
    visit: Visit, shop: Chat, database: Database, stranger: UUID
) -> None:
    foreign = await chat(database, stranger)
    ada, eve = await visit(), await visit(foreign)
    adas = await begun(ada)

    answers = [
        await eve.call("GET", f"/conversations/{adas}/messages"),
        await eve.say(adas),
        await eve.call("PUT", f"/conversations/{adas}/seen", json={"seq": 1}),
    ]
    crossed = await eve.http.post("/widget/v1/session", json={"key": shop.key, "token": eve.token})

    assert {a.status_code for a in answers} == {404}
    assert crossed.status_code == 401
    assert (await eve.call("GET", "/conversations")).json()["items"] == []


async def test_notes_never_reach_the_visitor(visit: Visit, begin: Begin) -> None:
    visitor = await visit()
    conversation = await begun(visitor)
    async with begin() as ctx:
        await conversations.reply(ctx, UUID(conversation), "He is rude", kind="note")
        await conversations.reply(ctx, UUID(conversation), "On its way")

    messages = await visitor.messages(conversation)
    row = (await visitor.call("GET", "/conversations")).json()["items"][0]

    assert [m["body"] for m in messages] == ["Where is my parcel?", "On its way"]
    assert messages[1]["author"] == {"kind": "agent", "name": "Agnes Agent"}
    assert row["preview"] == "On its way"


async def test_reading_moves_the_mark_forward_only(visit: Visit, begin: Begin) -> None:
    visitor = await visit()
    conversation = await begun(visitor)
    async with begin() as ctx:
        await conversations.reply(ctx, UUID(conversation), "On its way")

    for seq in (2, 1, 999):
        path = f"/conversations/{conversation}/seen"
        assert (await visitor.call("PUT", path, json={"seq": seq})).status_code == 204

    row = (await visitor.call("GET", "/conversations")).json()["items"][0]
    assert (row["seen_seq"], row["last_seq"]) == (2, 2)


async def test_typing_is_accepted_and_not_stored(visit: Visit) -> None:
    visitor = await visit()
    conversation = await begun(visitor)
    path = f"/conversations/{conversation}/typing"

    assert (await visitor.call("POST", path, json={"on": True})).status_code == 204
    assert (await visitor.call("POST", path, json={"on": 1})).status_code == 422
    assert (await visitor.call("POST", path, json={"on": True, "as": "x"})).status_code == 422
    assert len(await visitor.messages(conversation)) == 1


async def test_a_flood_is_slowed_down(visit: Visit) -> None:
    visitor = await visit()
    conversation = await begun(visitor)

    answers = await asyncio.gather(*(visitor.say(conversation) for _ in range(80)))

    refused = [a for a in answers if a.status_code == 429]
    assert 15 <= len(refused) <= 25
    assert refused[0].json()["code"] == "too_many"
    assert int(refused[0].headers["retry-after"]) >= 1


class Full:
    async def submit(self, message: NewMessage) -> Stored:
        raise Overloaded(retry_after=1)


async def test_when_too_much_comes_in_the_client_is_told_when_to_try_again(
    visit: Visit, api: FastAPI, database: Database
) -> None:
    visitor = await visit()
    conversation = await begun(visitor)
    async with browser(WidgetLane(api, database, Full())) as http:
        there = Browser(http, visitor.chat)
        there.token = visitor.token

        answer = await there.say(conversation)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "overloaded"


async def test_every_page_may_call_and_nobody_may_keep_the_answers(
    visit: Visit, app: ASGIApp
) -> None:
    visitor = await visit()
    conversation = await begun(visitor)
    elsewhere = {"origin": "https://blog.example"}
    async with browser(app) as http:
        asked = await http.request(
            "OPTIONS",
            f"/widget/v1/conversations/{conversation}/messages",
            headers=elsewhere
            | {
                "access-control-request-method": "POST",
                "access-control-request-headers": "authorization,content-type",
            },
        )
    answers = [
        await visitor.call("GET", "/conversations", headers=elsewhere),
        await visitor.call("GET", f"/conversations/{conversation}/messages", headers=elsewhere),
        await visitor.call("GET", "/nowhere", headers=elsewhere),
        await visitor.say(conversation),
    ]

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-headers"] == "authorization, content-type"
    for answer in (asked, *answers):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_chat_with_named_web_sites_refuses_all_others(
    database: Database, workspace: UUID, app: ASGIApp, visit: Visit
) -> None:
    closed = await chat(database, workspace, allowed_origins=["https://shop.example"])
    visitor = await visit(closed)
    conversation = await begun(visitor)
    there, elsewhere = {"origin": "https://shop.example"}, {"origin": "https://evil.example"}
    path, body = f"/conversations/{conversation}/messages", {"client_id": "c", "body": "x"}

    async with browser(app) as http:
        for headers, status in ((there, 200), (elsewhere, 403), ({"origin": "null"}, 403)):
            params = {"key": closed.key}
            answer = await http.get("/widget/v1/config", params=params, headers=headers)
            assert answer.status_code == status
    assert (await visitor.call("GET", path, headers=elsewhere)).status_code == 403
    assert (await visitor.call("POST", path, headers=elsewhere, json=body)).status_code == 403
    assert (await visitor.call("POST", path, headers=there, json=body)).status_code == 201


async def test_pages_of_messages_are_cut_by_seq(visit: Visit, clock: Clock) -> None:
    visitor = await visit()
    conversation = await begun(visitor, body="1")
    for number in range(2, 6):
        await visitor.say(conversation, str(number))
    path = f"/conversations/{conversation}/messages"

    before = (await visitor.call("GET", path, params={"before_seq": 4, "limit": 2})).json()
    after = (await visitor.call("GET", path, params={"after_seq": 3})).json()

    assert [m["body"] for m in before["items"]] == ["2", "3"]
    assert [m["body"] for m in after["items"]] == ["4", "5"]
    assert (await visitor.call("GET", path, params={"after_seq": -1})).status_code == 422
