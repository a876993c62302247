"""A process's own door for machines that watch it: `/health/live`, `/health/ready`, `/metrics`.

For processes that have no other, such as the worker, and for those that share theirs, such as the
web processes of one `rapport serve`. Answers the same as the routes of the web process.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import health, metrics
from rapport.kernel.telemetry.routes import may_read

MAX_HEAD_BYTES = 16 * 1024
PATIENCE_S = 5.0
_JSON = "application/json"
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_REASONS = {200: "OK", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable"}


@asynccontextmanager
async def monitored(database: Database) -> AsyncIterator[None]:
    """Answer on `monitor_port` until the end; nothing happens when none is set."""
    settings = database.ports.get(Settings)
    if settings.monitor_port is None:
        yield
        return

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, EOFError, asyncio.LimitOverrunError):
            async with asyncio.timeout(PATIENCE_S):
                await _answer(database, reader, writer)
        writer.close()

    port = settings.monitor_port
    server = await asyncio.start_server(serve, settings.host, port, limit=MAX_HEAD_BYTES)
    try:
        yield
    finally:
        server.close()


async def _answer(
    database: Database, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    status, kind, body = await _look(database, head[0], headers, writer.get_extra_info("peername"))
    writer.write(
        f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: {kind}\r\n"
        f"content-length: {len(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
        "".encode()
        + body
    )
    await writer.drain()


async def _look(
    database: Database, line: str, headers: dict[str, str], peer: tuple[str, int]
) -> tuple[int, str, bytes]:
    """Status, kind and body for a request."""
    match line.split(" ")[:2]:
        case ["GET", "/health/live"]:
            return 200, _JSON, b'{"live":true}'
        case ["GET", "/health/ready"]:
            report = await health.report(database)
            return 200 if report.ready else 503, _JSON, json.dumps(asdict(report)).encode()
        case ["GET", "/metrics"]:
            if may_read(database.ports.find(Settings), headers, peer[0]):
                return 200, _TEXT, metrics.exposition()
            return 403, _JSON, b"{}"
        case _:
            return 404, _JSON, b"{}"
