import asyncio
from collections.abc import Sequence
from uuid import UUID

import psycopg
import pytest
from starlette.types import ASGIApp

from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import LogListener, Recorded, emit
from rapport.kernel.realtime import catch_up, websocket
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.realtime.presenters import Delivery, presents
from tests.conftest import Begin
from tests.kernel.realtime.conftest import Broke, Chimed, Door, Ring, Ticker
from tests.kernel.realtime.wire import connected

VISITOR = UUID(int=7)


def numbers(frames: list[dict]) -> list[int]:  # type: ignore[type-arg]
    return [int(frame["chime"]["id"]) for frame in frames]


async def test_an_event_reaches_whoever_hears_its_topic(realtime: ASGIApp, ring: Ring) -> None:
    async with connected(realtime) as wire:
        await wire.hello("conversation:north")
        await ring(1, tower="south")
        await ring(2)

        frame = await wire.next("event")

    assert frame["name"] == "chimes.chimed"
    assert frame["topic"] == "conversation:north"
    assert frame["chime"] == {"id": "2", "tower": "north"}


async def test_a_long_transaction_does_not_hold_back_what_others_commit(
    realtime: ASGIApp, ring: Ring, begin: Begin
) -> None:
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        async with begin() as slow:
            await emit(slow, Chimed(tower="north", number=1))
            await ring(2)
            first = await wire.next("event")
        second = await wire.next("event")

    assert numbers([first, second]) == [2, 1]


async def test_an_event_that_was_hidden_comes_after_a_cut_although_a_later_one_was_seen(
    realtime: ASGIApp, ring: Ring, begin: Begin
) -> None:
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        async with begin() as slow:
            await emit(slow, Chimed(tower="north", number=1))
            await ring(2)
            seen = await wire.next("event")
            wire.hang_up()

    async with connected(realtime) as wire:
        await wire.hello("inbox", cursor=seen["cursor"])
        assert numbers([await wire.next("event", "heartbeat")]) == [1]


async def test_catching_up_after_a_cut_equals_no_cut(
    realtime: ASGIApp, ring: Ring, workspace: UUID
) -> None:
    async with connected(realtime) as steady, connected(realtime) as cut:
        await steady.hello("inbox")
        await cut.hello("inbox")
        await ring(1, 2)
        before = await cut.events(2)
        cut.hang_up()
        await ring(3, 4)

        async with connected(realtime) as back:
            ready = await back.hello("inbox", cursor=before[-1]["cursor"])
            beat_after = [await back.next("event", "heartbeat") for _ in range(3)]
            await ring(5)
            after = [*beat_after[:2], await back.next("event")]
            whole = await steady.events(5)

    assert [*before, *after] == whole
    assert beat_after[2] == {"type": "heartbeat", "cursor": ready["cursor"], "count": 2}


async def test_what_happens_while_a_client_catches_up_comes_once(
    realtime: ASGIApp, ring: Ring
) -> None:
    async with connected(realtime) as wire:
        start = (await wire.hello("inbox"))["cursor"]
    await ring(*range(5))

    async with connected(realtime) as wire:
        wire.say(type="hello", cursor=start, topics=["inbox"])
        await ring(*range(5, 10))
        found = await wire.events(10)

    assert numbers(found) == list(range(10))


async def test_clients_that_come_back_together_all_catch_up(realtime: ASGIApp, ring: Ring) -> None:
    async with connected(realtime) as wire:
        start = (await wire.hello("inbox"))["cursor"]
    await ring(1, 2, 3)

    async def come_back() -> list[int]:
        async with connected(realtime) as wire:
            await wire.hello("inbox", cursor=start)
            return numbers(await wire.events(3))

    assert await asyncio.gather(*(come_back() for _ in range(20))) == [[1, 2, 3]] * 20


@pytest.mark.parametrize("cursor", ["nonsense", "999999999999-1", "", "-1"])
async def test_an_unknown_cursor_resets(realtime: ASGIApp, cursor: str) -> None:
    async with connected(realtime) as wire:
        head = (await wire.hello("inbox", cursor=cursor))["cursor"]

        assert await wire.next() == {"type": "reset", "cursor": head}


async def test_who_is_too_far_behind_is_reset(
    realtime: ASGIApp, database: Database, workspace: UUID
) -> None:
    async with connected(realtime) as wire:
        start = (await wire.hello("inbox"))["cursor"]
    async with database.begin(workspace, SYSTEM) as ctx:
        for number in range(catch_up.MAX_BEHIND + 1):
            await emit(ctx, Chimed(tower="south", number=number))

    async with connected(realtime) as wire:
        ready = await wire.hello("inbox", cursor=start)
        assert await wire.next() == {"type": "reset", "cursor": ready["cursor"]}


