"""A gateway to simulated models, in which no time passes while it waits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from rapport.inference.gateway import service
from rapport.inference.gateway.adapter import Gateway
from rapport.inference.gateway.chain import Pace
from rapport.inference.gateway.chat import GuardedChat
from rapport.inference.gateway.endpoints import Connector
from rapport.inference.gateway.models import ModelCall
from rapport.inference.gateway.repository import CallRepository
from rapport.inference.gateway.schemas import ModelsIn
from rapport.inference.ports import Chats
from rapport.kernel.database.engine import Database
from tests.conftest import Begin
from tests.models_simulator import KEY, ModelsSimulator
from tests.models_simulator.fixtures import simulator

__all__ = ["simulator"]

_SPENT = text("SELECT period, tokens, cost FROM model_spending WHERE workspace_id = :id")


@dataclass
class Time:
    """Stands still but for the waits that are asked for, which take no time."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    @property
    def pace(self) -> Pace:
        """As the gateway takes it; chance is always one half."""
        return Pace(self.monotonic, self.sleep, lambda: 0.5)


@dataclass
class Desk:
    """A workspace with a gateway and a simulator of its models."""

    begin: Begin
    gateway: Gateway
    simulator: ModelsSimulator
    time: Time
    workspace_id: UUID

    async def set_up(
        self,
        *names: str,
        workspace_id: UUID | None = None,
        price: str = "0",
        **limits: Any,
    ) -> None:
        """Use models of these names, `claude-…` by Anthropic's protocol."""
        models = [self.described(name) | {"input_price": price} for name in names]
        wanted = ModelsIn.model_validate({"models": models, "limits": {"currency": "EUR"} | limits})
        async with self.begin(workspace_id=workspace_id) as ctx:
            await service.configure(ctx, wanted)

    def described(self, name: str) -> dict[str, Any]:
        """A model of the simulator as it is set up."""
        is_claude = name.startswith("claude")
        return {
            "protocol": "anthropic" if is_claude else "openai",
            "base_url": self.simulator.anthropic_url if is_claude else self.simulator.base_url,
            "model": name,
            "api_key": KEY,
        }

    async def chat(self, *, workspace_id: UUID | None = None, **about: Any) -> GuardedChat:
        """A chat for the purpose `test`."""
        async with self.begin(workspace_id=workspace_id) as ctx:
            chat = await self.gateway.open(ctx, "test", **about)
        assert chat is not None
        return chat

    async def calls(self, *, workspace_id: UUID | None = None) -> list[ModelCall]:
        """What was written down, in order."""
        async with self.begin(workspace_id=workspace_id) as ctx:
            statement = CallRepository(ctx).select().order_by(ModelCall.id)
            return list(await ctx.session.scalars(statement))

    async def call(self) -> ModelCall:
        """The one call that was written down."""
        (call,) = await self.calls()
        return call


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def desk(
    database: Database, begin: Begin, workspace: UUID, simulator: ModelsSimulator, time: Time
) -> Desk:
    connector = Connector([simulator.pair])
    database.ports.provide(Connector, connector)
    gateway = Gateway(database, connector, pace=time.pace)
    database.ports.provide(Chats, gateway)
    return Desk(begin, gateway, simulator, time, workspace)


Spent = Callable[[], Awaitable[dict[str, tuple[int, Decimal]]]]


@pytest.fixture
def spent(desk: Desk) -> Spent:
    """Tokens and money by period."""

    async def read() -> dict[str, tuple[int, Decimal]]:
        async with desk.begin() as ctx:
            rows = (await ctx.session.execute(_SPENT, {"id": desk.workspace_id})).all()
            return {row.period: (row.tokens, row.cost) for row in rows}

    return read
