"""One web process: uvicorn around the application."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack

import uvicorn

from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.logs import configure_logging
from rapport.kernel.telemetry.tracing import Tracing
from rapport.server import memory
from rapport.server.app import create_app
from rapport.server.drain import Draining, drain
from rapport.server.monitor import monitored
from rapport.server.process import open_database, warm
from rapport.server.protocol import Protocol

GRACE_S = 15
"""How long open requests may take to finish when the process is asked to stop."""
PATIENCE_S = 10.0
"""How long a request waits for one statement before it says that the database is away."""


def run(
    settings: Settings,
    *,
    fd: int | None = None,
    may_begin: Callable[[], bool] = lambda: True,
) -> None:
    """Serve until asked to stop, on the inherited socket `fd` or on the configured address.

    Asked to stop, it tells load balancers first, and sends its connections elsewhere. All that
    needs no database is done before `may_begin` is asked, which may wait, or refuse.
    """
    configure_logging(settings)
    tracing = Tracing(settings, service="rapport-web")
    database = open_database(settings, patience_s=PATIENCE_S)
    app = create_app(database)
    memory.settle()
    config = uvicorn.Config(
        Draining(tracing.wrap(app), database),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=Protocol,
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,  # a socket's compressor takes more memory than all its rest
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=GRACE_S,
    )
    config.load()
    if not may_begin():
        return
    _Server(config, database).run([_inherited(fd)] if fd is not None else None)
    tracing.stop()


class _Server(uvicorn.Server):
    """Loads the model once the doors are open, and sends people away before they close."""

    def __init__(self, config: uvicorn.Config, database: Database) -> None:
        super().__init__(config)
        self._database = database
        self._warming: asyncio.Task[None] | None = None
        self._monitor = AsyncExitStack()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await self._monitor.enter_async_context(monitored(self._database))
        self._warming = asyncio.create_task(warm(self._database))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await drain(self._database, impatient=lambda: self.force_exit)
        await super().shutdown(sockets)
        await self._monitor.aclose()


def _inherited(fd: int) -> socket.socket:
    """The listening socket a parent opened, with its real family.

    uvicorn itself would take any inherited socket for a Unix one and leave Nagle's algorithm on,
    which makes each answer wait 40 ms for the client's delayed acknowledgement.
    """
    listening = socket.socket(fileno=fd)
    if listening.family in {socket.AF_INET, socket.AF_INET6}:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
