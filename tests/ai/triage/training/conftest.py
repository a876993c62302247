from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

import pytest

from rapport.ai.triage.training import jobs, service
from rapport.ai.triage.training.models import TrainedModel
from rapport.ai.triage.training.ports import Example, Kind, Labels
from rapport.ai.triage.training.repository import TrainedModelRepository
from rapport.ai.triage.training.running import run
from rapport.ai.triage.training.schemas import TrainedModelOut
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.conftest import Begin
from tests.inference.fixtures import minilm, models_dir

__all__ = ["minilm", "models_dir"]

MATTERS = {
    "parcel": ("parcel", "delivery", "shipping", "courier", "package"),
    "refund": ("refund", "money back", "repay", "reimburse", "return the money"),
    "login": ("password", "sign in", "log in", "account access", "locked out"),
}
FRAMES = (
    "where is my {}",
    "i have a question about {}",
    "please help me with {} today",
    "what about the {} of my order",
    "{} does not work",
    "can you tell me more on {}",
    "my {} again",
    "need {} now",
)


def intent(name: str) -> UUID:
    """The id of an intent that tests call by its name."""
    return uuid5(UUID(int=1), name)


def example(text: str, *names: str, kind: Kind = "queue") -> Example:
    """What a customer of their own wrote in a conversation of its own."""
    return Example(text, tuple(map(intent, names)), kind, new_id(), new_id())


@dataclass
class Taught:
    """What people taught; the `Labels` of tests."""

    known: list[Example] = field(default_factory=list)
    since: list[datetime | None] = field(default_factory=list)

    async def examples(self, ctx: Ctx) -> AsyncIterator[Sequence[Example]]:
        """See `Labels.examples`."""
        for start in range(0, len(self.known), 50):
            yield self.known[start : start + 50]

    async def added_since(self, ctx: Ctx, since: datetime | None, *, up_to: int) -> int:
        """Everything counts as new."""
        self.since.append(since)
        return min(up_to, len(self.known))

    def all_matters(self) -> None:
        """120 messages, each by another customer."""
        self.known += [
            example(frame.format(word), name)
            for name, words in MATTERS.items()
            for word in words
            for frame in FRAMES
        ]


@dataclass
class School:
    """A workspace that trains models."""

    database: Database
    workspace: UUID
    begin: Begin
    taught: Taught

    async def begun(self) -> UUID:
        async with self.begin() as ctx:
            return (await jobs.begin(ctx)).id

    async def train(self) -> TrainedModelOut:
        """Train a model as its job does."""
        model_id = await self.begun()
        await self.run(model_id)
        return await self.see(model_id)

    async def run(self, model_id: UUID) -> None:
        await run(self.database, self.workspace, model_id)

    async def see(self, model_id: UUID) -> TrainedModelOut:
        async with self.begin() as ctx:
            return await service.get(ctx, model_id)

    async def made(self, content: bytes, *, state: str = "ready") -> UUID:
        """A model that comes from nowhere."""
        async with self.begin() as ctx:
            row = await service.start(ctx)
            row.state, row.content, row.finished_at = state, content, ctx.now()
            return row.id

    async def state(self, model_id: UUID) -> str:
        return (await self.see(model_id)).state

    async def rows(self) -> Sequence[TrainedModel]:
        async with self.begin() as ctx:
            return await TrainedModelRepository(ctx).page(before=None, limit=100)


@pytest.fixture
def taught(database: Database) -> Taught:
    found = Taught()
    database.ports.provide(Labels, found)
    return found


@pytest.fixture
def school(database: Database, workspace: UUID, begin: Begin, taught: Taught) -> School:
    return School(database, workspace, begin, taught)
