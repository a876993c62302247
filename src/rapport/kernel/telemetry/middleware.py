"""Around every request: an id, its duration, a line in the log when it was slow or failed."""

import re
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rapport.kernel.ids import new_id
from rapport.kernel.telemetry import metrics

log = structlog.get_logger(__name__)

SLOW_S = 1.0
_GIVEN_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")


class Observed:
    """Gives each request an id (a proxy's `X-Request-Id` is kept), counts and times it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`; put this outermost, so that refusals of other layers are seen too."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; the answer carries the id as `X-Request-Id`."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 500
        began = time.perf_counter()

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                header = (b"x-request-id", request_id.encode())
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        metrics.started()
        try:
            await self.app(scope, receive, with_id)
        finally:
            seconds = time.perf_counter() - began
            route = template(scope)
            metrics.finished(scope["method"], route, status, seconds)
            if status >= 500 or seconds > SLOW_S:
                log.warning(
                    "request_noteworthy",
                    method=scope["method"],
                    route=route,
                    status=status,
                    ms=round(seconds * 1_000),
                )


def template(scope: Scope) -> str:
    """The template of the route that answered; `other` for static files and unknown addresses."""
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if not isinstance(path, str) or not path:
        return "other"
    return _prefix(scope, path) + path


def _prefix(scope: Scope, path: str) -> str:
    """What the routers above the route stand under, which the route itself does not know."""
    if ":" in path:
        return ""
    asked = scope["path"].rstrip("/").split("/")
    above = asked[: len(asked) - len(path.rstrip("/").split("/")) + 1]
    names = {str(value): name for name, value in scope.get("path_params", {}).items()}
    return "/".join(f"{{{names[part]}}}" if part in names else part for part in above)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(value):
            return str(value.decode())
    return new_id().hex
