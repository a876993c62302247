"""Passwords: argon2id, away from the event loop, so that a sign-in stalls nobody else."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rapport.kernel.auth.tokens import new_token
from rapport.kernel.errors import Overloaded

T = TypeVar("T")

MAX_CHARS = 512
AT_ONCE = 2
WAITING_AT_MOST = 64

# OWASP's second choice for argon2id: 19 MiB is too little for a server, 46 MiB with two passes
# costs about 60 ms here, and two at once stay under 100 MiB.
_hasher = PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
_waiting = 0


async def hash_password(password: str) -> str:
    """The argon2id hash of a password.

    Raises:
        Overloaded: too many passwords are being worked on.
    """
    return await _in_thread(lambda: _hasher.hash(_normal(password)))


async def verify(password: str, stored: str | None) -> bool:
    """Whether the password fits; the same work is done when there is no stored hash at all.

    Raises:
        Overloaded: too many passwords are being worked on.
    """

    def work() -> bool:
        try:
            _hasher.verify(stored or _decoy(), _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    if len(password) > MAX_CHARS:
        password = ""
    return await _in_thread(work)


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """The same password typed on another keyboard is the same bytes."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash that nobody knows the password of, for accounts that do not exist."""
    return _hasher.hash(new_token())


async def _in_thread(work: Callable[[], T]) -> T:
    global _waiting
    if _waiting >= WAITING_AT_MOST:
        raise Overloaded("Too many people are signing in; try again.", retry_after=2)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _waiting -= 1