async def test_foreign_and_private_topics_are_refused(realtime: ASGIApp, ring: Ring) -> None:
    asked = ["conversation:secret", f"visitor:{VISITOR}", "me:someone", "presence:agents"]
    async with connected(realtime) as wire:
        await wire.hello(*asked)
        refusals = [await wire.next("error") for _ in asked]
        await ring(1, tower="secret", subject=VISITOR)
        await ring(2)
        wire.say(type="ping")
        beat = await wire.next("event", "heartbeat")

    assert {frame["code"] for frame in refusals} == {"topic_refused"}
    assert beat["count"] == 0


async def test_a_visitor_hears_only_what_is_theirs(realtime: ASGIApp, ring: Ring) -> None:
    async with connected(realtime, headers={"who": "visitor"}) as wire:
        await wire.hello("inbox", "conversation:north")
        assert [(await wire.next("error"))["code"] for _ in range(2)] == ["topic_refused"] * 2
        await ring(1)
        await ring(2, subject=VISITOR)

        frame = await wire.next("event")

    assert frame["chime"] == {"id": "2"}


async def test_a_stranger_hears_nothing(realtime: ASGIApp, ring: Ring, stranger: UUID) -> None:
    async with connected(realtime, headers={"who": "stranger"}) as wire:
        await wire.hello("inbox", "conversation:north")
        await ring(1)
        await ring(2, to=stranger)

        frame = await wire.next("event")

    assert numbers([frame]) == [2]


async def test_subscribing_later_brings_what_happened_in_between(
    realtime: ASGIApp, hub: Hub, ring: Ring, ticker: Ticker
) -> None:
    async with connected(realtime) as wire:
        await wire.hello()
        await ring(1)
        wire.say(type="subscribe", topics=["conversation:north", "conversation:secret"])
        first = await wire.next("event")
        await ring(2)
        second = await wire.next("event")
        wire.say(type="unsubscribe", topics=["conversation:north", "me:1"])
        wire.say(type="ping")
        await wire.next("heartbeat")
        await ring(3)
        wire.say(type="ping")
        beat = await wire.next("event", "heartbeat")

    assert numbers([first, second]) == [1, 2]
    assert beat["count"] == 2


async def test_an_event_that_cannot_be_presented_makes_everybody_fetch_again(
    realtime: ASGIApp, begin: Begin, ring: Ring
) -> None:
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        async with begin() as work:
            await emit(work, Broke())
        assert (await wire.next("reset", "event"))["type"] == "reset"

        await ring(1)
        assert numbers([await wire.next("event")]) == [1]


async def test_heartbeats_carry_the_head_and_the_count(realtime: ASGIApp, ring: Ring) -> None:
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        await ring(1)
        event = await wire.next("event")
        beat = await wire.next("heartbeat")

    assert beat["count"] == 1
    assert int(beat["cursor"].split("-")[0]) > int(event["cursor"].split("-")[0])


async def test_a_slow_socket_is_dropped_and_the_others_go_on(
    realtime: ASGIApp, hub: Hub, ring: Ring, database: Database, workspace: UUID
) -> None:
    async with connected(realtime) as slow, connected(realtime) as quick:
        start = (await slow.hello("inbox"))["cursor"]
        await quick.hello("inbox")
        slow.taking.clear()
        async with database.begin(workspace, SYSTEM) as ctx:
            for number in range(600):
                await emit(ctx, Chimed(tower="north", number=number))

        assert numbers(await quick.events(600)) == list(range(600))
        slow.taking.set()
        assert await slow.closes() == 1013

    async with connected(realtime) as back:
        await back.hello("inbox", cursor=start)
        assert numbers(await back.events(600)) == list(range(600))


async def test_a_socket_that_pauses_gets_everything_in_order(realtime: ASGIApp, ring: Ring) -> None:
    async with connected(realtime) as wire, connected(realtime) as other:
        await wire.hello("inbox")
        await other.hello("inbox")
        wire.taking.clear()
        await ring(1, 2, 3)
        await other.events(3)
        wire.taking.set()
        await ring(4)

        assert numbers(await wire.events(4)) == [1, 2, 3, 4]


