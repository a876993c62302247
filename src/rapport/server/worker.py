"""One worker process: the readers of the log, and jobs."""

import asyncio
import contextlib
import signal

import rapport.server.rooms  # noqa: F401 - registers what there is to run
from rapport.kernel import jobs
from rapport.kernel.events import LogListener, LogWaker
from rapport.kernel.events.runner import ReaderRunner
from rapport.kernel.realtime.bus import Bus, PostgresBus
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.logs import configure_logging
from rapport.kernel.telemetry.tracing import Tracing
from rapport.server.process import open_database, warm


def run(settings: Settings) -> None:
    """Work until asked to stop; what has begun is finished or done again by the next worker."""
    configure_logging(settings)
    tracing = Tracing(settings, service="rapport-worker")
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_work(settings))
    tracing.stop()


async def _work(settings: Settings) -> None:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    database = open_database(settings)
    waker, listener = LogWaker(database), LogListener(database)
    database.ports.provide(Bus, PostgresBus(waker, listener))
    runner = ReaderRunner(database, listener)
    await waker.start()
    await listener.start()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(runner.run(), name="readers")
            group.create_task(jobs.run(database), name="jobs")
            group.create_task(warm(database), name="warm")
    finally:
        await listener.stop()
        await waker.stop()
        await database.dispose()
