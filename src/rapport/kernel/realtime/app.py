"""The realtime endpoints as one ASGI application.

Mounted at an address A it answers a WebSocket at A, server-sent events at A/stream and long polling
at A/poll; all three share cursors, topics and frames.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from rapport.kernel.errors import NotFound
from rapport.kernel.http import Principal, answer_error, refusal
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.realtime.streams import poll, stream
from rapport.kernel.realtime.websocket import serve_websocket

Authenticate = Callable[[HTTPConnection], Awaitable[Principal]]


def realtime_app(authenticate: Authenticate, hub: Hub) -> ASGIApp:
    """Serve `hub` to whoever `authenticate` recognises.

    `authenticate` also refuses a WebSocket that a foreign page opens with our cookie. Layers around
    this application should leave the `send` of a WebSocket alone: each costs every frame its part,
    and hides the connection that a peer who stopped reading must be cut off by.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await serve_websocket(hub, lambda: authenticate(HTTPConnection(scope)), receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            serve_http = {"/stream": stream, "/poll": poll}.get(_below_mount(scope))
            if serve_http is None or scope["method"] != "GET":
                raise NotFound
            await serve_http(hub, await authenticate(connection), connection, receive, send)
        except Exception as error:
            refused = refusal(error)
            if refused is None:
                raise
            await answer_error(refused)(scope, receive, send)

    return serve


def _below_mount(scope: Scope) -> str:
    path: str = scope["path"]
    return "/" + path.rstrip("/").rsplit("/", 1)[-1]
