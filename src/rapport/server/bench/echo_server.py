"""The bare reference: the web process's server class with an application that does nothing.

A POST is answered by the same JSON every time. A WebSocket that says hello hears `ready`, and from
then on what is posted to `SHOUT`, or what is posted anywhere by its own visitor: see `Echo`.
"""

import sys

import uvicorn
from starlette.types import Receive, Scope, Send

from rapport.server.protocol import Protocol

SHOUT = "/shout"
"""What is posted here goes to all sockets."""
_ANSWER = (
    b'{"id":"01990000-0000-7000-8000-000000000001","seq":1,"kind":"message","body":"Hello",'
    b'"created_at":"2026-06-01T12:00:00Z","author":{"kind":"customer","name":"Visitor"}}'
)
_HEAD = {
    "type": "http.response.start",
    "status": 201,
    "headers": [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(_ANSWER)).encode()),
    ],
}
_BODY = {"type": "http.response.body", "body": _ANSWER}
_READY = {"type": "websocket.send", "text": '{"type":"ready"}'}


class Echo:
    """The application: agents hear everything, a visitor what they post themselves.

    Who somebody is stands in the address: `/agent`, or `/visitor/NUMBER` for sockets and posts.
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._all: set[Send] = set()
        self._agents: set[Send] = set()
        self._visitors: dict[str, Send] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection or request."""
        if scope["type"] == "http":
            await self._post(scope["path"], receive, send)
        elif scope["type"] == "websocket":
            await self._listen(scope["path"], receive, send)

    async def _post(self, path: str, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await send(_HEAD)
        await send(_BODY)
        if self._all:
            hearers = self._all if path == SHOUT else self._agents | self._visitor(path)
            frame = {"type": "websocket.send", "text": body.decode()}
            for hear in list(hearers):
                await hear(frame)

    def _visitor(self, path: str) -> set[Send]:
        hear = self._visitors.get(path)
        return {hear} if hear is not None else set()

    async def _listen(self, path: str, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        self._all.add(send)
        if path == "/agent":
            self._agents.add(send)
        else:
            self._visitors[path] = send
        await send(_READY)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self._all.discard(send)
        self._agents.discard(send)
        self._visitors.pop(path, None)


def serve(fd: int) -> None:
    """Serve on an inherited listening socket until told to stop."""
    config = uvicorn.Config(
        Echo(),
        fd=fd,
        lifespan="off",
        loop="uvloop",
        http=Protocol,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        backlog=4096,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
