"""F3: whoever sends again, because no answer came, changes nothing."""

import asyncio
import random
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.faults.conftest import Record, Size
from tests.faults.house import House
from tests.faults.visitors import HELLO, Visitor, Visitors, check

pytestmark = pytest.mark.fault

TIMES = 50


async def test_F3_messages_delivered_50_times_in_parallel_are_stored_once(
    size: Size, desk_house: House, record: Record
) -> None:
    messages, replies = size.of(30, 2_000), size.of(2, 40)
    visitors = size.of(3, 20)
    key = await asyncio.to_thread(desk_house.open_chat)
    crowd = Visitors(desk_house.port, key, visitors)
    await crowd.arrive()
    talks = [visitor.conversation_id for visitor in crowd.each]

    couriers = [Visitor(number, desk_house.port, crowd.tally) for number in range(TIMES)]
    for visitor in crowd.each:
        await _begin_again(visitor, couriers)
    await asyncio.gather(*(_deliver_all(courier, crowd, messages) for courier in couriers))
    for courier in couriers:
        courier.hang_up()
    async with await asyncio.to_thread(desk_house.agent) as agent:
        said = [await _reply_again(agent, talks[n % visitors]) for n in range(replies)]
    crowd.leave()

    rows, events = _stored(desk_house.database_url, talks)
    verdict = check(desk_house.database_url, crowd)
    expected = visitors + messages + replies
    record(
        deliveries=(messages + replies + visitors) * TIMES,
        messages=expected,
        rows=rows,
        events=events,
        contradicting_answers=crowd.tally.contradicted + sum(len(ids) > 1 for ids in said),
    )
    assert verdict.is_clean, verdict
    assert [len(ids) for ids in said] == [1] * replies
    assert (rows, events) == (expected, expected)


async def _begin_again(visitor: Visitor, couriers: list[Visitor]) -> None:
    """A visitor's first message once more by each courier, at once: it begins nothing new."""
    hello = {"client_id": HELLO, "body": "Hello"}
    for courier in couriers:
        _act_for(courier, visitor)
    answers = await asyncio.gather(
        *(courier.request("POST", "/widget/v1/conversations", hello) for courier in couriers)
    )
    assert {answer.status for answer in answers} <= {200, 201}
    assert {a.json["conversation"]["id"] for a in answers} == {visitor.conversation_id}


async def _deliver_all(courier: Visitor, crowd: Visitors, messages: int) -> None:
    """Every message once, in nearly the order of all other couriers."""
    dice = random.Random(courier.number)
    for number in sorted(range(messages), key=lambda number: number + dice.random() * 8):
        _act_for(courier, crowd.each[number % len(crowd.each)])
        await courier.send(f"again-{number}", f"Message {number}")


def _act_for(courier: Visitor, visitor: Visitor) -> None:
    courier.token, courier.conversation_id = visitor.token, visitor.conversation_id


async def _reply_again(agent: httpx.AsyncClient, talk: str) -> set[str]:
    """An agent's reply, 50 times at once; the ids it was answered with."""
    reply = {"client_id": str(uuid4()), "kind": "message", "body": "Yes", "attachment_ids": []}
    answers = await asyncio.gather(
        *(agent.post(f"/v1/conversations/{talk}/messages", json=reply) for _ in range(TIMES))
    )
    assert {answer.status_code for answer in answers} <= {200, 201}
    return {answer.json()["id"] for answer in answers}


def _stored(database_url: str, talks: list[str]) -> tuple[int, int]:
    """Messages of these conversations, and events that announce one."""
    with psycopg.connect(database_url) as owner:
        row = owner.execute(
            "SELECT (SELECT count(*) FROM messages WHERE conversation_id = ANY(%(ids)s::uuid[])),"
            " (SELECT count(*) FROM events WHERE name = 'conversations.message_added'"
            "  AND (payload ->> 'conversation_id')::uuid = ANY(%(ids)s::uuid[]))",
            {"ids": talks},
        ).fetchone()
    assert row is not None
    return row[0], row[1]
