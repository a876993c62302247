"""The HTTP protocol: one write per answer, and nothing held back for longer than a turn."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from rapport.server.protocol import Joined, Protocol

PIECE = 256 * 1024


class Noted:
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.told.append(bytes(data))

    def close(self) -> None:
        self.told.append(b"<closed>")

    def is_closing(self) -> bool:
        return b"<closed>" in self.told


def joined() -> tuple[Joined, list[bytes]]:
    noted = Noted()
    return Joined(cast("asyncio.Transport", noted), asyncio.get_running_loop()), noted.told


async def test_head_and_body_are_one_write() -> None:
    transport, told = joined()

    transport.write(b"head ")
    transport.write(memoryview(b"body"))

    assert told == [b"head body"]


async def test_a_single_write_leaves_when_the_turn_is_over() -> None:
    transport, told = joined()

    transport.write(b"a piece")
    await asyncio.sleep(0)

    assert told == [b"a piece"]


async def test_nothing_is_held_back_when_the_connection_is_closed() -> None:
    transport, told = joined()

    transport.write(b"last words")
    transport.close()

    assert told == [b"last words", b"<closed>"]
    assert transport.is_closing()


async def test_an_answer_that_waits_for_its_next_piece_has_sent_the_last_one() -> None:
    go_on = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"second"})

    async with serving(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        async with asyncio.timeout(5):
            await reader.readuntil(b"first\r\n")
            go_on.set()
            await reader.readuntil(b"second\r\n0\r\n\r\n")
        writer.close()


async def test_many_requests_sent_at_once_are_answered_whole_and_in_order() -> None:
    async with serving(_echo) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(20):
            writer.write(b"GET /%d HTTP/1.1\r\nhost: x\r\n\r\n" % number)
        async with asyncio.timeout(10):
            for number in range(20):
                await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(PIECE)
                assert body == b"%03d" % number + bytes(PIECE - 3)
        writer.close()


async def test_a_connection_becomes_a_websocket() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        said = await receive()
        await send({"type": "websocket.send", "text": said["text"].upper()})
        await receive()

    async with (
        serving(app) as port,
        asyncio.timeout(5),
        connect(f"ws://127.0.0.1:{port}/") as client,
    ):
        await client.send("hello")
        assert await client.recv() == "HELLO"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the path's number and a quarter of a megabyte of zeros."""
    body = b"%03d" % int(scope["path"][1:]) + bytes(PIECE - 3)
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[int]:
    """`app` behind a real server; gives its port."""
    config = uvicorn.Config(
        app, http=Protocol, ws="websockets-sansio", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            await serving
