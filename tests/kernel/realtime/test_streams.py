import asyncio

from starlette.types import ASGIApp

from rapport.kernel.events import emit
from rapport.kernel.realtime.hub import Hub
from tests.conftest import Begin
from tests.kernel.realtime.conftest import Chimed, Ring
from tests.kernel.realtime.wire import connected, get_json, getting

STREAM = "/v1/realtime/stream"
POLL = "/v1/realtime/poll"


def numbers(frames: list[dict]) -> list[int]:  # type: ignore[type-arg]
    return [int(frame["chime"]["id"]) for frame in frames]


async def test_a_stream_carries_the_same_frames_as_a_socket(realtime: ASGIApp, ring: Ring) -> None:
    async with getting(realtime, STREAM, topics="inbox") as answer, connected(realtime) as wire:
        await answer.next("ready")
        await wire.hello("inbox")
        await ring(1, 2)

        assert [await answer.next("event") for _ in range(2)] == await wire.events(2)
        assert answer.status == 200
        assert (await answer.next("heartbeat"))["count"] == 2


async def test_a_stream_ends_whole_when_its_process_stops(realtime: ASGIApp, hub: Hub) -> None:
    async with getting(realtime, STREAM, topics="inbox") as answer:
        await answer.next("ready")

        await hub.send_away()

        await answer.ends()
    status, body = await get_json(realtime, POLL, topics="inbox")
    assert (status, body["code"]) == (503, "overloaded")


async def test_a_stream_resumes_at_its_last_event_id(realtime: ASGIApp, ring: Ring) -> None:
    async with getting(realtime, STREAM, topics="inbox") as answer:
        await answer.next("ready")
        await ring(1)
        last = (await answer.next("event"))["cursor"]
    await ring(2)

    headers = {"last-event-id": last}
    async with getting(realtime, STREAM, headers=headers, topics="inbox", cursor="1-1") as answer:
        assert numbers([await answer.next("event")]) == [2]


async def test_a_poll_without_a_cursor_answers_the_head_at_once(realtime: ASGIApp) -> None:
    status, body = await get_json(realtime, POLL, topics="inbox")

    assert status == 200
    assert body["events"] == []
    assert body["reset"] is False


async def test_a_poll_answers_what_was_missed_at_once_and_never_twice(
    realtime: ASGIApp, ring: Ring
) -> None:
    _, head = await get_json(realtime, POLL, topics="inbox")
    await ring(1, 2)

    _, first = await get_json(realtime, POLL, topics="inbox", cursor=head["cursor"])
    _, second = await get_json(
        realtime, POLL, topics="inbox", cursor=first["cursor"], timeout_s="0"
    )

    assert numbers(first["events"]) == [1, 2]
    assert second["events"] == []


async def test_a_poll_waits_for_the_first_event(realtime: ASGIApp, hub: Hub, ring: Ring) -> None:
    _, head = await get_json(realtime, POLL, topics="inbox")

    waiting = asyncio.create_task(
        get_json(realtime, POLL, topics="inbox", cursor=head["cursor"], timeout_s="5")
    )
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        await ring(1)
        await wire.next("event")
    _, body = await waiting

    assert numbers(body["events"]) == [1]


async def test_a_poll_waits_for_what_an_older_transaction_holds_back(
    realtime: ASGIApp, ring: Ring, begin: Begin
) -> None:
    _, head = await get_json(realtime, POLL, topics="inbox")
    async with begin() as slow:
        await emit(slow, Chimed(tower="north", number=1))
        await ring(2)
        _, during = await get_json(
            realtime, POLL, topics="inbox", cursor=head["cursor"], timeout_s="0"
        )
    _, after = await get_json(realtime, POLL, topics="inbox", cursor=during["cursor"])

    assert during["events"] == []
    assert numbers(after["events"]) == [1, 2]


async def test_a_poll_with_an_unknown_cursor_resets(realtime: ASGIApp) -> None:
    _, body = await get_json(realtime, POLL, topics="inbox", cursor="what?")

    assert body["reset"] is True
    assert body["events"] == []


async def test_whoever_is_not_known_gets_a_problem(realtime: ASGIApp) -> None:
    async with getting(realtime, STREAM, headers={"who": "nobody"}) as answer:
        await asyncio.wait_for(answer.body.get(), 5)
        assert answer.status == 401


async def test_other_addresses_are_not_found(realtime: ASGIApp) -> None:
    status, body = await get_json(realtime, "/v1/realtime/elsewhere")

    assert (status, body["code"]) == (404, "not_found")


async def test_a_stream_that_ends_leaves_nothing_behind(realtime: ASGIApp, hub: Hub) -> None:
    async with getting(realtime, STREAM, topics="inbox") as answer:
        await answer.next("ready")
        assert len(hub.topics) == 1

    assert len(hub.topics) == 0
