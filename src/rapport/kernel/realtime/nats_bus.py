"""A bus over NATS, for installations that spare the database what leaves no trace."""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from rapport.kernel.realtime.bus import MAX_BYTES

log = structlog.get_logger(__name__)

SUBJECT: Final = "rapport"
"""Before the channel; a NATS account of its own keeps installations apart."""
MAX_WAITING: Final = 10_000
RECONNECT_S: Final = 0.5
CONNECT_S: Final = 3
PING_S: Final = 5
"""Twice without an answer, and the connection counts as broken."""


class NatsBus:
    """Says things over NATS; see `Bus`. Users and passwords stand in the addresses.

    Nothing waits for it: while it is away, up to `MAX_WAITING` frames wait, older ones are lost.
    """

    def __init__(self, urls: str, ca: Path | None = None) -> None:
        """Use the servers of `urls` (`nats://` or `tls://`, separated by commas)."""
        self._urls = [url.strip() for url in urls.split(",")]
        self._ca = ca
        self._client: Client | None = None
        self._callbacks: dict[str, list[Callable[[bytes], None]]] = {}
        self._on_connect: list[Callable[[], None]] = []
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=MAX_WAITING)
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        """Set while the connection stands."""

    def publish(self, channel: str, payload: bytes) -> None:
        """See `Bus.publish`. More than `MAX_BYTES` is not sent."""
        if len(payload) > MAX_BYTES:
            log.warning("bus_payload_too_large", channel=channel, bytes=len(payload))
            return
        self._waiting.append((channel, payload))
        self._wanted.set()

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> None:
        """See `Bus.subscribe`."""
        self._callbacks.setdefault(channel, []).append(callback)

    def on_connect(self, callback: Callable[[], None]) -> None:
        """See `Bus.on_connect`."""
        self._on_connect.append(callback)

    async def start(self) -> None:
        """See `Bus.start`."""
        self._task = asyncio.create_task(self._run(), name="nats-bus")

    async def stop(self) -> None:
        """See `Bus.stop`."""
        if self._client is not None and self.connected.is_set():
            with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
                await self._send_waiting(self._client)
                await self._client.flush(timeout=1)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        """One connection after another. The library's own way gives up when it is not let in."""
        while True:
            gone = asyncio.Event()
            client = self._client = Client()
            try:
                async with asyncio.timeout(CONNECT_S):
                    await self._connect(client, gone)
                await self._talk(client, gone)
            except (nats.errors.Error, OSError, TimeoutError) as error:
                log.warning("bus_away", error=str(error) or type(error).__name__)
            finally:
                self.connected.clear()
                with contextlib.suppress(nats.errors.Error, OSError):
                    await client.close()
            await asyncio.sleep(RECONNECT_S)

    async def _connect(self, client: Client, gone: asyncio.Event) -> None:
        async def leave() -> None:
            gone.set()

        await client.connect(
            servers=self._urls,
            name="rapport",
            tls=self._tls(),
            connect_timeout=CONNECT_S,
            ping_interval=PING_S,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            disconnected_cb=leave,
            closed_cb=leave,
            error_cb=_report,
        )
        for channel in self._callbacks:
            await client.subscribe(f"{SUBJECT}.{channel}", cb=self._heard)
        await client.flush(timeout=CONNECT_S)

    async def _talk(self, client: Client, gone: asyncio.Event) -> None:
        """Send what is to be sent, until the connection is gone."""
        self.connected.set()
        self._wanted.set()
        for callback in self._on_connect:
            callback()
        ended = asyncio.create_task(gone.wait())
        try:
            while not gone.is_set():
                wanted = asyncio.create_task(self._wanted.wait())
                await asyncio.wait([ended, wanted], return_when=asyncio.FIRST_COMPLETED)
                wanted.cancel()
                self._wanted.clear()
                await self._send_waiting(client)
        finally:
            ended.cancel()

    async def _send_waiting(self, client: Client) -> None:
        while self._waiting:
            channel, payload = self._waiting.popleft()
            await client.publish(f"{SUBJECT}.{channel}", payload)

    def _tls(self) -> ssl.SSLContext | None:
        if not any(urlsplit(url).scheme == "tls" for url in self._urls):
            return None
        return ssl.create_default_context(cafile=self._ca)

    async def _heard(self, message: Msg) -> None:
        channel = message.subject.removeprefix(f"{SUBJECT}.")
        for callback in self._callbacks.get(channel, ()):
            callback(message.data)


async def _report(error: Exception) -> None:
    log.debug("bus_error", error=str(error) or type(error).__name__)
