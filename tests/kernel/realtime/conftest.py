import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from uuid import UUID

import pytest
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp

from rapport.kernel.context import SYSTEM, Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden, Unauthenticated
from rapport.kernel.events import Event, LogListener, LogWaker, Recorded, emit
from rapport.kernel.http import Principal
from rapport.kernel.ids import new_id
from rapport.kernel.realtime.app import realtime_app
from rapport.kernel.realtime.bus import Bus, PostgresBus
from rapport.kernel.realtime.connecting import carry_log
from rapport.kernel.realtime.hub import Hub
from rapport.kernel.realtime.nats_bus import NatsBus
from rapport.kernel.realtime.presenters import Delivery, _presenters, presents
from tests.scale.servers import Nats


class Chimed(Event, name="chimes.chimed"):
    """A bell of a tower rang."""

    tower: str
    number: int


class Broke(Event, name="chimes.broke"):
    """Something that nobody can present."""


async def present_chimes(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    deliveries = []
    for record in records:
        if isinstance(record.event, Broke):
            raise ValueError("this chime cannot be presented")
        assert isinstance(record.event, Chimed)
        chime = {"id": str(record.event.number), "tower": record.event.tower}
        topic = f"conversation:{record.event.tower}"
        deliveries += [Delivery(record, topic, {"chime": chime})]
        deliveries += [Delivery(record, "inbox", {"chime": chime})]
        if record.subject_id is not None:
            name = {"id": chime["id"]}
            deliveries += [Delivery(record, f"visitor:{record.subject_id}", {"chime": name})]
    return deliveries


class TowerAudience:
    """Agents may hear the inbox and two towers; visitors nothing they do not own."""

    def __init__(self) -> None:
        self.asked = 0

    async def may_hear(self, ctx: Ctx, topic: str) -> bool:
        return ctx.actor.kind == "agent" and topic in {
            "inbox",
            "conversation:north",
            "conversation:south",
        }

    async def typing_topics(self, ctx: Ctx, conversation_id: UUID, *, note: bool) -> Sequence[str]:
        self.asked += 1
        if conversation_id.int % 2:
            return ()
        return ["conversation:north"] if note else ["conversation:north", f"visitor:{UUID(int=7)}"]


class Ticker:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticker() -> Ticker:
    return Ticker()


@pytest.fixture(autouse=True)
def chimes() -> Iterator[None]:
    presents("chimes.", present_chimes)
    yield
    del _presenters["chimes."]


@pytest.fixture
def audience() -> TowerAudience:
    return TowerAudience()


@pytest.fixture
async def log_listener(database: Database) -> LogListener:
    return LogListener(database)


@pytest.fixture(scope="session")
def nats() -> Iterator[Nats]:
    """Debian's nats-server."""
    server = Nats()
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def log_waker(database: Database) -> LogWaker:
    return LogWaker(database)


@pytest.fixture(params=["postgres", "nats"])
async def bus(
    request: pytest.FixtureRequest, log_waker: LogWaker, log_listener: LogListener
) -> Bus:
    """Each bus in turn; what goes over NATS includes the word that the log has grown."""
    if request.param == "postgres":
        return PostgresBus(log_waker, log_listener)
    server: Nats = request.getfixturevalue("nats")
    bus = NatsBus(server.url)
    carry_log(bus, log_waker, log_listener)
    return bus


@pytest.fixture
async def hub(
    database: Database,
    log_waker: LogWaker,
    log_listener: LogListener,
    bus: Bus,
    audience: TowerAudience,
    ticker: Ticker,
) -> AsyncIterator[Hub]:
    """A running hub on the real log and a real bus, with slow heartbeats and a fast goodbye."""
    hub = Hub(
        database,
        log_listener,
        bus,
        audience,
        heartbeat_s=0.5,
        linger_s=0.01,
        verify_every=1,
        monotonic=ticker,
    )
    await log_waker.start()
    await log_listener.start()
    await bus.start()
    await asyncio.wait_for(log_listener.connected.wait(), 5)
    if isinstance(bus, NatsBus):
        await asyncio.wait_for(bus.connected.wait(), 5)
    await hub.start()
    yield hub
    await hub.stop()
    await log_listener.stop()
    await log_waker.stop()
    await bus.stop()


class Door:
    """Recognises whoever the header `who` names."""

    def __init__(self, workspace: UUID, stranger: UUID) -> None:
        self.workspace = workspace
        agnes = Actor("agent", UUID(int=1), name="Agnes")
        self.people = {
            "agnes": Principal(workspace, agnes),
            "bert": Principal(workspace, Actor("agent", UUID(int=2), name="Bert")),
            "visitor": Principal(workspace, Actor("customer", UUID(int=7), name="Vera")),
            "stranger": Principal(stranger, Actor("agent", new_id(), name="Stan")),
        }
        self.expelled: set[str] = set()

    async def __call__(self, connection: HTTPConnection) -> Principal:
        who = connection.headers.get("who", "agnes")
        if who == "foreign page":
            raise Forbidden
        if who in self.expelled or who not in self.people:
            raise Unauthenticated
        return self.people[who]


@pytest.fixture
def door(workspace: UUID, stranger: UUID) -> Door:
    return Door(workspace, stranger)


@pytest.fixture
def realtime(hub: Hub, door: Door) -> ASGIApp:
    return realtime_app(door, hub)


Ring = Callable[..., Awaitable[None]]


@pytest.fixture
def ring(database: Database, workspace: UUID) -> Ring:
    """Commit chimes of a tower, each in a transaction of its own."""

    async def commit(
        *numbers: int, tower: str = "north", to: UUID | None = None, subject: UUID | None = None
    ) -> None:
        for number in numbers:
            async with database.begin(to or workspace, SYSTEM) as ctx:
                await emit(ctx, Chimed(tower=tower, number=number), subject=subject)

    return commit
