"""`rapport bench training`: learning what 20,000 messages are about, as the worker does it.

Messages are made of the words of a shop's customers: 50 matters with words of their own among those
that all use, one message in fifty about nothing that is known. Every text is another one. The
embedding model makes their vectors; learning happens in a process of its own, on one core.
"""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from rapport.ai.triage.intents.material import NOWHERE, Material
from rapport.ai.triage.intents.memory import Vectors
from rapport.ai.triage.training import apart
from rapport.ai.triage.training.tasks import task
from rapport.inference.errors import ModelMissing
from rapport.inference.minilm import MiniLM, installed

MESSAGES: Final = 20_000
INTENTS: Final = 50
HELD: Final = 1_000
_AT_ONCE: Final = 256
_STRANGE: Final = 0.02
_SYLLABLES: Final = (
    *("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe"),
    *("ri", "so", "tu", "va", "we", "xi", "yo", "zu"),
)
_COMMON: Final = (
    *("please", "my", "the", "order", "is", "not", "it", "when", "can", "you", "i", "have", "a"),
    *("and", "for", "still", "today", "help", "with", "me", "need", "want", "hello", "thanks"),
)


def run(models_dir: Path, *, messages: int = MESSAGES) -> dict[str, Any]:
    """Seconds in all and for each part, on the clock and computed, and the most memory of learning.

    `reference` is the seconds of learning alone, without its process, its bytes and its trial.

    Raises:
        ModelMissing: `rapport models build` was not run.
    """
    model = installed(models_dir)
    if model is None:
        raise ModelMissing
    return asyncio.run(_measure(model, messages))


async def _measure(model: MiniLM, messages: int) -> dict[str, Any]:
    texts, intents = made(messages + HELD)
    await model.embed(texts[:8])
    spent = _cpu_s()
    begun = time.perf_counter()
    vectors = await _embedded(model, texts)
    embedded = time.perf_counter() - begun
    learned, held = (
        _material(texts, intents, vectors, model.name, part)
        for part in (slice(messages), slice(messages, None))
    )
    begun = time.perf_counter()
    found = await apart.learned(await asyncio.to_thread(task, learned, held, None), _tell, _look)
    trained = time.perf_counter() - begun
    figures = found.figures or {}
    return {
        "train_s": round(embedded + trained, 1),
        "embed_s": round(embedded, 1),
        "learn_s": round(trained, 1),
        "cpu_s": round(_cpu_s() - spent, 1),
        "messages": messages,
        "intents": INTENTS,
        "rss_mb": figures["peak_mb"],
        "model_bytes": len(found.content),
        "reference": figures["learn_s"],
    }


async def _embedded(model: MiniLM, texts: Sequence[str]) -> Vectors:
    parts = [
        await model.embed(texts[start : start + _AT_ONCE], background=True)
        for start in range(0, len(texts), _AT_ONCE)
    ]
    return np.concatenate(parts)


def _material(
    texts: Sequence[str], intents: Sequence[str], vectors: Vectors, embedder: str, part: slice
) -> Material:
    writers = [str(number) for number in range(len(texts))]
    return Material(texts[part], intents[part], vectors[part], embedder, writers=writers[part])


def made(count: int, *, matters: int = INTENTS) -> tuple[list[str], list[str]]:
    """So many texts, no two alike, and what each is about: one of `matters`, or `NOWHERE`."""
    dice = random.Random(5)  # noqa: S311 - not a secret
    own = [[_word(dice) for _ in range(12)] for _ in range(matters)]
    texts, intents = list[str](), list[str]()
    for number in range(count):
        about = dice.randrange(matters)
        is_strange = dice.random() < _STRANGE
        telling = [_word(dice)] * 2 if is_strange else dice.choices(own[about], k=2)
        words = [*telling, *dice.choices(_COMMON, k=dice.randint(5, 14)), f"{_word(dice)}{number}"]
        dice.shuffle(words)
        texts.append(" ".join(words))
        intents.append(NOWHERE if is_strange else f"matter {about}")
    return texts, intents


def _cpu_s() -> float:
    """Seconds that this process and those it began have computed so far."""
    return sum(os.times()[:4])


def _word(dice: random.Random) -> str:
    return "".join(dice.choices(_SYLLABLES, k=3))


async def _tell(step: str, part: float) -> None:
    return None


async def _look() -> None:
    return None
