"""Those who listen: one object per open connection, and who hears which topic."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Iterator, Sequence
from itertools import count
from typing import Any
from uuid import UUID

from starlette.types import Message
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from rapport.kernel.events import Cursor
from rapport.kernel.http import Principal
from rapport.kernel.realtime.frames import Frame

MAX_WAITING = 256
"""Frames that may wait for a slow connection before it is dropped."""
MAX_HELD = 4_000
"""Frames that may wait while a connection catches up."""
SLOW = 1013
"""The close code of a connection that cannot keep up: come back with your cursor."""
_numbers = count(1)


class Subscriber:
    """One connection. Subclasses say how frames leave."""

    __slots__ = ("caught_up", "closed", "held", "number", "principal", "sent", "topics", "verify")

    def __init__(self, principal: Principal) -> None:
        """A connection of `principal`; until `release`, what is pushed is held back."""
        self.principal = principal
        self.number = next(_numbers)
        self.topics: set[str] = set()
        self.sent = 0
        """Event frames pushed so far."""
        self.held: list[Frame] | None = []
        self.caught_up: frozenset[tuple[Cursor, str]] = frozenset()
        """What a catch-up brought although the hub has yet to come to it; it is not sent twice."""
        self.closed = False
        self.verify: Callable[[], Awaitable[Principal]] | None = None
        """Checks the credentials again, where a connection may outlive them."""

    def push(self, frame: Frame) -> None:
        """Send a frame without waiting, after all frames pushed before."""
        if self.closed:
            return
        if self.held is not None:
            if len(self.held) >= MAX_HELD:
                self.drop(SLOW)
                return
            self.held.append(frame)
            return
        if frame.cursor is not None:
            if (frame.cursor, frame.topic) in self.caught_up:
                return
            self.sent += 1
        self.transmit(frame)

    async def release(self, caught_up: Sequence[Frame]) -> None:
        """Send what was missed, then what was held meanwhile and is not among it; then go live."""
        for frame in caught_up:
            await self._deliver(frame)
        known = frozenset((f.cursor, f.topic) for f in caught_up if f.cursor is not None)
        self.caught_up |= known
        while self.held:
            held, self.held = self.held, []
            for frame in held:
                if (frame.cursor, frame.topic) not in known:
                    await self._deliver(frame)
        self.held = None

    def settle(self, safe: Cursor) -> None:
        """The hub has come to `safe`: forget the catch-up once it is behind."""
        if self.caught_up and max(self.caught_up)[0] <= safe:
            self.caught_up = frozenset()

    async def _deliver(self, frame: Frame) -> None:
        if not self.closed:
            if frame.cursor is not None:
                self.sent += 1
            await self.transmit_and_wait(frame)

    def transmit(self, frame: Frame) -> None:
        """Hand one frame to the network, or keep it until the network takes it."""
        raise NotImplementedError

    async def transmit_and_wait(self, frame: Frame) -> None:
        """Hand one frame to the network as fast as the network takes it."""
        raise NotImplementedError

    def drop(self, code: int) -> None:
        """End the connection; the client comes back with its cursor."""
        raise NotImplementedError


class Socket(Subscriber):
    """A WebSocket.

    A frame usually fits into the connection's buffer at once. Under uvicorn `transmit` then writes
    the bytes that are the same for all sockets straight into it; under other servers, or behind
    middleware, it takes the first step of ASGI's `send` by itself. Either way there is no task and
    no wake-up per frame and socket. Only when the network is slow does a task of its own take over,
    and frames queue behind it.
    """

    __slots__ = ("_protocol", "_pump", "_send", "_waiting", "task")

    def __init__(
        self,
        principal: Principal,
        send: Callable[[Message], Awaitable[None]],
        task: "asyncio.Task[Any] | None" = None,
    ) -> None:
        """Send by ASGI's `send`; `task` reads the socket, and is cancelled to end it."""
        super().__init__(principal)
        self._send = send
        owner = getattr(send, "__self__", None)
        self._protocol = owner if isinstance(owner, WebSocketsSansIOProtocol) else None
        self._waiting: deque[Message] | None = None
        self._pump: asyncio.Task[None] | None = None
        self.task = task

    def transmit(self, frame: Frame) -> None:
        """See `Subscriber.transmit`."""
        if self._waiting is not None:
            if len(self._waiting) >= MAX_WAITING:
                self.drop(SLOW)
            else:
                self._waiting.append(frame.message)
            return
        protocol = self._protocol
        if protocol is not None and protocol.writable.is_set():
            if not protocol.close_sent:
                protocol.transport.write(frame.wire)
            return
        sending = self._send(frame.message)
        assert isinstance(sending, Coroutine)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except OSError:
            self.closed = True  # the reading task hears of it by itself
            return
        self._waiting = deque()
        self._pump = asyncio.create_task(self._finish(_Resumed(sending, waits_for)))

    async def transmit_and_wait(self, frame: Frame) -> None:
        """See `Subscriber.transmit_and_wait`."""
        if self._pump is not None:
            await asyncio.wait([self._pump])
        try:
            await self._send(frame.message)
        except OSError:
            self.closed = True

    async def _finish(self, sending: "_Resumed") -> None:
        """Complete a send that had to wait, then the frames behind it."""
        try:
            await sending
            while self._waiting:
                await self._send(self._waiting.popleft())
        except OSError:
            self.closed = True
        finally:
            self._waiting = None
            self._pump = None

    def drop(self, code: int) -> None:
        """See `Subscriber.drop`."""
        if self.closed:
            return
        self.closed = True
        if self._pump is not None:
            self._pump.cancel()
        closing = asyncio.create_task(self._close(code))
        _closing.add(closing)
        closing.add_done_callback(_closing.discard)

    async def _close(self, code: int) -> None:
        """Say goodbye if the network still takes it within a second, and hang up."""
        try:
            async with asyncio.timeout(1):
                await self._send({"type": "websocket.close", "code": code})
        except (OSError, TimeoutError, RuntimeError):
            abort(self._send)
        if self.task is not None:
            self.task.cancel()


