from uuid import UUID, uuid4

from starlette.types import ASGIApp

from rapport.kernel.realtime.bus import MAX_BYTES, MemoryBus, PostgresBus
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.realtime.presence import PRESENT_S, TYPING_S, PresenceBoard
from tests.kernel.realtime.conftest import Door, Ticker, TowerAudience
from tests.kernel.realtime.wire import connected

CONVERSATION = UUID(int=20)
"""One that the audience lets everybody write in."""
FORBIDDEN = UUID(int=21)
AGNES, BERT = str(UUID(int=1)), str(UUID(int=2))


def typing(on: bool = True, **more: object) -> dict[str, object]:
    return {"type": "typing", "conversation_id": str(CONVERSATION), "on": on, **more}


async def test_typing_shows_to_others_and_not_to_oneself(realtime: ASGIApp) -> None:
    async with (
        connected(realtime) as agnes,
        connected(realtime, headers={"who": "bert"}) as bert,
        connected(realtime, headers={"who": "visitor"}) as vera,
    ):
        for wire in (agnes, bert):
            await wire.hello("conversation:north")
        await vera.hello()
        agnes.say(**typing())

        shown = await bert.next("typing")
        assert shown["who"] == {"kind": "agent", "id": AGNES, "name": "Agnes"}
        assert (shown["on"], shown["expires_in_s"]) == (True, 6)
        assert (await vera.next("typing"))["who"] == {"kind": "agent", "id": "", "name": "Agnes"}

        vera.say(**typing())
        assert (await bert.next("typing"))["who"]["name"] == "Vera"
        assert (await agnes.next("typing"))["who"]["name"] == "Vera"


async def test_typing_a_note_shows_to_agents_only(realtime: ASGIApp) -> None:
    async with (
        connected(realtime) as agnes,
        connected(realtime, headers={"who": "bert"}) as bert,
        connected(realtime, headers={"who": "visitor"}) as vera,
    ):
        await agnes.hello()
        await bert.hello("conversation:north")
        await vera.hello()
        agnes.say(**typing(note=True))
        assert (await bert.next("typing"))["note"] is True
        agnes.say(**typing())
        assert (await vera.next("typing"))["note"] is False


async def test_typing_expires_by_itself(realtime: ASGIApp, ticker: Ticker) -> None:
    async with (
        connected(realtime) as agnes,
        connected(realtime, headers={"who": "bert"}) as bert,
    ):
        await agnes.hello()
        await bert.hello("conversation:north")
        agnes.say(**typing())
        assert (await bert.next("typing"))["on"] is True

        ticker.now += TYPING_S

        assert (await bert.next("typing"))["on"] is False


async def test_whoever_stops_is_shown_to_stop_once(realtime: ASGIApp, ticker: Ticker) -> None:
    async with (
        connected(realtime) as agnes,
        connected(realtime, headers={"who": "bert"}) as bert,
    ):
        await agnes.hello()
        await bert.hello("conversation:north")
        agnes.say(**typing())
        agnes.say(**typing(on=False))
        agnes.say(**typing(on=False))
        assert [(await bert.next("typing"))["on"] for _ in range(2)] == [True, False]

        ticker.now += 100
        agnes.say(**typing())
        assert (await bert.next("typing"))["on"] is True


async def test_a_conversation_opened_later_shows_who_writes_already(realtime: ASGIApp) -> None:
    async with (
        connected(realtime) as agnes,
        connected(realtime, headers={"who": "visitor"}) as vera,
        connected(realtime, headers={"who": "bert"}) as bert,
    ):
        await agnes.hello("conversation:north")
        await vera.hello()
        await bert.hello()
        vera.say(**typing())
        await agnes.next("typing")

        bert.say(type="subscribe", topics=["conversation:north"])

        assert (await bert.next("typing"))["who"]["name"] == "Vera"


async def test_typing_where_one_may_not_write_shows_nothing(
    realtime: ASGIApp, audience: TowerAudience
) -> None:
    async with (
        connected(realtime) as agnes,
        connected(realtime, headers={"who": "bert"}) as bert,
    ):
        await agnes.hello()
        await bert.hello("conversation:north")
        agnes.say(type="typing", conversation_id=str(FORBIDDEN), on=True)
        agnes.say(**typing())

        assert (await bert.next("typing"))["conversation_id"] == str(CONVERSATION)
        assert audience.asked == 2


async def test_agents_see_who_is_here_and_what_they_look_at(realtime: ASGIApp, hub: Hub) -> None:
    async with connected(realtime) as agnes:
        await agnes.hello()
        assert (await agnes.next("presence"))["agents"] in ([], [AGNES])
        async with connected(realtime, headers={"who": "bert"}) as bert:
            await bert.hello()
            while (seen := await agnes.next("presence"))["agents"] != [AGNES, BERT]:
                continue
            assert seen["viewing"] == {}
            bert.say(type="viewing", conversation_id=str(CONVERSATION))
            assert (await agnes.next("presence"))["viewing"] == {str(CONVERSATION): [BERT]}

        while (seen := await agnes.next("presence"))["agents"] != [AGNES]:
            continue
        assert seen["viewing"] == {}


async def test_visitors_learn_only_whether_anybody_is_here(
    realtime: ASGIApp, hub: Hub, door: Door
) -> None:
    async with connected(realtime, headers={"who": "visitor"}) as vera:
        await vera.hello()
        assert await vera.next("presence") == {"type": "presence", "agents_online": False}
        async with connected(realtime) as agnes:
            await agnes.hello()
            assert await vera.next("presence") == {"type": "presence", "agents_online": True}
            assert hub.agents_online(door.workspace)
        assert await vera.next("presence") == {"type": "presence", "agents_online": False}
        vera.say(type="viewing", conversation_id=str(CONVERSATION))
        vera.say(type="ping")
        await vera.next("heartbeat")
        assert not hub.agents_online(door.workspace)


def test_presence_expires_when_nobody_repeats_it() -> None:
    ticker = Ticker()
    board = PresenceBoard(ticker)
    workspace, agent = uuid4(), uuid4()
    assert board.here(workspace, "window", agent, None)
    assert not board.here(workspace, "window", agent, None)

    ticker.now += PRESENT_S - 1
    assert board.expire() == set()
    ticker.now += 1

    assert board.expire() == {workspace}
    assert board.agents(workspace) == []


def test_an_agent_with_two_windows_is_here_once() -> None:
    board = PresenceBoard(Ticker())
    workspace, agent, conversation = uuid4(), uuid4(), uuid4()
    board.here(workspace, "one", agent, conversation)
    board.here(workspace, "two", agent, conversation)

    assert board.agents(workspace) == [agent]
    assert board.viewing(workspace) == {conversation: [agent]}
    assert board.gone(workspace, "one")
    assert not board.gone(workspace, "one")
    assert board.agents(workspace) == [agent]


def test_the_bus_of_one_process_delivers_to_all_its_subscribers() -> None:
    bus = MemoryBus()
    heard: list[bytes] = []
    bus.subscribe("a", heard.append)
    bus.subscribe("a", heard.append)
    bus.publish("a", b"1")
    bus.publish("b", b"2")

    assert heard == [b"1", b"1"]


def test_what_is_too_large_for_the_bus_is_not_sent() -> None:
    class Silence:
        def notify(self, channel: str, payload: str) -> None:
            raise AssertionError(channel)

    PostgresBus(Silence(), Silence()).publish("a", b"x" * (MAX_BYTES + 1))  # type: ignore[arg-type]
