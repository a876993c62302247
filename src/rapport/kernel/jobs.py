"""Background jobs, kept in the same PostgreSQL as everything else.

Queuing a job is an INSERT on the caller's own connection, so a job exists if and only if the
change that asked for it was committed. Tasks are named functions; what they take is JSON.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import procrastinate
import psycopg
import structlog
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.database.patience import is_away
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import RapportError
from rapport.kernel.events import LogWaker

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
POLL_S = 1.0
PERIODIC = "periodic"
"""The queue of what the clock starts."""
FINISH_S = 10.0
"""How long jobs may take to finish when their worker stops; after that they are given back."""
Task = procrastinate.tasks.Task[..., Any, Any]


class RetryWhenItMayHelp(BaseRetryStrategy):
    """Tries again, ever more slowly, what failed for a reason outside; a bug fails at once."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Wait 2, 4, 8 … seconds, at most an hour, or as long as the error asks for.

        What a worker that stops could not finish in time is free for another at once.
        """
        if isinstance(exception, asyncio.CancelledError | procrastinate.exceptions.JobAborted):
            return RetryDecision(retry_in={"seconds": 0})  # this worker stops: the next one may
        if not may_help(exception) or job.attempts + 1 >= MAX_ATTEMPTS:
            return None
        wanted = getattr(exception, "retry_after", None)
        return RetryDecision(retry_in={"seconds": wanted or min(2 ** (job.attempts + 1), 3_600)})


def may_help(error: BaseException) -> bool:
    """Whether trying again may help: an outside failure, or one that says so."""
    if isinstance(error, RapportError):
        return error.retryable
    return isinstance(error, OSError | TimeoutError) or is_away(error)


_retry = RetryWhenItMayHelp()
app = procrastinate.App(
    connector=procrastinate.PsycopgConnector(),
    worker_defaults={"fetch_job_polling_interval": POLL_S},
)
_database: list[Database] = []


def task(
    name: str, *, queue: str = "default", lock: str | None = None
) -> Callable[[Callable[..., Awaitable[None]]], Task]:
    """Register an async function as a job, to be queued by `defer(ctx, the_task, …)`.

    It receives `workspace_id` (text) and the arguments it was queued with, opens its own units of
    work on `worker_database()`, and may run twice. Jobs with the same `lock` run one after another.
    """

    def register(function: Callable[..., Awaitable[None]]) -> Task:
        made: Task = app.task(name=name, queue=queue, lock=lock, retry=_retry)(function)
        return made

    return register


def periodic(name: str, cron: str) -> Callable[[Callable[[datetime], Awaitable[None]]], Task]:
    """Register a function of the planned instant to run by a five-field `cron` in UTC.

    One worker runs each instant, however many there are; one that was missed by more than ten
    minutes is left out.
    """

    def register(function: Callable[[datetime], Awaitable[None]]) -> Task:
        async def run(timestamp: int) -> None:
            await function(datetime.fromtimestamp(timestamp, UTC))

        made: Task = app.task(name=name, queue=PERIODIC, queueing_lock=name, retry=_retry)(run)
        app.periodic(cron=cron)(made)
        return made

    return register


async def defer(
    ctx: Ctx, job: Task, *, at: datetime | None = None, lock: str | None = None, **arguments: Any
) -> int:
    """Queue a job for the caller's workspace, in the caller's transaction; returns its number.

    `at` is the earliest instant it runs.
    """
    options: dict[str, Any] = {"lock": lock} if lock is not None else {}
    connection = await raw_connection(ctx.session)
    configured = job.configure(connection=connection, schedule_at=at, **options)
    number: int = await configured.defer_async(workspace_id=str(ctx.workspace_id), **arguments)
    waker = ctx.ports.find(LogWaker)
    if waker is not None:
        event.listen(
            ctx.session.sync_session, "after_commit", lambda _: waker.wake_jobs(), once=True
        )
    return number


async def raw_connection(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    """The psycopg connection underneath a session, inside its current transaction."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    return driver


def worker_database() -> Database:
    """The database of the running worker.

    Raises:
        RuntimeError: this process is not a worker.
    """
    if not _database:
        raise RuntimeError("Jobs run in a worker; use `async with jobs.serving(database)`.")
    return _database[-1]


async def every_workspace() -> list[UUID]:
    """The ids of all workspaces, for a periodic job that visits each."""
    async with worker_database().connect() as session:
        return list(await session.scalars(text("SELECT * FROM all_workspaces()")))


@asynccontextmanager
async def serving(database: Database) -> AsyncIterator[None]:
    """Let tasks run on `database`, without fetching any yet."""
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo(database.url), min_size=1, max_size=4
    )
    with app.replace_connector(connector):
        _database.append(database)
        try:
            async with app.open_async():
                yield
        finally:
            _database.remove(database)


async def run(
    database: Database, *, concurrency: int = 8, wait: bool = True, finish_s: float = FINISH_S
) -> None:
    """Fetch and run jobs until cancelled, or with `wait` off until none is left but periodic ones.

    Cancelled, it begins nothing more, and what does not finish within `finish_s` is given back.
    Waiting, it starts the periodic tasks too, puts back the jobs of workers that died, and waits
    for a database that is away.
    """
    others = sorted({task.queue for task in app.tasks.values()} - {PERIODIC})
    only: dict[str, Any] = {} if wait else {"queues": others}
    async with serving(database):
        while True:
            try:
                await app.run_worker_async(
                    concurrency=concurrency,
                    wait=wait,
                    install_signal_handlers=False,
                    listen_notify=wait,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=finish_s,
                    **only,
                )
            except (procrastinate.exceptions.ConnectorException, psycopg.Error) as error:
                if not wait:
                    raise
                log.warning("jobs_without_database", error=str(error))
                await asyncio.sleep(1)
            else:
                return


@periodic("kernel.revive_jobs", "* * * * *")
async def revive_jobs(_: datetime) -> None:
    """Put back the jobs whose worker died while it ran them."""
    for stalled in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(stalled)
