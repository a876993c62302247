"""`rapport bench embed`: the embedding model of this machine, alone and asked by several at once.

Questions of eight words come one after another, parts of articles of 120 words as fast as they are
taken, for two workspaces. Every text is another one, so that nothing is remembered.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psutil

from rapport.inference.errors import ModelMissing
from rapport.inference.minilm import MiniLM, installed
from rapport.server.bench.environment import percentile

QUESTION_WORDS: Final = 8
PART_WORDS: Final = 120
BATCH: Final = 256
PAUSE_S: Final = 0.02
_WORDS: Final = (
    *("order", "parcel", "return", "refund", "invoice", "account", "password", "delivery"),
    *("address", "card", "warranty", "tent", "label", "shipping", "price", "contract", "cancel"),
    *("change", "date", "open", "team", "weekend", "receipt", "voucher", "size", "colour"),
)


def run(models_dir: Path, *, seconds: float = 10.0) -> dict[str, Any]:
    """Texts per second, milliseconds of a question alone and during background work, memory.

    Raises:
        ModelMissing: `rapport models build` was not run.
    """
    model = installed(models_dir)
    if model is None:
        raise ModelMissing
    return asyncio.run(_measure(model, seconds))


async def _measure(model: MiniLM, seconds: float) -> dict[str, Any]:
    await model.embed(list(_texts(PART_WORDS, 8)))
    alone = await _questions(model, seconds)
    began, done = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < seconds:
        done += len(await model.embed(list(_texts(PART_WORDS, 64)), background=True))
    busy = [asyncio.create_task(_index(model, UUID(int=n))) for n in (1, 2)]
    beside = await _questions(model, seconds)
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)
    return {
        "model": model.name,
        "texts_per_s": round(done / passed, 1),
        "question_p50_ms": round(percentile(alone, 0.5), 2),
        "question_p99_ms": round(percentile(alone, 0.99), 2),
        "question_busy_p50_ms": round(percentile(beside, 0.5), 2),
        "question_busy_p99_ms": round(percentile(beside, 0.99), 2),
        "questions": len(alone) + len(beside),
        "rss_mb": round(psutil.Process().memory_info().rss / 1e6, 1),
    }


async def _index(model: MiniLM, workspace_id: UUID) -> None:
    while True:
        texts = list(_texts(PART_WORDS, BATCH))
        await model.embed(texts, workspace_id=workspace_id, background=True)


async def _questions(model: MiniLM, seconds: float) -> list[float]:
    """Milliseconds of each question, in order of size."""
    found, until = [], time.perf_counter() + seconds
    while time.perf_counter() < until:
        (text,) = _texts(QUESTION_WORDS, 1)
        began = time.perf_counter()
        await model.embed([text])
        found.append((time.perf_counter() - began) * 1_000)
        await asyncio.sleep(PAUSE_S)
    return sorted(found)


_number = count()


def _texts(words: int, many: int) -> Iterator[str]:
    for _ in range(many):
        dice = random.Random(next(_number))  # noqa: S311 - not a secret
        yield " ".join(dice.choices(_WORDS, k=words))
