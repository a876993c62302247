"""One per web process: everything that happens, to every socket that may see it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID

import structlog

from rapport.kernel.context import SYSTEM, Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.events import Cursor, LogListener, Recorded
from rapport.kernel.http import Principal
from rapport.kernel.realtime import frames
from rapport.kernel.realtime.audience import AgentsOnly, Audience, is_agent, own_topics
from rapport.kernel.realtime.bus import Bus
from rapport.kernel.realtime.catch_up import CatchUps, CaughtUp
from rapport.kernel.realtime.ephemera import (
    FOR_AGENTS,
    FOR_VISITORS,
    LINGER_S,
    Ephemera,
)
from rapport.kernel.realtime.feed import Feed
from rapport.kernel.realtime.frames import MAX_TOPICS, Frame
from rapport.kernel.realtime.presenters import Delivery, present
from rapport.kernel.realtime.subscribers import Subscriber, Topics
from rapport.kernel.telemetry import metrics

logger = structlog.get_logger(__name__)
_connections = metrics.gauge("realtime_connections", "Open realtime connections of this process.")

HEARTBEAT_S = 15.0
VERIFY_EVERY = 20
"""Heartbeats between two looks at the credentials of a connection: five minutes."""
STRIDE = 256
"""Sockets served before others get a turn on the event loop."""
RECENT_S = 2.0
"""How far a new subscription looks back: a page is fetched and subscribed to at the same time."""
PERMITTED_S = 10.0
PARTS = 10
"""In how many parts the connections get their heartbeats."""
UNAUTHENTICATED = 4401
RESTARTS = 1012
AWAY_PER_S = 500
SPREAD_S = 4.0
"""So many connections are sent away per second, and all of them within `SPREAD_S`."""
Watcher = Callable[[Recorded], Awaitable[None]]
_OWN = ("me:", "visitor:", "presence:")
"""Topics that are given, never asked for."""


class Hub:
    """Connects the log and the bus with the open connections of this process."""

    def __init__(
        self,
        database: Database,
        listener: LogListener,
        bus: Bus,
        audience: Audience | None = None,
        *,
        heartbeat_s: float = HEARTBEAT_S,
        linger_s: float = LINGER_S,
        verify_every: int = VERIFY_EVERY,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Create it before `listener` starts; nothing runs before `start`."""
        self._database = database
        self._audience = audience or AgentsOnly()
        self._heartbeat_s = heartbeat_s
        self._verify_every = verify_every
        self._monotonic = monotonic
        self._feed = Feed(database, listener, self._deliver)
        self._catch_ups = CatchUps(database)
        self._slots = asyncio.Semaphore(4)
        self._tasks: list[asyncio.Task[None]] = []
        self._may_type: dict[tuple[UUID, UUID, UUID, bool], tuple[float, Sequence[str]]] = {}
        self._watchers: dict[str, Watcher] = {}
        self._beats = 0
        self.leaving = False
        """Whether new connections are sent to another process."""
        self.topics = Topics()
        self.ephemera = Ephemera(bus, self.topics, monotonic, linger_s=linger_s)

    async def start(self) -> None:
        """Begin to follow the log."""
        await self._feed.start()
        self._tasks = [
            asyncio.create_task(self._feed.run(), name="realtime-feed"),
            asyncio.create_task(self._beat(), name="realtime-heartbeat"),
        ]

    async def stop(self) -> None:
        """End all connections; the clients come back to another process, or later."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for subscriber in self.topics:
            subscriber.drop(RESTARTS)

    async def send_away(self) -> None:
        """Send all connections to another process, a few at a time so that it can take them in."""
        self.leaving = True
        everybody = list(self.topics)
        rounds = max(1, round(min(SPREAD_S, len(everybody) / AWAY_PER_S) * PARTS))
        for turn in range(rounds):
            for subscriber in everybody[turn::rounds]:
                subscriber.drop(RESTARTS)
            if turn < rounds - 1:
                await asyncio.sleep(1 / PARTS)

    @property
    def safe(self) -> Cursor:
        """Everything up to here was pushed to the connections of this process."""
        return self._feed.safe

    def agents_online(self, workspace: UUID) -> bool:
        """Whether any agent of a workspace has Rapport open, in any process."""
        return self.ephemera.agents_online(workspace)

    async def admit(
        self, subscriber: Subscriber, cursor: str | None, topics: Iterable[str]
    ) -> None:
        """Let a new connection hear its own topics and those of `topics` it may.

        It first gets `ready`, what it missed after `cursor` (or `reset`), and a heartbeat.
        """
        principal = subscriber.principal
        allowed, refused = await self._sift(principal, topics)
        self.topics.add(subscriber)
        self.topics.subscribe(subscriber, {*allowed, *_given(principal.actor)})
        answer = CaughtUp(self._feed.safe, [])
        if cursor is not None:
            answer = await self.catch_up(subscriber, cursor)
        first = [frames.ready(answer.head), *map(_refusal, refused)]
        missed = [frames.reset(answer.head)] if answer.missed is None else answer.missed
        await subscriber.release([*first, *missed])
        if cursor is not None:
            subscriber.push(frames.heartbeat(answer.head, subscriber.sent))
        self.ephemera.greet(subscriber)
        if principal.actor.kind == "agent":
            self.ephemera.opened(subscriber)

    async def catch_up(self, subscriber: Subscriber, cursor: str) -> CaughtUp:
        """What a connection missed after `cursor`; it must be subscribed already."""
        workspace = subscriber.principal.workspace_id
        return await self._catch_ups.catch_up(workspace, cursor, subscriber.topics)

    async def subscribe(self, subscriber: Subscriber, topics: Iterable[str]) -> None:
        """Let a connection hear more, beginning with the last seconds of it."""
        new = set(topics) - subscriber.topics
        allowed, refused = await self._sift(subscriber.principal, new)
        if len(subscriber.topics) + len(allowed) > MAX_TOPICS:
            allowed, refused = [], list(new)
        for topic in refused:
            subscriber.push(_refusal(topic))
        if not allowed:
            return
        since = str(self._feed.since(self._monotonic() - RECENT_S))
        subscriber.held = []
        self.topics.subscribe(subscriber, allowed)
        workspace = subscriber.principal.workspace_id
        answer = await self._catch_ups.catch_up(workspace, since, set(allowed))
        await subscriber.release(answer.missed or [])
        self.ephemera.show_typists(subscriber, set(allowed))

    def unsubscribe(self, subscriber: Subscriber, topics: Iterable[str]) -> None:
        """Let a connection hear less; its own topics stay."""
        given = _given(subscriber.principal.actor)
        self.topics.unsubscribe(subscriber, [topic for topic in topics if topic not in given])

    def leave(self, subscriber: Subscriber) -> None:
        """A connection is gone."""
        subscriber.closed = True
        self.topics.remove(subscriber)
        self.ephemera.closed(subscriber)

    async def verify_actor(self, actor_id: UUID) -> None:
        """End those connections of somebody that their credentials no longer open."""
        await self._verify([s for s in self.topics if s.principal.actor.id == actor_id])

    def watch(self, name: str, watcher: Watcher) -> None:
        """Have `watcher` hear of each event with this name, whether anybody is connected or not."""
        self._watchers[name] = watcher

    async def typing(
        self, principal: Principal, conversation_id: UUID, *, on: bool, note: bool = False
    ) -> bool:
        """Show that somebody writes in a conversation, or stopped; False when they may not."""
        workspace, actor = principal.workspace_id, principal.actor
        key = (workspace, actor.id, conversation_id, note)
        until, topics = self._may_type.get(key, (0.0, ()))
        if until <= self._monotonic():
            async with self._database.begin(workspace, actor) as ctx:
                topics = await self._audience.typing_topics(ctx, conversation_id, note=note)
            self._may_type[key] = (self._monotonic() + PERMITTED_S, topics)
        if topics:
            self.ephemera.typing(workspace, actor, conversation_id, topics, on=on, note=note)
        return bool(topics)

    def viewing(self, subscriber: Subscriber, conversation_id: UUID | None) -> None:
        """Show other agents which conversation an agent looks at."""
        if subscriber.principal.actor.kind == "agent":
            self.ephemera.opened(subscriber, conversation_id)

    async def _sift(
        self, principal: Principal, topics: Iterable[str]
    ) -> tuple[list[str], list[str]]:
        """Which topics somebody may hear, and which not."""
        allowed: list[str] = []
        refused: list[str] = []
        asked: list[str] = []
        for at, topic in enumerate(dict.fromkeys(topics)):
            if at >= MAX_TOPICS or topic.startswith(_OWN):
                refused.append(topic)
            else:
                asked.append(topic)
        if asked:
            async with self._database.begin(principal.workspace_id, principal.actor) as ctx:
                for topic in asked:
                    fits = await self._audience.may_hear(ctx, topic)
                    (allowed if fits else refused).append(topic)
        return allowed, refused

    async def _deliver(self, workspace: UUID, records: Sequence[Recorded]) -> None:
        """Present events to whoever is connected; on failure have them fetch everything."""
        for record in records:
            if record.name in self._watchers:
                await self._watchers[record.name](record)
        if not self.topics.has(workspace):
            return
        try:
            async with self._slots, self._database.begin(workspace, SYSTEM) as ctx:
                deliveries = await present(ctx, records)
        except Exception as error:
            logger.error("presenting_failed", workspace_id=str(workspace), exc_info=error)
            again = frames.reset(self._feed.safe)
            for subscriber in self.topics.of_workspace(workspace):
                subscriber.push(again)
            return
        for delivery in deliveries:
            await self.fan_out(workspace, delivery)

    async def fan_out(self, workspace: UUID, delivery: Delivery) -> None:
        """Push one delivery to everybody who hears its topic, encoded once."""
        hearers = self.topics.hearers(workspace, delivery.topic)
        if not hearers:
            return
        frame = frames.event(delivery)
        for start in range(0, len(hearers), STRIDE):
            for hearer in hearers[start : start + STRIDE]:
                hearer.push(frame)
            if start + STRIDE < len(hearers):
                await asyncio.sleep(0)

    async def _beat(self) -> None:
        """Ten times per heartbeat serve a tenth of the connections, so that no burst forms."""
        while True:
            await asyncio.sleep(self._heartbeat_s / PARTS)
            self._beats += 1
            self._feed.remember(self._monotonic())
            _connections.set(len(self.topics))
            self.ephemera.expire()
            if self._beats % PARTS == 0:
                self.ephemera.repeat()
                self._forget_permissions()
            share = [s for s in self.topics if s.number % PARTS == self._beats % PARTS]
            for subscriber in share:
                if subscriber.held is None:
                    subscriber.settle(self._feed.safe)
                    subscriber.push(frames.heartbeat(self._feed.safe, subscriber.sent))
            turn = self._beats // PARTS % self._verify_every
            await self._verify([s for s in share if s.number // PARTS % self._verify_every == turn])

    async def _verify(self, subscribers: Sequence[Subscriber]) -> None:
        """End connections whose session or token has ended meanwhile."""
        for subscriber in subscribers:
            if subscriber.verify is None or subscriber.closed:
                continue
            try:
                await subscriber.verify()
            except RapportError:
                subscriber.drop(UNAUTHENTICATED)
            except Exception as error:
                logger.warning("realtime_verify_failed", exc_info=error)

    def _forget_permissions(self) -> None:
        now = self._monotonic()
        self._may_type = {k: v for k, v in self._may_type.items() if v[0] > now}


def _given(actor: Actor) -> set[str]:
    """The topics an actor hears without asking."""
    return {*own_topics(actor), FOR_AGENTS if is_agent(actor) else FOR_VISITORS}


def _refusal(topic: str) -> Frame:
    return frames.error("topic_refused", f"You may not hear {topic[:100]!r}.")
