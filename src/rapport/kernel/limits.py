"""Rate limits: how often something may be done, and what a guesser of passwords runs into.

`LocalLimiter` counts in this process, at no cost; `take` and `guess` count in PostgreSQL, so that
they hold across processes and restarts. Keys are stored as digests: the tables name nobody.
"""

import hashlib
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.kernel.context import Ctx, Ports
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import TooMany
from rapport.kernel.settings.process import Settings


@dataclass(frozen=True, slots=True)
class Limit:
    """`times` at once, refilled evenly over `per` (the generic cell rate algorithm)."""

    name: str
    times: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Guessing:
    """How wrong answers are punished: some are free, then each doubles the wait, then a lock."""

    name: str
    free: int
    first_delay: timedelta
    longest_delay: timedelta
    lock_after: int
    lock_for: timedelta
    forget_after: timedelta
    """Without a wrong answer for so long, the count starts again."""


def network(ip: str) -> str:
    """What to count an address by: itself, or the /64 that an IPv6 subscriber usually owns."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


class LocalLimiter:
    """Counts in this process only. Remembers at most `size` keys, the oldest are forgotten."""

    def __init__(
        self,
        limit: Limit,
        *,
        size: int = 20_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Apply `limit` to each key by itself."""
        self._step = limit.per.total_seconds() / limit.times
        self._window = limit.per.total_seconds()
        self._size = size
        self._monotonic = monotonic
        self._full_until: OrderedDict[str, float] = OrderedDict()
        self.on_use: Callable[[str], None] = lambda _: None
        """Called with each key that has used a quarter of its share, and with each further use."""

    def take(self, key: str) -> None:
        """Count one use by `key`.

        Raises:
            TooMany: it has used up its share; `retry_after` says when the next one is free.
        """
        now = self._monotonic()
        full_until = max(self._full_until.get(key, 0.0), now) + self._step
        wait = full_until - now - self._window
        if wait > 1e-9:
            raise TooMany(retry_after=math.ceil(wait))
        self._note(key, full_until)
        if full_until - now >= self._window / 4:
            self.on_use(key)

    def add(self, key: str, times: int) -> None:
        """Count uses by `key` in other processes; refuses nothing itself."""
        now = self._monotonic()
        full_until = max(self._full_until.get(key, 0.0), now) + times * self._step
        self._note(key, min(full_until, now + self._window))

    def _note(self, key: str, full_until: float) -> None:
        self._full_until[key] = full_until
        self._full_until.move_to_end(key)
        if len(self._full_until) > self._size:
            self._full_until.popitem(last=False)


_TAKE = text("""
    INSERT INTO rate_limits (digest, full_until)
    VALUES (:digest, CAST(:now AS timestamptz) + :step)
    ON CONFLICT (digest) DO UPDATE
    SET full_until = greatest(rate_limits.full_until, :now) + :step
    WHERE greatest(rate_limits.full_until, :now) + :step <= CAST(:now AS timestamptz) + :per
    RETURNING full_until
""")
_FULL_UNTIL = text("SELECT full_until FROM rate_limits WHERE digest = :digest")


async def take(database: Database, limit: Limit, key: str) -> None:
    """Count one use by `key`, across all processes, in a transaction of its own.

    Raises:
        TooMany: it has used up its share; `retry_after` says when the next one is free.
    """
    if _enforced(database.ports):
        async with database.connect() as session:
            await _take(session, limit, key, database.now())


async def take_within(ctx: Ctx, limit: Limit, key: str) -> None:
    """Count one use by `key` in the caller's transaction: work that is rolled back is not counted.

    Other uses by the same key wait for that transaction.

    Raises:
        TooMany: it has used up its share; `retry_after` says when the next one is free.
    """
    if _enforced(ctx.ports):
        await _take(ctx.session, limit, key, ctx.now())


