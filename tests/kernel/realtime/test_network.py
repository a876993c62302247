"""Over real sockets and the real server: what is written past ASGI must be a proper WebSocket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame as Parsed
from websockets.frames import Opcode
from websockets.streams import StreamReader

from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import emit
from rapport.kernel.realtime.frames import Frame
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.realtime.websocket import MAX_PER_ACTOR
from tests.kernel.realtime.conftest import Chimed, Door, Ring

ADDRESS = "/v1/realtime"


@pytest.fixture(params=[False, True], ids=["plain", "compressing"])
async def server(realtime: ASGIApp, request: pytest.FixtureRequest) -> AsyncIterator[int]:
    """The port of a real server, with and without compression offered."""
    listening = socket.create_server(("127.0.0.1", 0))

    config = uvicorn.Config(
        realtime,
        ws="websockets-sansio",
        ws_per_message_deflate=request.param,
        lifespan="off",
        log_level="warning",
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield listening.getsockname()[1]
    server.should_exit = True
    await asyncio.wait_for(serving, 10)


@asynccontextmanager
async def joined(port: int, who: str = "agnes") -> AsyncIterator[ClientConnection]:
    url = f"ws://127.0.0.1:{port}{ADDRESS}"
    async with connect(url, additional_headers={"who": who}) as client:
        await client.send(json.dumps({"type": "hello", "cursor": None, "topics": ["inbox"]}))
        while json.loads(await client.recv())["type"] != "ready":
            continue
        yield client


async def events(client: ClientConnection, count: int) -> list[int]:
    found: list[int] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            frame = json.loads(await client.recv())
            if frame["type"] == "event":
                found.append(int(frame["chime"]["id"]))
    return found


async def test_events_travel_over_a_real_server(server: int, ring: Ring) -> None:
    async with joined(server) as first, joined(server, "bert") as second:
        await ring(1, 2, 3)

        assert await events(first, 3) == [1, 2, 3]
        assert await events(second, 3) == [1, 2, 3]


async def test_a_peer_that_stops_reading_is_cut_off_and_forgotten(
    server: int, hub: Hub, database: Database, door: Door
) -> None:
    async with joined(server, "bert") as quick, joined(server) as slow:
        slow.transport.pause_reading()
        for batch in range(20):
            async with database.begin(door.workspace, SYSTEM) as ctx:
                for number in range(50):
                    tower = "north" * 4_000
                    await emit(ctx, Chimed(tower=tower, number=batch * 50 + number))
            await events(quick, 50)

        async with asyncio.timeout(10):
            while len(hub.topics) > 1:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
        slow.transport.resume_reading()
        with pytest.raises(ConnectionClosed):
            await events(slow, 10_000)


async def test_an_unknown_caller_is_told_so_by_the_close_code(server: int) -> None:
    url = f"ws://127.0.0.1:{server}{ADDRESS}"
    async with connect(url, additional_headers={"who": "nobody"}) as client:
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 4401


async def test_as_many_connections_as_allowed_hear_the_same_message(
    server: int, ring: Ring
) -> None:
    async with asyncio.timeout(20):
        clients = [joined(server) for _ in range(MAX_PER_ACTOR)]
        opened = await asyncio.gather(*(client.__aenter__() for client in clients))
        await ring(1)
        assert await asyncio.gather(*(events(client, 1) for client in opened)) == [[1]] * 64
        await asyncio.gather(*(client.__aexit__(None, None, None) for client in clients))


@pytest.mark.parametrize("size", [0, 100, 125, 126, 65_000, 65_535, 65_536, 70_000])
def test_frames_of_every_size_are_framed_as_the_standard_says(size: int) -> None:
    frame = Frame({"type": "x", "pad": "x" * size})
    reader = StreamReader()
    reader.feed_data(frame.wire)

    parsing = Parsed.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as done:
        next(parsing)

    assert done.value.value.opcode is Opcode.TEXT
    assert done.value.value.data == frame.text.encode()
