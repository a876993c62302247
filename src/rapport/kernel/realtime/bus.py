"""Frames that pass and leave no trace (typing, presence), from every web process to every other."""

from collections.abc import Callable
from typing import Protocol

import structlog

from rapport.kernel.events import LogListener, LogWaker

log = structlog.get_logger(__name__)

MAX_BYTES = 7_900
"""What one NOTIFY may carry."""


class Bus(Protocol):
    """Says things to all processes, this one included. Nothing is kept for who is away."""

    def publish(self, channel: str, payload: bytes) -> None:
        """Send without waiting; what cannot be sent is lost."""

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> None:
        """Call `callback` for everything published from now on. Subscribe before `start`."""

    async def start(self) -> None:
        """Begin to connect, and go on by yourself whenever the connection breaks."""

    async def stop(self) -> None:
        """Send and hear nothing more; what was published before is sent."""

    def on_connect(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever a connection stands, after anything may have been missed."""


class MemoryBus:
    """A bus for one process."""

    def __init__(self) -> None:
        """Start without subscribers."""
        self._callbacks: dict[str, list[Callable[[bytes], None]]] = {}
        self._connected: list[Callable[[], None]] = []

    def publish(self, channel: str, payload: bytes) -> None:
        """See `Bus.publish`."""
        for callback in self._callbacks.get(channel, ()):
            callback(payload)

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> None:
        """See `Bus.subscribe`."""
        self._callbacks.setdefault(channel, []).append(callback)

    async def start(self) -> None:
        """See `Bus.start`."""
        for callback in self._connected:
            callback()

    async def stop(self) -> None:
        """See `Bus.stop`."""

    def on_connect(self, callback: Callable[[], None]) -> None:
        """See `Bus.on_connect`."""
        self._connected.append(callback)


class PostgresBus:
    """A bus over LISTEN and NOTIFY, on the connections that the log uses anyway.

    They are started and stopped by whoever made them.
    """

    def __init__(self, waker: LogWaker, listener: LogListener) -> None:
        """Send by `waker` and hear by `listener`, which must not have started yet."""
        self._waker = waker
        self._listener = listener

    def publish(self, channel: str, payload: bytes) -> None:
        """See `Bus.publish`. More than `MAX_BYTES` is not sent."""
        if len(payload) > MAX_BYTES:
            log.warning("bus_payload_too_large", channel=channel, bytes=len(payload))
            return
        self._waker.notify(channel, payload.decode())

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> None:
        """See `Bus.subscribe`."""
        self._listener.on(channel, lambda payload: callback(payload.encode()))

    async def start(self) -> None:
        """See `Bus.start`."""

    async def stop(self) -> None:
        """See `Bus.stop`."""

    def on_connect(self, callback: Callable[[], None]) -> None:
        """See `Bus.on_connect`."""
        self._listener.on_connect(callback)
