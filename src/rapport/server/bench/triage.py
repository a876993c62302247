"""`rapport bench triage`: reading customers' messages, through the same service as the worker's.

Everything runs on one core: the embedding model, the readers, the database. The messages are those
that the urgency model learned from, short ones in six languages; what they are about is told by a
model that learned their urgency from the same messages, since it costs what any model costs. Each
batch is a unit of work, from looking for the messages to the commit.

On a machine that does other things too, what this process's own work takes (`cpu_ms_per_message`,
the database's not included) is the figure to believe.
"""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import psutil
import psycopg

import rapport.server.rooms  # noqa: F401 - every room listens
from rapport.ai.triage import service
from rapport.ai.triage.intents.learning import Material, learn
from rapport.ai.triage.intents.model import read
from rapport.ai.triage.listeners import TOGETHER
from rapport.ai.triage.ports import Models, Serving
from rapport.ai.triage.schemas import IntentIn
from rapport.ai.triage.urgency.learning import Message, shipped_messages
from rapport.conversations import service as conversations
from rapport.customers import service as customers
from rapport.inference.errors import ModelMissing
from rapport.inference.minilm import MiniLM, installed
from rapport.inference.ports import Embedder
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.server.bench import inbox_data as data
from rapport.server.bench.environment import fresh_database, percentile

WARM_UP: Final = 4 * TOGETHER
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Held:
    """One model for everybody."""

    held: Serving

    async def serving(self, ctx: Ctx) -> Serving | None:
        """See `Models.serving`."""
        return self.held


def run(models_dir: Path, *, messages: int = 1_000) -> dict[str, Any]:
    """Messages per second, milliseconds until the batch of a message is kept, memory.

    Raises:
        ModelMissing: `rapport models build` was not run.
    """
    model = installed(models_dir)
    if model is None:
        raise ModelMissing
    with _one_core(), fresh_database() as (_, url):
        with psycopg.connect(url, autocommit=True) as owner:
            data.prepare(owner)
        return asyncio.run(_measure(url, model, messages))


@contextmanager
def _one_core() -> Iterator[None]:
    """Keep this process, and those it begins, on one of its cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _batched(many: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(many), size):
        yield many[start : start + size]


async def _measure(url: str, model: MiniLM, messages: int) -> dict[str, Any]:
    database = Database(url, pool_size=2)
    database.ports.provide(Embedder, model)
    corpus = shipped_messages()
    texts = [it.text for it in islice(cycle(corpus), messages + WARM_UP)]
    database.ports.provide(Models, Held(await _taught(database, model, corpus)))
    places = await _written(database, texts)
    for batch in _batched(places[:WARM_UP], TOGETHER):
        await _read(database, batch)
    began, worked, took = time.perf_counter(), time.process_time(), list[float]()
    for batch in _batched(places[WARM_UP:], TOGETHER):
        took += [await _read(database, batch)] * len(batch)
    passed, worked = time.perf_counter() - began, time.process_time() - worked
    alone, alone_worked = await _alone(model, texts[WARM_UP:])
    await database.dispose()
    took.sort()
    return {
        "messages": messages,
        "together": TOGETHER,
        "messages_per_s": round(messages / passed, 1),
        "p50_ms": round(percentile(took, 0.5), 1),
        "p99_ms": round(percentile(took, 0.99), 1),
        "rss_mb": round(psutil.Process().memory_info().rss / 1e6, 1),
        "cpu_ms_per_message": round(worked / messages * 1_000, 2),
        "embedder_alone_per_s": round(messages / alone, 1),
        "embedder_alone_cpu_ms": round(alone_worked / messages * 1_000, 2),
        "load_average": round(os.getloadavg()[0], 2),
    }


async def _taught(database: Database, model: MiniLM, corpus: Sequence[Message]) -> Serving:
    """A model with an intent for each level of urgency."""
    levels = sorted({it.urgency for it in corpus})
    async with database.begin(data.WORKSPACE, SYSTEM) as ctx:
        made = [await service.create_intent(ctx, IntentIn(name=level)) for level in levels]
    ids = dict(zip(levels, (str(intent.id) for intent in made), strict=True))
    texts = [it.text for it in corpus]
    material = Material(
        texts, [ids[it.urgency] for it in corpus], await model.embed(texts), model.name
    )
    return Serving(new_id(), read(learn(material).written()))


async def _written(database: Database, texts: Sequence[str]) -> list[tuple[UUID, int]]:
    """A conversation for each text, all of one customer; where their first messages are."""
    places = []
    async with database.begin(data.WORKSPACE, SYSTEM) as ctx:
        inbox = await conversations.create_inbox(ctx, name="Shop", channel="webchat")
        customer = await customers.create(ctx, name="Ada")
    for batch in _batched(texts, 50):
        async with database.begin(data.WORKSPACE, SYSTEM) as ctx:
            for text in batch:
                begun = await conversations.start(ctx, inbox.id, customer.id, text)
                places.append((begun.id, 1))
    return places


async def _read(database: Database, places: Sequence[tuple[UUID, int]]) -> float:
    """Milliseconds until all of them are kept."""
    began = time.perf_counter()
    async with database.begin(data.WORKSPACE, SYSTEM) as ctx:
        done = await service.read_messages(ctx, places)
    assert len(done) == len(places)
    return (time.perf_counter() - began) * 1_000


async def _alone(model: MiniLM, texts: Sequence[str]) -> tuple[float, float]:
    """Seconds that the embedding model takes by itself, and of those the processor worked."""
    began, worked = time.perf_counter(), time.process_time()
    for batch in _batched(texts, TOGETHER):
        await model.embed(batch)
    return time.perf_counter() - began, time.process_time() - worked
