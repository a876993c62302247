"""One web process: uvicorn around the application."""

import socket

import uvicorn

from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.logs import configure_logging
from rapport.kernel.telemetry.tracing import Tracing
from rapport.server.app import create_app
from rapport.server.process import open_database

GRACE_S = 15
"""How long open requests may take to finish when the process is asked to stop."""


def run(settings: Settings, *, fd: int | None = None) -> None:
    """Serve until asked to stop, on the inherited socket `fd` or on the configured address."""
    configure_logging(settings)
    tracing = Tracing(settings, service="rapport-web")
    app = create_app(open_database(settings))
    config = uvicorn.Config(
        tracing.wrap(app),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
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
    uvicorn.Server(config).run([_inherited(fd)] if fd is not None else None)
    tracing.stop()


def _inherited(fd: int) -> socket.socket:
    """The listening socket a parent opened, with its real family.

    uvicorn itself would take any inherited socket for a Unix one and leave Nagle's algorithm on,
    which makes each answer wait 40 ms for the client's delayed acknowledgement.
    """
    listening = socket.socket(fileno=fd)
    if listening.family in {socket.AF_INET, socket.AF_INET6}:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