async def _take(session: AsyncSession, limit: Limit, key: str, now: datetime) -> None:
    step, digest = limit.per / limit.times, _digest(limit.name, key)
    values = {"digest": digest, "now": now, "step": step, "per": limit.per}
    if await session.scalar(_TAKE, values):
        return
    full_until = await session.scalar(_FULL_UNTIL, {"digest": digest})
    wait = (full_until or now) + step - now - limit.per
    raise TooMany(retry_after=max(1, math.ceil(wait.total_seconds())))


_GUESS = text("""
    INSERT INTO guesses (digest, failures, last_at) VALUES (:digest, 1, :now)
    ON CONFLICT (digest) DO UPDATE
    SET failures = CASE WHEN guesses.last_at < :forgotten THEN 1 ELSE guesses.failures + 1 END,
        last_at = :now
    WHERE guesses.blocked_until IS NULL OR guesses.blocked_until <= :now
    RETURNING failures
""")
_BLOCK = text("UPDATE guesses SET blocked_until = :until WHERE digest = :digest")
_BLOCKED = text("SELECT blocked_until FROM guesses WHERE digest = :digest")
_CLEAR = text("DELETE FROM guesses WHERE digest = ANY(:digests)")


class KnownBlocks(OrderedDict[bytes, datetime]):
    """Who is blocked until when: hammering on costs this process no database work."""

    def remember(self, digest: bytes, until: datetime) -> None:
        """Note a block; at most 20,000 are remembered."""
        self[digest] = until
        if len(self) > 20_000:
            self.popitem(last=False)


async def guess(database: Database, *guards: tuple[Guessing, str]) -> None:
    """Count one guess before it is checked; `right` takes it back when it was the right one.

    Counting first means that a thousand guesses at once do not slip past an unfinished count.

    Raises:
        TooMany: a guard is still waiting, or has locked; nothing may be checked now.
    """
    if not _enforced(database.ports):
        return
    now, blocks = database.now(), _blocks(database)
    for policy, key in guards:
        known = blocks.get(_digest(policy.name, key))
        if known is not None and known > now:
            raise _blocked(known, now)
    async with database.connect() as session:
        refused: datetime | None = None
        for policy, key in guards:
            digest = _digest(policy.name, key)
            failures = await session.scalar(
                _GUESS, {"digest": digest, "now": now, "forgotten": now - policy.forget_after}
            )
            if failures is None:
                refused = await session.scalar(_BLOCKED, {"digest": digest})
                blocks.remember(digest, refused or now)
                break
            wait = punishment(policy, failures)
            if wait:
                await session.execute(_BLOCK, {"digest": digest, "until": now + wait})
    if refused is not None:
        raise _blocked(refused, now)


async def right(database: Database, *guards: tuple[Guessing, str]) -> None:
    """Forget the guesses of whoever has now proved who they are."""
    digests = [_digest(policy.name, key) for policy, key in guards]
    for digest in digests:
        _blocks(database).pop(digest, None)
    async with database.connect() as session:
        await session.execute(_CLEAR, {"digests": digests})


def punishment(policy: Guessing, failures: int) -> timedelta:
    """How long nothing more is accepted after so many wrong answers."""
    if failures >= policy.lock_after:
        return policy.lock_for
    if failures < policy.free:
        return timedelta(0)
    doublings = min(failures - policy.free, 30)
    doubled: timedelta = policy.first_delay * (1 << doublings)
    return min(doubled, policy.longest_delay)


def _blocks(database: Database) -> KnownBlocks:
    blocks = database.ports.find(KnownBlocks)
    if blocks is None:
        blocks = KnownBlocks()
        database.ports.provide(KnownBlocks, blocks)
    return blocks


def _blocked(until: datetime, now: datetime) -> TooMany:
    return TooMany(retry_after=max(1, math.ceil((until - now).total_seconds())))


def _enforced(ports: Ports) -> bool:
    settings = ports.find(Settings)
    return settings is None or settings.rate_limits


def _digest(name: str, key: str) -> bytes:
    return hashlib.sha256(f"{name}\0{key.casefold()}".encode()).digest()
