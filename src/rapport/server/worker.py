"""One worker process: the readers of the log, and jobs."""

import asyncio
import contextlib
import os
import signal
from typing import Final

import rapport.server.rooms  # noqa: F401 - registers what there is to run
from rapport.ai.triage import examining as triage
from rapport.channels.delivery.outbox import Outbox
from rapport.channels.email.receiving.imap import Connector
from rapport.kernel import jobs
from rapport.kernel.database.engine import Database
from rapport.kernel.events import LogListener, LogWaker
from rapport.kernel.events.runner import ReaderRunner
from rapport.kernel.realtime.bus import Bus
from rapport.kernel.realtime.connecting import bus_for
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.health import Departure
from rapport.kernel.telemetry.logs import configure_logging
from rapport.kernel.telemetry.tracing import Tracing
from rapport.server import memory
from rapport.server.monitor import monitored
from rapport.server.process import open_database, warm

GIVE_UP_S: Final = jobs.FINISH_S + 5
"""A worker whose database has gone for good cannot tell it farewell, and ends without."""


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
    database = open_database(settings)

    def leave() -> None:
        Departure.of(database).begin()
        loop.call_later(GIVE_UP_S, os._exit, 1)
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave)
    waker, listener = LogWaker(database), LogListener(database)
    bus = bus_for(settings, waker, listener)
    database.ports.provide(Bus, bus)
    runner = ReaderRunner(database, listener)
    outbox = Outbox(database, listener.on_growth())
    connector = Connector(database, listener.on_growth())
    await waker.start()
    await listener.start()
    await bus.start()
    memory.settle()
    try:
        async with monitored(database), asyncio.TaskGroup() as group:
            group.create_task(runner.run(), name="readers")
            group.create_task(jobs.run(database), name="jobs")
            group.create_task(outbox.run(), name="outbox")
            group.create_task(connector.run(), name="imap")
            group.create_task(warm(database), name="warm")
            group.create_task(asyncio.to_thread(triage.warm), name="warm triage")
            if settings.smtp_port is not None or settings.lmtp_port is not None:
                group.create_task(_take_in_mail(database), name="smtp")
    finally:
        await listener.stop()
        await waker.stop()
        await bus.stop()
        await database.dispose()


async def _take_in_mail(database: Database) -> None:
    # Imported only where mail servers deliver here: few do.
    from rapport.channels.email.receiving.smtp import listener  # noqa: PLC0415

    await listener.run(database)
