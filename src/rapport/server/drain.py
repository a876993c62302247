"""Going away without anybody noticing: what a web process does before it closes its doors.

It says 503 on /health/ready, so that load balancers send no more, and goes on serving for
`drain_delay_s`; each answer then ends its connection. Connections that never end by themselves are
sent elsewhere, a few at a time. Only then does the server stop to listen, and finishes the rest.
"""

import asyncio
import time
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rapport.kernel.database.engine import Database
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.health import Departure

log = structlog.get_logger(__name__)

TICK_S = 0.05


async def drain(database: Database, *, impatient: Callable[[], bool]) -> None:
    """Send away whoever can go elsewhere, and return when the doors may close.

    Takes `drain_delay_s`, and at most `hub.SPREAD_S` more when realtime connections are open.
    `impatient` ends it early.
    """
    Departure.of(database).begin()
    delay = database.ports.get(Settings).drain_delay_s
    log.info("draining", delay_s=delay)
    until = time.monotonic() + delay
    while time.monotonic() < until and not impatient():  # noqa: ASYNC110 - a plain flag of uvicorn
        await asyncio.sleep(min(TICK_S, max(0.0, until - time.monotonic())))
    await database.ports.get(Hub).send_away()


class Draining:
    """Lets each answer end its connection once the process is about to go.

    Whoever would use the connection again, such as a proxy, then opens one to somebody who stays.
    """

    def __init__(self, app: ASGIApp, database: Database) -> None:
        """Wrap `app`."""
        self._app = app
        self._departure = Departure.of(database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if self._departure.has_begun and scope["type"] == "http":
            send = _last(send)
        await self._app(scope, receive, send)


def _last(send: Send) -> Send:
    async def with_close(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
        await send(message)

    return with_close
