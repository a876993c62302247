"""Learning in a process of its own, which ends with whoever waits for it."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from rapport.ai.triage.training.errors import LearningBroke, TooFewToLearn

LOOK_S: Final = 1.0
"""How often it is asked whether the model is still wanted."""
_MODULE: Final = "rapport.ai.triage.training.learner"
_ONE_CORE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
Tell = Callable[[str, float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Learned:
    """The file of a model, how well it does, and how well the model in use does."""

    content: bytes
    figures: dict[str, Any] | None
    compared: dict[str, Any] | None


async def learned(task: bytes, tell: Tell, look: Callable[[], Awaitable[None]]) -> Learned:
    """Have a `learner.task` worked off.

    `tell` hears of progress, `look` is called every second; what either raises ends the process.

    Raises:
        TooFewToLearn: see there.
        LearningBroke: the process ended before it was done, perhaps for want of memory.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", _MODULE),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **_ONE_CORE},
    )
    work = asyncio.create_task(_followed(process, task, tell))
    watch = asyncio.create_task(_watch(look))
    try:
        await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        return await (watch if watch.done() else work)
    except ConnectionError as error:  # it ended before it had read its task
        raise LearningBroke from error
    finally:
        for one in (work, watch):
            one.cancel()
        await asyncio.gather(work, watch, return_exceptions=True)
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _watch(look: Callable[[], Awaitable[None]]) -> NoReturn:
    while True:
        await asyncio.sleep(LOOK_S)
        await look()


async def _followed(process: asyncio.subprocess.Process, task: bytes, tell: Tell) -> Learned:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(task)
    await process.stdin.drain()
    process.stdin.close()
    while line := await process.stdout.readline():
        word, *rest = line.decode().split()
        if word == "refused":
            raise TooFewToLearn
        if word == "done":
            report, content = [await _read(process.stdout, int(size)) for size in rest]
            await process.stdout.read()
            return Learned(content, **json.loads(report))
        await tell(word, float(rest[0]))
    raise LearningBroke


async def _read(source: asyncio.StreamReader, size: int) -> bytes:
    try:
        return await source.readexactly(size)
    except asyncio.IncompleteReadError as error:
        raise LearningBroke from error
