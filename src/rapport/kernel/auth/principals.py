"""Credentials that this process has just checked."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import event

from rapport.kernel.auth.events import AccessEnded
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events.log import emit
from rapport.kernel.http import Principal


@dataclass(frozen=True, slots=True)
class Known:
    """A principal, and when it was looked up."""

    principal: Principal
    at: datetime
    is_limited: bool = False
    """Nothing but setting up a second factor is open to it."""


class Principals:
    """Spares a query per request: remembers a credential's principal for `TTL_S` seconds."""

    TTL_S: ClassVar[float] = 10.0
    SIZE: ClassVar[int] = 10_000

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start empty."""
        self._monotonic = monotonic
        self._known: OrderedDict[bytes, tuple[float, Known]] = OrderedDict()

    @classmethod
    def of(cls, database: Database) -> "Principals":
        """The one cache of a database in this process."""
        cache = database.ports.find(cls)
        if cache is None:
            cache = cls()
            database.ports.provide(cls, cache)
        return cache

    def get(self, digest: bytes, now: datetime) -> Known | None:
        """What is remembered of a credential, unless it is too old by either clock."""
        entry = self._known.get(digest)
        if entry is None:
            return None
        until, known = entry
        if until < self._monotonic() or now - known.at > timedelta(seconds=self.TTL_S):
            del self._known[digest]
            return None
        return known

    def put(self, digest: bytes, known: Known) -> None:
        """Remember a credential."""
        self._known[digest] = (self._monotonic() + self.TTL_S, known)
        self._known.move_to_end(digest)
        if len(self._known) > self.SIZE:
            self._known.popitem(last=False)

    def forget(self, digest: bytes) -> None:
        """Look this credential up again when it comes next."""
        self._known.pop(digest, None)

    def forget_actor(self, actor_id: UUID) -> None:
        """Look every credential of this person or key up again."""
        for digest, (_, known) in list(self._known.items()):
            if known.principal.actor.id == actor_id:
                del self._known[digest]


async def announce_end(ctx: Ctx, actor_id: UUID) -> None:
    """Let every process forget somebody whose session or key ends with this unit of work.

    What it opened closes at once: requests here, and within moments realtime everywhere.
    """
    forget_after_commit(ctx, actor_id)
    await emit(ctx, AccessEnded(actor_id=actor_id), subject=actor_id)


def forget_after_commit(ctx: Ctx, actor_id: UUID) -> None:
    """Once the caller's change is committed, let this process look the actor up afresh.

    Before the commit it would only read the old state again.
    """
    cache = ctx.ports.find(Principals)
    if cache is None:
        return

    def forget(_: object) -> None:
        cache.forget_actor(actor_id)

    event.listen(ctx.session.sync_session, "after_commit", forget, once=True)