_closing: set[asyncio.Task[None]] = set()


def abort(send: Callable[[Message], Awaitable[None]]) -> None:
    """Cut a connection whose peer does not read, where the server lets us reach it.

    Closing it properly would wait for the peer to read what is in the buffer: for ever.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()


class _Resumed:
    """A coroutine whose first step was taken already, to be awaited for the rest."""

    __slots__ = ("_coroutine", "_waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                value = yield waits_for
            except BaseException as error:  # noqa: BLE001 - passed on to the coroutine
                step, argument = self._coroutine.throw, error
            else:
                step, argument = self._coroutine.send, value  # type: ignore[assignment]
            try:
                waits_for = step(argument)
            except StopIteration:
                return


class Topics:
    """Who hears what, and how many connections each actor and workspace has."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._of: dict[tuple[UUID, str], set[Subscriber]] = {}
        self._all: dict[int, Subscriber] = {}
        self._workspaces: dict[UUID, int] = {}
        self._actors: dict[UUID, int] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Subscriber]:
        return iter(list(self._all.values()))

    def add(self, subscriber: Subscriber) -> None:
        """Count a connection."""
        self._all[subscriber.number] = subscriber
        workspace, actor = subscriber.principal.workspace_id, subscriber.principal.actor.id
        self._workspaces[workspace] = self._workspaces.get(workspace, 0) + 1
        self._actors[actor] = self._actors.get(actor, 0) + 1

    def remove(self, subscriber: Subscriber) -> None:
        """Forget a connection. May be repeated."""
        if self._all.pop(subscriber.number, None) is None:
            return
        self.unsubscribe(subscriber, list(subscriber.topics))
        principal = subscriber.principal
        _less(self._workspaces, principal.workspace_id)
        _less(self._actors, principal.actor.id)

    def subscribe(self, subscriber: Subscriber, topics: Iterable[str]) -> None:
        """Let a connection hear `topics` of its workspace."""
        workspace = subscriber.principal.workspace_id
        for topic in topics:
            subscriber.topics.add(topic)
            self._of.setdefault((workspace, topic), set()).add(subscriber)

    def unsubscribe(self, subscriber: Subscriber, topics: Iterable[str]) -> None:
        """Let it hear them no more."""
        workspace = subscriber.principal.workspace_id
        for topic in topics:
            subscriber.topics.discard(topic)
            hearers = self._of.get((workspace, topic))
            if hearers is not None:
                hearers.discard(subscriber)
                if not hearers:
                    del self._of[workspace, topic]

    def hearers(self, workspace: UUID, topic: str) -> list[Subscriber]:
        """Whoever hears a topic now."""
        return list(self._of.get((workspace, topic), ()))

    def of_workspace(self, workspace: UUID) -> list[Subscriber]:
        """All connections of a workspace."""
        return [s for s in self._all.values() if s.principal.workspace_id == workspace]

    def has(self, workspace: UUID) -> bool:
        """Whether anybody of a workspace is connected here."""
        return workspace in self._workspaces

    def of_actor(self, actor: UUID) -> int:
        """How many connections an actor has here."""
        return self._actors.get(actor, 0)


def _less(counts: dict[UUID, int], key: UUID) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
