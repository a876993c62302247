"""What we do when the database is slow, frozen or gone: wait a little, and say so."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import psycopg
import sqlalchemy.exc
from psycopg.abc import PQGen

from rapport.kernel.errors import Overloaded

DatabaseError = sqlalchemy.exc.DBAPIError
"""What the database refused, as it reaches those who do not speak SQL."""

CONNECT_S: Final = 5
"""How long opening a connection may take."""
REST_S: Final = 0.2
"""How long nothing is tried after a connection was refused: each attempt costs a server that starts
again a process, and a hundred at once kept it from recovering."""
QUEUE_S: Final = 5
"""How long a unit of work waits for a free connection."""
QUEUE: Final = 500
"""How many units of work wait for one; the next are refused at once."""


class DatabaseAway(Overloaded):
    """The database does not answer at the moment; try again in a few seconds."""

    def __init__(self, detail: str | None = None, *, retry_after: int | None = 2) -> None:
        """Ask to come back in two seconds, unless told otherwise."""
        super().__init__(detail, retry_after=retry_after)


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database cannot serve now, and will again.

    It is down, starting, frozen, full, busy beyond its queue, or broke a lock or a time limit.
    """
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        return error.connection_invalidated or isinstance(error, sqlalchemy.exc.OperationalError)
    return isinstance(error, psycopg.OperationalError | sqlalchemy.exc.TimeoutError)


class Patient(psycopg.AsyncConnection[Any]):
    """A connection that hangs up when the server stays silent for too long, or nobody listens.

    A time limit in the server does not help when it is the server that stands still, or the network
    that swallows what it says. Whatever waits then fails with an `OperationalError`, and the
    connection is broken.

    So it is when whoever waits is cancelled. Where that happens as several rows are written,
    psycopg (3.3.9, `_pipeline_nolock`) raises an `AssertionError` in place of the cancellation; the
    connection would go back to the pool in the midst of a pipeline, and whoever is next would get
    answers to what others had asked.
    """

    patience_s: float | None = None
    """How long one statement may take; None waits for ever."""

    async def wait(self, gen: PQGen[Any], *args: Any, **kwargs: Any) -> Any:
        """See psycopg."""
        timer = None
        if self.patience_s is not None:
            timer = asyncio.get_running_loop().call_later(self.patience_s, self._hang_up)
        try:
            return await super().wait(gen, *args, **kwargs)
        except asyncio.CancelledError:
            self.pgconn.finish()
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError, psycopg.Error):
            line = socket.socket(fileno=self.pgconn.socket)
            try:
                line.shutdown(socket.SHUT_RDWR)
            finally:
                line.detach()  # libpq closes it


def connecting(patience_s: float | None) -> Callable[..., Awaitable[Patient]]:
    """Opens connections like `psycopg.AsyncConnection.connect`, with this much patience.

    After a failure the next attempts fail at once, for a moment.
    """
    rest_until = 0.0

    async def connect(*args: Any, **kwargs: Any) -> Patient:
        nonlocal rest_until
        if time.monotonic() < rest_until:
            raise psycopg.OperationalError("The database did not let us in a moment ago.")
        try:
            connection = await Patient.connect(*args, connect_timeout=CONNECT_S, **kwargs)
        except psycopg.OperationalError:
            rest_until = time.monotonic() + REST_S
            raise
        connection.patience_s = patience_s
        return connection

    return connect
