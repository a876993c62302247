"""Replayed and out-of-order requests change nothing twice and nothing backwards."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI

from rapport.kernel.ids import new_id
from tests.make.auth import browser
from tests.make.webchat import Browser
from tests.security.attempts import attacker
from tests.server.furniture import Furnished

TIMES = 20


def conversation(furnished: Furnished) -> str:
    return f"/v1/conversations/{furnished.things['conversation_id']}"


async def thread(client: httpx.AsyncClient, furnished: Furnished) -> list[dict[str, Any]]:
    answer = await client.get(f"{conversation(furnished)}/messages")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_an_agents_message_sent_many_times_at_once_is_one(
    app: FastAPI, furnished: Furnished
) -> None:
    body = {"client_id": str(new_id()), "kind": "message", "body": "Once", "attachment_ids": []}
    async with browser(app, furnished.owner) as client:
        address = f"{conversation(furnished)}/messages"
        answers = await asyncio.gather(*(client.post(address, json=body) for _ in range(TIMES)))
        told = await thread(client, furnished)

    assert {a.status_code for a in answers} <= {200, 201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert [m["body"] for m in told].count("Once") == 1
    assert [m["seq"] for m in told] == list(range(1, len(told) + 1))


async def test_a_visitors_message_by_lane_and_by_route_at_once_is_one(
    app: FastAPI, furnished: Furnished
) -> None:
    """One copy carries a file, and so does not go by the hot lane."""
    async with browser(app, furnished.owner) as client, browser(app) as http:
        visitor = Browser(http, furnished.chat)
        visitor.token = furnished.visitor_token
        at = furnished.things["conversation_id"]
        file_id = (await visitor.upload()).json()["id"]
        named = {"client_id": "the-same"}
        answers = await asyncio.gather(
            *(visitor.say(at, "Once", **named) for _ in range(5)),
            visitor.say(at, "Once", attachment_ids=[file_id], **named),
            *(visitor.say(at, "Once", **named) for _ in range(5)),
        )
        told = await thread(client, furnished)

    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert [m["body"] for m in told].count("Once") == 1


async def test_marks_of_having_read_never_go_back_nor_beyond_the_end(
    app: FastAPI, furnished: Furnished
) -> None:
    address = conversation(furnished)
    async with browser(app, furnished.owner) as client:
        last = (await client.get(address)).json()["last_seq"]
        seen = []
        for seq in (10**6, 1, 0, last):
            answer = await client.put(f"{address}/seen", json={"seq": seq})
            assert answer.status_code < 300
            seen.append((await client.get(address)).json()["seen_seq"])
        for seq in (-1, 2**31, 10**30, 1.5, "1", None):
            refused = await client.put(f"{address}/seen", json={"seq": seq})
            assert refused.status_code in {200, 204, 422}, (seq, refused.text)
        after = (await client.get(address)).json()["seen_seq"]

    assert seen == [last] * 4
    assert after == last


async def test_a_visitors_mark_never_goes_back_nor_beyond_the_end(
    app: FastAPI, furnished: Furnished
) -> None:
    async with attacker(app, furnished), browser(app) as http:
        visitor = Browser(http, furnished.chat)
        visitor.token = furnished.visitor_token
        at = f"/conversations/{furnished.things['conversation_id']}"
        seen = []
        for seq in (10**6, 1, 0):
            assert (await visitor.call("PUT", f"{at}/seen", json={"seq": seq})).status_code == 204
            row = (await visitor.call("GET", "/conversations")).json()["items"][0]
            seen.append((row["seen_seq"], row["last_seq"]))

    assert {mark <= last for mark, last in seen} == {True}
    assert len(set(seen)) == 1
