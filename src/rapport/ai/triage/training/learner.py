"""Learning, trying and comparing, by computing alone. As a program it is a process of its own:
a task comes in, news of its progress goes out, and at last the model and its figures.

It takes nearly a gigabyte and most of a processor for minutes, which the worker must not.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

from rapport.ai.triage.intents.learning import TooFewExamples, learn
from rapport.ai.triage.training.figures import figures
from rapport.ai.triage.training.tasks import task_of

_NICE: Final = 5
Tell = Callable[[str, float], None]
"""Takes a step (learn, evaluate or compare) and the part of it that is done."""


def work(task: bytes, tell: Tell) -> tuple[bytes, dict[str, Any]]:
    """The bytes of the new model, and `figures`, those of the model in use under `compared`.

    Raises:
        TooFewExamples: see there.
    """
    learned, held, serving = task_of(task)
    begun = time.perf_counter()
    model = learn(learned, progress=lambda part: tell("learn", part))
    seconds = time.perf_counter() - begun
    tell("evaluate", 0.0)
    found = figures(model, held)
    tell("compare", 0.0)
    compared = figures(serving, held) if serving is not None else None
    told = {"learn_s": round(seconds, 1), "peak_mb": _peak_mb()}
    return model.written(), {"figures": found and {**found, **told}, "compared": compared}


def _peak_mb() -> int | None:
    """The most memory that this process ever had; None where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    lines = (line.split() for line in status.splitlines())
    return next((round(int(line[1]) * 1024 / 1e6) for line in lines if line[0] == "VmHWM:"), None)


def main(source: IO[bytes], sink: IO[bytes]) -> None:
    """Work off the task in `source`.

    Lines go to `sink`: `<step> <part>` each, and at last `refused`, or `done` with the lengths of
    the figures and of the model, which follow.
    """
    os.nice(_NICE)

    def tell(step: str, part: float) -> None:
        sink.write(f"{step} {part:.3f}\n".encode())
        sink.flush()

    try:
        model, found = work(source.read(), tell)
    except TooFewExamples:
        sink.write(b"refused\n")
        return
    report = json.dumps(found).encode()
    sink.write(b"done %d %d\n" % (len(report), len(model)) + report + model)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