async def test_whoever_is_not_known_is_told_to_sign_in(realtime: ASGIApp) -> None:
    async with connected(realtime, headers={"who": "nobody"}) as wire:
        assert await wire.closes() == 4401


async def test_a_foreign_page_is_turned_away(realtime: ASGIApp) -> None:
    async with connected(realtime, headers={"who": "foreign page"}) as wire:
        assert await wire.closes() == 4403


async def test_a_session_that_ends_takes_its_sockets_along(
    realtime: ASGIApp, hub: Hub, door: Door
) -> None:
    async with connected(realtime) as wire:
        await wire.hello()
        door.expelled.add("agnes")
        await hub.verify_actor(door.people["agnes"].actor.id)
        assert await wire.closes() == 4401


async def test_a_process_that_stops_sends_its_connections_to_another(
    realtime: ASGIApp, hub: Hub, ring: Ring
) -> None:
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        await ring(1)
        await wire.events(1)

        await hub.send_away()

        assert await wire.closes() == 1012
    async with connected(realtime) as late:
        assert await late.closes() == 1012, "Who comes now is sent on at once."


async def test_credentials_are_looked_at_again_while_a_socket_is_open(
    realtime: ASGIApp, door: Door
) -> None:
    async with connected(realtime) as agnes, connected(realtime, headers={"who": "bert"}) as bert:
        await agnes.hello()
        await bert.hello()
        door.expelled.add("agnes")

        assert await agnes.closes() == 4401
        await bert.next("heartbeat")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"type": "sing"}', '{"type": "subscribe"}', '{"type": "hello", "x": 1}'],
)
async def test_a_frame_that_makes_no_sense_is_answered_and_survived(
    realtime: ASGIApp, text: str
) -> None:
    async with connected(realtime) as wire:
        await wire.hello()
        wire.say_raw(text)
        assert (await wire.next("error"))["code"] == "frame_invalid"
        wire.say(type="ping")
        await wire.next("heartbeat")


async def test_whoever_does_not_say_hello_first_is_cut_off(realtime: ASGIApp) -> None:
    async with connected(realtime) as wire:
        wire.say(type="ping")
        assert await wire.closes() == websocket.PROTOCOL
    async with connected(realtime) as wire:
        wire.say_raw("gibberish")
        assert await wire.closes() == websocket.PROTOCOL


async def test_a_client_that_talks_too_much_is_cut_off(realtime: ASGIApp) -> None:
    async with connected(realtime) as wire:
        await wire.hello()
        for _ in range(websocket.BURST + 1):
            wire.say(type="ping")
        assert await wire.closes() == websocket.TOO_MANY


async def test_a_frame_that_is_too_long_is_cut_off(realtime: ASGIApp) -> None:
    async with connected(realtime) as wire:
        await wire.hello()
        wire.say_raw(" " * 20_000)
        assert await wire.closes() == websocket.TOO_LARGE


async def test_nobody_may_open_sockets_without_end(realtime: ASGIApp, hub: Hub) -> None:
    async with connected(realtime) as first:
        await first.hello()
        hub.topics._actors[UUID(int=1)] = websocket.MAX_PER_ACTOR
        async with connected(realtime) as second:
            assert await second.closes() == websocket.TOO_MANY


async def test_a_closed_socket_leaves_nothing_behind(realtime: ASGIApp, hub: Hub) -> None:
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        assert len(hub.topics) == 1

    assert len(hub.topics) == 0
    assert hub.topics._of == {}
    assert hub.topics._actors == {}
    assert hub.topics._workspaces == {}


async def test_a_killed_listen_connection_delays_and_loses_nothing(
    realtime: ASGIApp, log_listener: LogListener, database_url: str, ring: Ring
) -> None:
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        with psycopg.connect(database_url, autocommit=True) as owner:
            for number in range(10):
                await asyncio.wait_for(log_listener.connected.wait(), 5)
                owner.execute("SELECT pg_terminate_backend(%s)", (log_listener.pid,))
                await ring(number)

        assert numbers(await wire.events(10)) == list(range(10))


async def test_several_things_of_one_event_on_one_topic_are_told_apart(
    realtime: ASGIApp, ring: Ring
) -> None:
    async def twice(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
        return [Delivery(r, "inbox", {"chime": {"id": n}}) for r in records for n in range(3)]

    presents("chimes.", twice)
    async with connected(realtime) as wire:
        await wire.hello("inbox")
        await ring(1)
        found = await wire.events(3)

    assert len({frame["cursor"] for frame in found}) == 1
    assert [frame.get("part") for frame in found] == [None, 1, 2]
