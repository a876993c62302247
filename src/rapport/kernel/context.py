"""Who acts, where, when, and with which outside services: the first argument of every service."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")
LAST = "rapport_before_commit"
"""Where a session keeps what its unit of work does last."""


def utc_now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `agent`, `customer`, `assistant`, `api_key` or `system`."""

    kind: str
    id: UUID
    permissions: frozenset[str] = field(default_factory=frozenset)
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


SYSTEM = Actor("system", UUID(int=0), name="Rapport")
"""Jobs and readers of the log that act for nobody in particular. Holds no permission."""


class PortMissing(LookupError):
    """A service asked for an outside thing that this process was not given."""


class Ports:
    """The outside things of one process (models, files, mail …), each under its type."""

    def __init__(self) -> None:
        """Start with nothing; the composition root provides."""
        self._instances: dict[type[Any], Any] = {}

    def provide(self, port: type[T], instance: T) -> None:
        """Answer `instance` to whoever asks for `port`; a later call replaces an earlier one."""
        self._instances[port] = instance

    def get(self, port: type[T]) -> T:
        """The instance provided for `port`.

        Raises:
            PortMissing: nobody provided one.
        """
        try:
            return cast("T", self._instances[port])
        except KeyError:
            raise PortMissing(f"No {port.__name__} was provided to this process.") from None

    def find(self, port: type[T]) -> T | None:
        """The instance provided for `port`, or None where going without is allowed."""
        return cast("T | None", self._instances.get(port))


@dataclass(frozen=True, slots=True)
class Ctx:
    """One unit of work: one request or one job, one workspace, one transaction.

    Services take it first and never commit; whoever opened it commits at the end or rolls all back.
    """

    session: AsyncSession
    workspace_id: UUID
    actor: Actor
    now: Callable[[], datetime] = utc_now
    ports: Ports = field(default_factory=Ports)

    def before_commit(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have `work` done in this transaction when all else in it has been done.

        Work done last holds what it locks only for the length of a commit.
        """
        self.session.info.setdefault(LAST, []).append(work)

    def port(self, port: type[T]) -> T:
        """The process's instance of an outside thing. See `Ports.get`."""
        return self.ports.get(port)
